//! Where archives are written to and read from.

use std::rc::Rc;

use pos_backup_bridge::{Error, ErrorCode, Handle, Result};

/// Bytes that can be read at any place, at once: inside a transaction nothing may be waited for but the
/// database.
pub trait ReadAt {
    /// The number of bytes.
    fn size(&self) -> u64;

    /// Fills `buffer` from `offset` (bytes).
    ///
    /// # Errors
    ///
    /// `STORAGE_FAILED`, also when fewer bytes are there.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()>;

    /// So many bytes from `offset` on as a Blob, if that costs nothing.
    fn slice(&self, _offset: u64, _bytes: u64) -> Option<Handle> {
        None
    }
}

/// A file that several may read. (A trait object: the readers of archives are compiled once, not for each kind of file.)
pub type SharedFile<'a> = Rc<dyn ReadAt + 'a>;

impl<T: ReadAt + ?Sized> ReadAt for &T {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buffer)
    }

    fn slice(&self, offset: u64, bytes: u64) -> Option<Handle> {
        (**self).slice(offset, bytes)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for Rc<T> {
    fn size(&self) -> u64 {
        (**self).size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        (**self).read_at(offset, buffer)
    }

    fn slice(&self, offset: u64, bytes: u64) -> Option<Handle> {
        (**self).slice(offset, bytes)
    }
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = self.get(start..).and_then(|rest| rest.get(..buffer.len()));
        let bytes = bytes
            .ok_or_else(|| Error::new(ErrorCode::StorageFailed, "The file ends too early."))?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.as_slice().size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.as_slice().read_at(offset, buffer)
    }
}

/// A place that keeps archives.
pub trait Storage {
    /// An archive being written.
    type PartFile: PartFile + 'static;

    /// Whether archives stay here; if not, they are only handed out.
    fn keeps(&self) -> bool;

    /// Whether there is room for so many bytes. (What browsers say of their quota is no answer: Chromium 156 always
    /// names ten GiB more than are used.)
    async fn has_room(&self, bytes: u64) -> bool;

    /// Begins the archive of this id as a `.part` file.
    async fn create(&self, id: &str) -> Result<Self::PartFile>;

    /// Removes the archive of this id, if it is there.
    async fn remove(&self, id: &str) -> Result<()>;
}

/// An archive being written: the `.part` file. You MUST call [`finish`](Self::finish) or
/// [`discard`](Self::discard); a part file that is merely dropped stays until the next start.
pub trait PartFile: ReadAt {
    /// Adds bytes at the end, at once.
    ///
    /// # Errors
    ///
    /// `QUOTA_EXCEEDED` or `STORAGE_FAILED`.
    fn append(&mut self, bytes: &[u8]) -> Result<()>;

    /// Closes the file and gives it its final name: from here on the backup exists. When that fails,
    /// the file is removed.
    async fn finish(self) -> Result<Finished>;

    /// Removes the file.
    async fn discard(self) -> Result<()>;
}

/// A finished archive.
#[derive(Debug)]
pub struct Finished {
    /// The archive, for the page.
    pub file: Handle,
    /// Whether the place keeps it; if not, `file` is the only copy.
    pub stored: bool,
}
