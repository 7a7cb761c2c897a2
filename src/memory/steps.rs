//! What the doubles do, step by step.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Poll;

use pos_backup_bridge::{Error, ErrorCode, Result};

use crate::job::Cancel;

/// Counts the steps of all doubles that share it, and strikes at one of them.
#[derive(Clone, Default)]
pub struct Steps(Rc<State>);

#[derive(Default)]
struct State {
    names: RefCell<Vec<&'static str>>,
    strike_at: Cell<Option<usize>>,
    strike: Cell<Strike>,
    cancel: Cancel,
    crashed: Cell<bool>,
    /// How many steps of a database are waited for.
    waiting: Cell<usize>,
    /// Whether a database has failed, so that its transaction is lost.
    is_lost: Cell<bool>,
    transactions: Cell<usize>,
    files: Cell<usize>,
    broken: RefCell<Vec<String>>,
}

/// What happens at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strike {
    /// The step fails.
    #[default]
    Fail,
    /// The job is asked to stop before the step is done. What waits for the step may give it up.
    Cancel,
    /// The step is not done, and nothing is ever done after it.
    Crash,
}

/// What must be ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A snapshot's or a restore's.
    Transaction,
    /// A `.part` file.
    File,
}

impl Steps {
    /// Strikes at the step of this number, counted from 0.
    pub fn strike_at(step: usize, strike: Strike) -> Self {
        let steps = Self::default();
        steps.0.strike_at.set(Some(step));
        steps.0.strike.set(strike);
        steps
    }

    /// The names of the steps taken so far.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.names.borrow().clone()
    }

    /// The request that [`Strike::Cancel`] makes.
    pub fn cancel(&self) -> Cancel {
        self.0.cancel.clone()
    }

    /// Whether [`Strike::Crash`] has struck.
    pub fn has_crashed(&self) -> bool {
        self.0.crashed.get()
    }

    /// What was promised to the doubles and not kept: transactions and files that are still open, and
    /// pauses while a transaction was.
    pub fn broken_promises(&self) -> Vec<String> {
        let mut broken = self.0.broken.borrow().clone();
        let left = [
            ("transactions", self.0.transactions.get()),
            (".part files", self.0.files.get()),
        ];
        let left = left.iter().filter(|(_, count)| *count > 0);
        broken.extend(left.map(|(what, count)| format!("{count} {what} left open")));
        broken
    }

    /// A step that is done at once.
    pub(super) fn take(&self, what: &'static str) -> Result<()> {
        let step = self.0.names.borrow().len();
        self.0.names.borrow_mut().push(what);
        if self.0.strike_at.get() != Some(step) {
            return Ok(());
        }
        match self.0.strike.get() {
            Strike::Cancel => {
                self.0.cancel.request();
                Ok(())
            }
            Strike::Crash => {
                self.0.crashed.set(true);
                Ok(())
            }
            Strike::Fail => Err(Error::new(
                ErrorCode::StorageFailed,
                format!("Struck at: {what}."),
            )),
        }
    }

    /// A step of a database, which takes a moment, so that a cancel can arrive while it is waited for.
    pub(super) async fn wait(&self, what: &'static str) -> Result<()> {
        let waiting = Waiting::begin(&self.0.waiting);
        let waited = self.moment(what).await;
        drop(waiting);
        if waited.is_err() {
            self.0.is_lost.set(true);
        }
        waited
    }

    /// The same of anything else, which must not be waited for while a transaction is open that nobody keeps open.
    pub(super) async fn wait_outside(&self, what: &'static str) -> Result<()> {
        self.leave_transaction(what);
        self.moment(what).await
    }

    async fn moment(&self, what: &'static str) -> Result<()> {
        self.take(what)?;
        if self.has_crashed() {
            std::future::pending::<()>().await;
        }
        let mut waited = false;
        std::future::poll_fn(|context| {
            if waited {
                return Poll::Ready(());
            }
            waited = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        Ok(())
    }

    pub(super) fn begin(&self, kind: Kind) {
        let count = self.count(kind);
        count.set(count.get() + 1);
    }

    pub(super) fn end(&self, kind: Kind) {
        let count = self.count(kind);
        count.set(count.get().saturating_sub(1));
    }

    /// Notes that messages are given way to.
    pub(super) fn pause(&self) {
        self.leave_transaction("pause");
    }

    /// Control goes back to the browser, which ends a transaction that has no request.
    fn leave_transaction(&self, what: &str) {
        let is_open = self.0.transactions.get() > 0 && !self.0.is_lost.get();
        if is_open && self.0.waiting.get() == 0 {
            let broken = format!("waited for {what} while a transaction was open");
            self.0.broken.borrow_mut().push(broken);
        }
    }

    fn count(&self, kind: Kind) -> &Cell<usize> {
        match kind {
            Kind::Transaction => &self.0.transactions,
            Kind::File => &self.0.files,
        }
    }
}

/// A request that is waited for, until it is answered or given up.
struct Waiting<'a>(&'a Cell<usize>);

impl<'a> Waiting<'a> {
    fn begin(count: &'a Cell<usize>) -> Self {
        count.set(count.get() + 1);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}
