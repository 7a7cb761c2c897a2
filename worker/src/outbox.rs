//! Sends events to the page.

use std::rc::Rc;

use pos_backup_bridge::Event;

/// Sends events to the page.
#[derive(Clone)]
pub(crate) struct Outbox(Rc<dyn Fn(&Event)>);

impl Outbox {
    pub(crate) fn new(send: impl Fn(&Event) + 'static) -> Self {
        Self(Rc::new(send))
    }

    pub(crate) fn send(&self, event: &Event) {
        (self.0)(event);
    }
}
