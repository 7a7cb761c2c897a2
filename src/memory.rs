//! Doubles of database, storage and page in memory, for tests. Each step they take can be made to
//! fail, or to ask for a cancel.

mod database;
mod page;
mod storage;

pub use database::{MemoryDatabase, MemoryTable};
pub use page::{MemoryHost, MemoryPage};
pub use storage::{MemoryFile, MemoryStorage};

use std::cell::Cell;
use std::rc::Rc;

use pos_backup_bridge::{Error, ErrorCode, Result};

use crate::job::Cancel;

/// Counts the steps of all doubles that share it, and strikes at one of them.
#[derive(Clone, Default)]
pub struct Steps(Rc<State>);

#[derive(Default)]
struct State {
    taken: Cell<u64>,
    strike_at: Cell<Option<u64>>,
    strike: Cell<Strike>,
    cancel: Cancel,
}

/// What happens at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Strike {
    /// The step fails.
    #[default]
    Fail,
    /// The job is asked to stop.
    Cancel,
}

impl Steps {
    /// Strikes at the step of this number, counted from 0.
    pub fn strike_at(step: u64, strike: Strike) -> Self {
        let steps = Self::default();
        steps.0.strike_at.set(Some(step));
        steps.0.strike.set(strike);
        steps
    }

    /// The steps taken so far.
    pub fn taken(&self) -> u64 {
        self.0.taken.get()
    }

    /// The request that [`Strike::Cancel`] makes.
    pub fn cancel(&self) -> Cancel {
        self.0.cancel.clone()
    }

    fn take(&self, what: &str) -> Result<()> {
        let step = self.0.taken.get();
        self.0.taken.set(step + 1);
        if self.0.strike_at.get() != Some(step) {
            return Ok(());
        }
        match self.0.strike.get() {
            Strike::Cancel => {
                self.0.cancel.request();
                Ok(())
            }
            Strike::Fail => Err(Error::new(
                ErrorCode::StorageFailed,
                format!("Struck at: {what}."),
            )),
        }
    }
}
