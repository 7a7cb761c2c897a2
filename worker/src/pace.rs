//! How long something has kept the worker's thread.

use js_sys::Date;
use pos_backup::limits::PAUSE_EVERY_MS;

/// Says when it is time to let messages in.
pub(crate) struct Pace {
    since_ms: f64,
}

impl Pace {
    pub(crate) fn begin() -> Self {
        Self {
            since_ms: Date::now(),
        }
    }

    /// Whether it is time; the next time is counted from then.
    pub(crate) fn is_due(&mut self) -> bool {
        let now_ms = Date::now();
        let is_due = now_ms - self.since_ms >= PAUSE_EVERY_MS;
        if is_due {
            self.since_ms = now_ms;
        }
        is_due
    }
}
