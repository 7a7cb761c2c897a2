//! A page in memory.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use pos_backup_bridge::{BackupStatus, Result};

use crate::job::Host;
use crate::jobs::Page;

/// A clock that moves by one millisecond a look, and a list of all statuses.
#[derive(Default)]
pub struct MemoryHost {
    now_ms: Cell<f64>,
    /// Every status that was said.
    pub statuses: RefCell<Vec<BackupStatus>>,
}

impl Host for MemoryHost {
    fn now_ms(&self) -> f64 {
        self.now_ms.set(self.now_ms.get() + 1.0);
        self.now_ms.get()
    }

    fn pause(&self) -> LocalBoxFuture<'static, ()> {
        futures::future::ready(()).boxed_local()
    }

    fn status(&self, status: BackupStatus) {
        self.statuses.borrow_mut().push(status);
    }
}

/// A page that takes over whatever it is given, unless it is made to refuse.
#[derive(Default)]
pub struct MemoryPage {
    /// What it holds, by entry name.
    pub assets: RefCell<BTreeMap<String, Vec<u8>>>,
    /// Why it refuses, if it does.
    pub refuses: Option<String>,
    previous: RefCell<Option<BTreeMap<String, Vec<u8>>>>,
    answer: RefCell<Option<Result<(), String>>>,
}

impl Page for MemoryPage {
    fn apply_assets(&self, assets: &BTreeMap<String, Vec<u8>>) -> Result<()> {
        let answer = match &self.refuses {
            Some(reason) => Err(reason.clone()),
            None => {
                let previous = self.assets.replace(assets.clone());
                self.previous.replace(Some(previous));
                Ok(())
            }
        };
        self.answer.replace(Some(answer));
        Ok(())
    }

    fn answer(&self) -> Option<Result<(), String>> {
        self.answer.borrow().clone()
    }

    fn revert_assets(&self) -> bool {
        match self.previous.take() {
            Some(previous) => {
                self.assets.replace(previous);
                true
            }
            None => false,
        }
    }
}
