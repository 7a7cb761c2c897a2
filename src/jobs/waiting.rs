//! Waiting for what is no request of a database, while one's transaction is kept open.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use futures::FutureExt;
use pos_backup_bridge::Result;

use crate::database::Pause;
use crate::job::Job;
use crate::limits::ASSETS_TIMEOUT_MS;

/// Waits for some work. Meanwhile `turn` is done over and over, and always to its end: it keeps a transaction open, or
/// lets messages in.
///
/// # Errors
///
/// Those of `turn`, unless the work is done. It is then not gone on with.
pub(super) async fn meanwhile<T>(work: impl Future<Output = T>, turn: &mut dyn Pause) -> Result<T> {
    let mut work = pin!(work);
    let mut done = None;
    loop {
        let mut turn = turn.pause();
        let mut has_waited = false;
        let both = poll_fn(|context| {
            let turned = turn.poll_unpin(context);
            // While the turn is under way: the work may leave the transaction without another request.
            let is_time = turned.is_pending() || !has_waited;
            has_waited = true;
            if is_time
                && !matches!(turned, Poll::Ready(Err(_)))
                && done.is_none()
                && let Poll::Ready(result) = work.as_mut().poll(context)
            {
                done = Some(result);
            }
            turned
        });
        let turned = both.await;
        if let Some(done) = done {
            return Ok(done);
        }
        turned?;
    }
}

/// The same, but not for ever: `None` after `ASSETS_TIMEOUT_MS`.
///
/// # Errors
///
/// As for [`meanwhile`].
pub(super) async fn in_time<T>(
    job: &Job,
    work: impl Future<Output = T>,
    turn: &mut dyn Pause,
) -> Result<Option<T>> {
    let mut work = pin!(work);
    let begun_at_ms = job.now_ms();
    let work = poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if job.now_ms() - begun_at_ms > ASSETS_TIMEOUT_MS => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    });
    meanwhile(work, turn).await
}
