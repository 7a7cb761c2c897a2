//! A page and a host in memory.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use pos_backup_bridge::{BackupStatus, Result};

use super::Steps;
use crate::job::Host;
use crate::jobs::Page;

/// A clock that moves by one millisecond a look, and a list of all statuses.
#[derive(Default)]
pub struct MemoryHost {
    now_ms: Cell<f64>,
    steps: Steps,
    /// Every status that was said.
    pub statuses: RefCell<Vec<BackupStatus>>,
}

impl MemoryHost {
    /// A host whose clock stands at this time.
    pub fn new(now_ms: f64, steps: &Steps) -> Self {
        Self {
            now_ms: Cell::new(now_ms),
            steps: steps.clone(),
            statuses: RefCell::default(),
        }
    }
}

impl Host for MemoryHost {
    fn now_ms(&self) -> f64 {
        self.now_ms.set(self.now_ms.get() + 1.0);
        self.now_ms.get()
    }

    fn pause(&self) -> LocalBoxFuture<'static, ()> {
        self.steps.pause();
        // A pause cannot fail, but it is where messages arrive.
        let _ = self.steps.take("pause");
        futures::future::ready(()).boxed_local()
    }

    fn status(&self, status: BackupStatus) {
        self.statuses.borrow_mut().push(status);
    }
}

/// A page that takes over whatever it is given, unless it is made to refuse or to say nothing.
#[derive(Default)]
pub struct MemoryPage {
    steps: Steps,
    /// What it holds, by entry name.
    pub assets: RefCell<BTreeMap<String, Vec<u8>>>,
    /// Why it refuses, if it does.
    pub refuses: Option<String>,
    /// How often it is looked at before it answers; `None` for never.
    pub answers_after: Option<u32>,
    /// Why it puts nothing back, if it does not.
    pub keeps: Option<String>,
    previous: RefCell<Option<BTreeMap<String, Vec<u8>>>>,
    reverting: Cell<bool>,
    asked: Cell<bool>,
    looks: Cell<u32>,
}

impl MemoryPage {
    /// A page that holds nothing and answers at the third look.
    pub fn new(steps: &Steps) -> Self {
        Self {
            steps: steps.clone(),
            answers_after: Some(2),
            ..Self::default()
        }
    }

    fn ask(&self) {
        self.asked.set(true);
        self.looks.set(0);
    }
}

impl Page for MemoryPage {
    fn apply_assets(&self, assets: &BTreeMap<String, Vec<u8>>) -> Result<()> {
        self.steps.take("apply_assets")?;
        if self.refuses.is_none() && self.answers_after.is_some() {
            // Everything that is given replaces its like; the rest stays.
            let mut all = self.assets.borrow().clone();
            all.extend(assets.clone());
            self.previous.replace(Some(self.assets.replace(all)));
        }
        self.ask();
        Ok(())
    }

    fn answer(&self) -> Option<Result<(), String>> {
        let looks = self.looks.get();
        self.looks.set(looks + 1);
        let is_time = self.answers_after.is_some_and(|after| looks >= after);
        let refuses = match self.reverting.get() {
            true => &self.keeps,
            false => &self.refuses,
        };
        (self.asked.get() && is_time).then(|| refuses.clone().map_or(Ok(()), Err))
    }

    fn revert_assets(&self) -> bool {
        match self.previous.take() {
            Some(previous) => {
                if self.keeps.is_none() {
                    self.assets.replace(previous);
                }
                self.reverting.set(true);
                self.ask();
                true
            }
            None => false,
        }
    }
}
