//! A place for archives in memory.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use pos_backup_bridge::{Error, ErrorCode, Handle, Result};

use super::Steps;
use super::steps::Kind;
use crate::storage::{Finished, PartFile, ReadAt, Storage};

type Files = Rc<RefCell<BTreeMap<String, Vec<u8>>>>;

/// A place for archives in memory.
#[derive(Clone, Default)]
pub struct MemoryStorage {
    files: Files,
    steps: Steps,
    /// Its capacity in bytes, if it has one.
    pub quota_bytes: Option<usize>,
    /// A byte that is written wrongly, if any.
    pub broken_byte: Option<usize>,
}

impl MemoryStorage {
    /// An empty place.
    pub fn new(steps: &Steps) -> Self {
        Self {
            steps: steps.clone(),
            ..Self::default()
        }
    }

    /// The same place, found by another start.
    pub fn found(&self, steps: &Steps) -> Self {
        Self {
            files: Rc::clone(&self.files),
            ..Self::new(steps)
        }
    }

    /// The names of all files, `.part` files among them.
    pub fn names(&self) -> Vec<String> {
        self.files.borrow().keys().cloned().collect()
    }

    /// A finished archive.
    pub fn archive(&self, id: &str) -> Option<Vec<u8>> {
        self.files.borrow().get(&format!("{id}.zip")).cloned()
    }
}

impl Storage for MemoryStorage {
    type PartFile = MemoryFile;

    fn keeps(&self) -> bool {
        true
    }

    async fn has_room(&self, bytes: u64) -> bool {
        let used: usize = self.files.borrow().values().map(Vec::len).sum();
        let wanted = used as u64 + bytes;
        self.quota_bytes.is_none_or(|quota| wanted <= quota as u64)
    }

    async fn remove(&self, id: &str) -> Result<()> {
        self.steps.wait_outside("remove").await?;
        self.files.borrow_mut().remove(&format!("{id}.zip"));
        Ok(())
    }

    async fn create(&self, id: &str) -> Result<MemoryFile> {
        self.steps.wait_outside("create").await?;
        self.steps.begin(Kind::File);
        let name = format!("{id}.zip.part");
        self.files.borrow_mut().insert(name.clone(), Vec::new());
        Ok(MemoryFile {
            storage: self.clone(),
            name,
        })
    }
}

/// A file in memory.
pub struct MemoryFile {
    storage: MemoryStorage,
    name: String,
}

impl ReadAt for MemoryFile {
    fn size(&self) -> u64 {
        self.storage
            .files
            .borrow()
            .get(&self.name)
            .map_or(0, |file| file.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.storage.steps.take("read_at")?;
        match self.storage.files.borrow().get(&self.name) {
            Some(file) => file.read_at(offset, buffer),
            None => [].read_at(offset, buffer),
        }
    }
}

impl PartFile for MemoryFile {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.storage.steps.take("append")?;
        let mut files = self.storage.files.borrow_mut();
        let file = files.entry(self.name.clone()).or_default();
        let wanted = file.len() + bytes.len();
        if self.storage.quota_bytes.is_some_and(|quota| wanted > quota) {
            return Err(Error::new(
                ErrorCode::QuotaExceeded,
                "The memory's quota is used up.",
            ));
        }
        file.extend_from_slice(bytes);
        if let Some(byte) = self.storage.broken_byte.and_then(|at| file.get_mut(at)) {
            *byte = !*byte;
            self.storage.broken_byte = None;
        }
        Ok(())
    }

    async fn finish(self) -> Result<Finished> {
        self.storage.steps.end(Kind::File);
        let named = self.storage.steps.wait_outside("finish").await;
        let mut files = self.storage.files.borrow_mut();
        let content = files.remove(&self.name).unwrap_or_default();
        named?;
        files.insert(self.name.trim_end_matches(".part").to_owned(), content);
        Ok(Finished {
            file: Handle::from(0),
            stored: true,
        })
    }

    async fn discard(self) -> Result<()> {
        self.storage.steps.end(Kind::File);
        // A step that cannot fail: what stays behind is removed at the next start.
        let _ = self.storage.steps.wait_outside("discard").await;
        self.storage.files.borrow_mut().remove(&self.name);
        Ok(())
    }
}
