//! A page and a host in memory.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use pos_backup_bridge::{BackupStatus, RestoreOutcome, Result};
use serde_bytes::ByteBuf;

use super::{MemoryPartWorker, Steps};
use crate::archive::EntryName;
use crate::job::Host;
use crate::jobs::BackupAssets;
use crate::page::{Answer, Assets, Page};
use crate::part_worker::PartWorker;
use crate::storage::ReadAt;

/// A clock that moves by one millisecond a look, and a list of all statuses.
#[derive(Default)]
pub struct MemoryHost {
    now_ms: Cell<f64>,
    steps: Steps,
    /// Every status that was said.
    pub statuses: RefCell<Vec<BackupStatus>>,
    /// Its second thread, if it has one.
    pub part_worker: Option<MemoryPartWorker>,
}

impl MemoryHost {
    /// A host whose clock stands at this time.
    pub fn new(now_ms: f64, steps: &Steps) -> Self {
        Self {
            now_ms: Cell::new(now_ms),
            steps: steps.clone(),
            statuses: RefCell::default(),
            part_worker: None,
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

    fn part_worker(&self) -> Option<&dyn PartWorker> {
        let worker = self.part_worker.as_ref();
        worker.map(|worker| worker as &dyn PartWorker)
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
    /// How many steps it takes to answer; `None` for never.
    pub answers_after: Option<u32>,
    /// Why it puts nothing back, if it does not.
    pub keeps: Option<String>,
    /// Whether its storages have what they were given last, and not what they had before: they say so themselves.
    pub has_taken_over: Cell<bool>,
    previous: RefCell<Option<BTreeMap<String, Vec<u8>>>>,
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

    /// What it holds, for a backup of it or for a restore.
    pub fn present(&self) -> BackupAssets {
        let held = assets_of(&self.assets.borrow());
        let text = |content: Option<ByteBuf>| {
            content.map(|content| String::from_utf8_lossy(&content).into_owned())
        };
        let files = held.files.map(|files| {
            let files = files.into_iter();
            files
                .map(|(name, content)| (name, Box::new(content.into_vec()) as Box<dyn ReadAt>))
                .collect()
        });
        BackupAssets {
            local_storage: text(held.local_storage),
            session_storage: text(held.session_storage),
            config: text(held.config),
            files,
        }
    }

    /// What is given replaces its like; the rest stays.
    fn hold(&self, assets: &Assets) {
        let mut held = self.assets.borrow_mut();
        let texts = [
            (EntryName::LocalStorage, &assets.local_storage),
            (EntryName::SessionStorage, &assets.session_storage),
            (EntryName::Config, &assets.config),
        ];
        for (name, content) in texts {
            if let Some(content) = content {
                held.insert(name.to_string(), content.to_vec());
            }
        }
        if let Some(files) = &assets.files {
            held.retain(|path, _| !matches!(EntryName::parse(path), Ok(EntryName::File(_))));
            for (name, content) in files.iter() {
                let path = EntryName::File(name.clone()).to_string();
                held.insert(path, content.to_vec());
            }
        }
    }

    async fn answer(&self) {
        let Some(steps) = self.answers_after else {
            return std::future::pending().await;
        };
        for _ in 0..steps {
            // A page cannot fail to answer, but it may be gone.
            let _ = self.steps.wait_outside("answer").await;
        }
    }
}

impl Page for MemoryPage {
    async fn take_over(&self, assets: &Assets) -> Result<Answer> {
        self.steps.wait_outside("take_over").await?;
        let refuses = self.refuses.clone();
        if refuses.is_none() {
            self.previous.replace(Some(self.assets.borrow().clone()));
            self.hold(assets);
            self.has_taken_over.set(true);
        }
        self.answer().await;
        Ok(refuses.map_or(Ok(()), Err))
    }

    fn previous(&self) -> Result<Option<Assets>> {
        self.steps.take("previous")?;
        Ok(self.previous.borrow().as_ref().map(assets_of))
    }

    async fn put_back(&self) -> Option<Answer> {
        // Before it has answered, nobody knows what it had.
        self.answers_after?;
        let previous = self.previous.take()?;
        if self.keeps.is_none() {
            self.assets.replace(previous);
            self.has_taken_over.set(false);
        }
        self.answer().await;
        Some(self.keeps.clone().map_or(Ok(()), Err))
    }

    async fn settle(
        &self,
        assets: &Assets,
        _instead: &Assets,
        outcome: RestoreOutcome,
    ) -> Result<Answer> {
        self.steps.wait_outside("settle").await?;
        let is_finished = outcome == RestoreOutcome::Finished;
        if self.refuses.is_none() {
            let mut assets = assets.clone();
            if self.has_taken_over.get() == is_finished {
                assets.local_storage = None;
                assets.session_storage = None;
            }
            self.hold(&assets);
            self.has_taken_over.set(is_finished);
        }
        self.answer().await;
        Ok(self.refuses.clone().map_or(Ok(()), Err))
    }
}

fn assets_of(held: &BTreeMap<String, Vec<u8>>) -> Assets {
    let mut assets = Assets::default();
    for (path, content) in held {
        if let Ok(name) = EntryName::parse(path) {
            assets.insert(name, content.clone());
        }
    }
    assets
}
