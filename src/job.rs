//! What every job has: an id, a way to be cancelled, and a voice.

mod progress;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Poll, Waker};

use futures::future::{LocalBoxFuture, select};
use pos_backup_bridge::{BackupMetadata, BackupStatus, Error, Phase, Result, StatusKind};

use crate::database::Pause;
use crate::limits::PAUSE_EVERY_MS;
use crate::part_worker::PartWorker;
use progress::Progress;

/// Why a job ends early.
#[derive(Debug)]
pub enum Stop {
    /// It was cancelled; all that it had begun is undone.
    Cancelled,
    /// It failed; all that it had begun is undone.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What a job ends with.
pub type Outcome<T> = std::result::Result<T, Stop>;

/// What a job needs of the world around it.
pub trait Host {
    /// Milliseconds since the Unix epoch.
    fn now_ms(&self) -> f64;

    /// Lets waiting messages be delivered. Never to be awaited while a transaction is open.
    fn pause(&self) -> LocalBoxFuture<'static, ()>;

    /// Says how a job stands.
    fn status(&self, status: BackupStatus);

    /// A second thread for work on whole parts, if there is one.
    fn part_worker(&self) -> Option<&dyn PartWorker> {
        None
    }
}

/// Asks a job to stop. Clones are the same request.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Rc<CancelState>);

#[derive(Debug, Default)]
struct CancelState {
    requested: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Cancel {
    /// Asks for it.
    pub fn request(&self) {
        self.0.requested.set(true);
        if let Some(waker) = self.0.waker.take() {
            waker.wake();
        }
    }

    /// Whether it was asked for.
    pub fn is_requested(&self) -> bool {
        self.0.requested.get()
    }

    /// Waits until it is asked for. A job waits in one place at a time.
    async fn requested(&self) {
        poll_fn(|context| {
            if self.is_requested() {
                return Poll::Ready(());
            }
            self.0.waker.replace(Some(context.waker().clone()));
            Poll::Pending
        })
        .await;
    }
}

/// A piece of a job: what it is called, and which share of the whole it has.
#[derive(Debug, Clone)]
pub struct Stage {
    /// Where the job stands as a whole.
    pub status: StatusKind,
    /// What it is doing.
    pub phase: Phase,
    /// One short sentence for a person.
    pub message: &'static str,
    /// The progress of the job when all of this stage is done, 0 to 1; where it is more already, it stays.
    pub until: f64,
    /// Records to do.
    pub records_total: u64,
    /// Bytes to do, uncompressed, where known; they, or else the records, measure the progress.
    pub bytes_total: Option<u64>,
}

/// A running job.
pub struct Job {
    host: Rc<dyn Host>,
    cancel: Cancel,
    progress: RefCell<Progress>,
    paused_at_ms: Cell<f64>,
    started_at_ms: f64,
}

impl Job {
    /// Begins a job and says that it is pending.
    pub fn new(id: &str, host: Rc<dyn Host>, cancel: Cancel) -> Self {
        let now_ms = host.now_ms();
        let progress = Progress::new(id, now_ms);
        host.status(progress.status(now_ms));
        Self {
            host,
            cancel,
            progress: RefCell::new(progress),
            paused_at_ms: Cell::new(now_ms),
            started_at_ms: now_ms,
        }
    }

    /// Its id.
    pub fn id(&self) -> String {
        self.progress.borrow().id().to_owned()
    }

    /// When the job began, in milliseconds since the Unix epoch.
    pub fn started_at_ms(&self) -> f64 {
        self.started_at_ms
    }

    /// How long it has been running, in milliseconds.
    pub fn duration_ms(&self) -> f64 {
        self.now_ms() - self.started_at_ms
    }

    /// Milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> f64 {
        self.host.now_ms()
    }

    /// The second thread, if there is one.
    pub(crate) fn part_worker(&self) -> Option<&dyn PartWorker> {
        self.host.part_worker()
    }

    /// Enters a stage.
    pub fn enter(&self, stage: Stage) {
        self.progress.borrow_mut().enter(stage);
        self.report(false);
    }

    /// Says how many records this stage has to do, now that more is known of that.
    pub fn expect_records(&self, total: u64) {
        self.progress.borrow_mut().expect_records(total);
    }

    /// Counts what was done in this stage since the last call.
    pub fn advance(&self, table: Option<&str>, records: u64, bytes: u64) {
        self.progress.borrow_mut().advance(table, records, bytes);
        self.report(false);
    }

    /// Says at once what is being done now, without progress.
    pub fn announce(&self, status: StatusKind, phase: Phase, message: &'static str) {
        self.progress.borrow_mut().announce(status, phase, message);
        self.report(true);
    }

    /// Ends the job if it was cancelled.
    pub fn check_cancel(&self) -> Outcome<()> {
        if self.cancel.is_requested() {
            Err(Stop::Cancelled)
        } else {
            Ok(())
        }
    }

    /// Waits for some work of the database, but not after a cancel. The work's future is then dropped;
    /// what it waited for is the adapter's to end.
    pub async fn or_cancel<T>(&self, work: impl Future<Output = Result<T>>) -> Outcome<T> {
        self.check_cancel()?;
        let mut result = None;
        self.done_or_cancelled(pin!(async { result = Some(work.await) }))
            .await;
        match result {
            Some(result) => result.map_err(Stop::Failed),
            None => Err(Stop::Cancelled),
        }
    }

    /// Apart from the rest, so that it is not compiled for each kind of work.
    async fn done_or_cancelled(&self, work: Pin<&mut dyn Future<Output = ()>>) {
        select(work, pin!(self.cancel.requested())).await;
    }

    /// Asks the job to stop, and says so at once.
    pub fn cancel(&self) {
        if !self.cancel.is_requested() {
            self.progress.borrow_mut().cancelling();
            self.report(true);
        }
        self.cancel.request();
    }

    /// Gives way to messages every now and then, and ends the job if it was cancelled. Never to be
    /// called while a transaction is open.
    pub async fn breathe(&self) -> Outcome<()> {
        if self.now_ms() - self.paused_at_ms.get() >= PAUSE_EVERY_MS {
            self.pause().await;
        }
        self.check_cancel()
    }

    /// Does the same by `pause`, which keeps a transaction open meanwhile.
    pub async fn breathe_by(&self, pause: &mut dyn Pause) -> Outcome<()> {
        if self.now_ms() - self.paused_at_ms.get() >= PAUSE_EVERY_MS {
            self.or_cancel(pause.pause()).await?;
            self.paused_at_ms.set(self.now_ms());
        }
        self.check_cancel()
    }

    /// Gives way to messages.
    pub async fn pause(&self) {
        self.host.pause().await;
        self.paused_at_ms.set(self.now_ms());
    }

    /// Says how the job ended.
    pub fn end(&self, end: &Outcome<Option<BackupMetadata>>) {
        self.progress.borrow_mut().end(end);
        self.report(true);
    }

    fn report(&self, at_once: bool) {
        let now_ms = self.now_ms();
        let mut progress = self.progress.borrow_mut();
        if at_once || progress.is_due(now_ms) {
            let status = progress.status(now_ms);
            progress.said(now_ms);
            drop(progress);
            self.host.status(status);
        }
    }
}
