//! Waiting for what is no request of a database.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use futures::FutureExt;
use pos_backup_bridge::Result;

use crate::database::Pause;
use crate::job::Job;
use crate::limits::ASSETS_TIMEOUT_MS;

/// Waits for some work, but not for ever: `None` after `ASSETS_TIMEOUT_MS`. Meanwhile `turn` is done over and over,
/// and always to its end: it may keep a transaction open, or let messages in.
///
/// # Errors
///
/// Those of `turn`. The work is then given up.
pub(super) async fn meanwhile<T>(
    job: &Job,
    work: impl Future<Output = T>,
    turn: &mut dyn Pause,
) -> Result<Option<T>> {
    let mut work = pin!(work);
    let begun_at_ms = job.now_ms();
    let mut done = None;
    loop {
        let mut turn = turn.pause();
        let both = poll_fn(|context| {
            if done.is_none()
                && let Poll::Ready(result) = work.as_mut().poll(context)
            {
                done = Some(result);
            }
            turn.poll_unpin(context)
        });
        both.await?;
        if done.is_some() || job.now_ms() - begun_at_ms > ASSETS_TIMEOUT_MS {
            return Ok(done);
        }
    }
}
