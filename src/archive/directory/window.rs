//! Small reads of neighbouring places, served by one larger read.

use std::cell::RefCell;

use pos_backup_bridge::{Handle, Result};

use crate::storage::ReadAt;

/// A file whose small reads come from a piece that is kept: one read of a Blob costs about as much as
/// checking a hundred headers.
#[derive(Debug)]
pub struct Window<F> {
    file: F,
    bytes: u64,
    kept: RefCell<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    offset: u64,
    bytes: Vec<u8>,
}

impl<F: ReadAt> Window<F> {
    /// A window of so many bytes.
    pub fn new(file: F, bytes: u64) -> Self {
        Self {
            file,
            bytes,
            kept: RefCell::default(),
        }
    }
}

impl<F> Window<F> {
    /// Reads anew from here on: a file can change.
    pub fn forget(&self) {
        self.kept.take();
    }
}

impl<F: ReadAt> ReadAt for Window<F> {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        // A large read takes as long with the window as without.
        if buffer.len() as u64 > self.bytes / 4 {
            return self.file.read_at(offset, buffer);
        }
        let mut kept = self.kept.borrow_mut();
        if let Some(bytes) = kept.get(offset, buffer.len()) {
            buffer.copy_from_slice(bytes);
            return Ok(());
        }
        let room = self.size().saturating_sub(offset).min(self.bytes);
        if room < buffer.len() as u64 {
            return self.file.read_at(offset, buffer);
        }
        kept.offset = offset;
        kept.bytes.resize(room as usize, 0);
        if let Err(error) = self.file.read_at(offset, &mut kept.bytes) {
            kept.bytes.clear();
            return Err(error);
        }
        if let Some(bytes) = kept.get(offset, buffer.len()) {
            buffer.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn slice(&self, offset: u64, bytes: u64) -> Option<Handle> {
        self.file.slice(offset, bytes)
    }
}

impl Kept {
    fn get(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.offset)?).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }
}
