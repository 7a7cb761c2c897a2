//! Reads an archive's entries, and checks the file against its seal.

mod entry;

use pos_backup_bridge::{Error, ErrorCode, Handle, Result};

use super::checksum::{SEAL_BYTES, SEAL_PREFIX, Sha256Hex};
use super::directory::{Directory, Method, Window, ZipEntry};
use crate::job::{Job, Outcome};
use crate::limits::{ENTRIES_READ_BYTES, READ_BYTES};
use crate::storage::ReadAt;
pub use entry::EntryReader;

/// An archive whose structure is sound. What its entries hold is another matter: see
/// [`check`](super::check()).
#[derive(Debug)]
pub struct ArchiveReader<F> {
    /// Small entries that follow one another are read together.
    file: Window<F>,
    directory: Directory,
}

impl<F: ReadAt> ArchiveReader<F> {
    /// Reads and checks the structure of a file.
    ///
    /// # Errors
    ///
    /// See [`Directory::read`].
    pub async fn open(job: &Job, file: F) -> Outcome<Self> {
        let directory = Directory::read(job, &file).await?;
        Ok(Self {
            file: Window::new(file, ENTRIES_READ_BYTES),
            directory,
        })
    }

    /// Of a file whose structure is not sound, these entries.
    pub fn of_entries(file: F, entries: Vec<ZipEntry>) -> Self {
        Self {
            file: Window::new(file, ENTRIES_READ_BYTES),
            directory: Directory {
                entries,
                comment: Vec::new(),
                comment_offset: 0,
            },
        }
    }

    /// In place of those that were known.
    pub fn set_entries(&mut self, entries: Vec<ZipEntry>) {
        self.directory.entries = entries;
    }

    /// Forgets other entries.
    pub fn retain(&mut self, is_kept: impl FnMut(&ZipEntry) -> bool) {
        self.directory.entries.retain(is_kept);
    }

    /// Reads all anew from here on.
    pub fn forget(&self) {
        self.file.forget();
    }

    /// The entries, in the order in which they lie in the file.
    pub fn entries(&self) -> &[ZipEntry] {
        &self.directory.entries
    }

    /// The size of the file in bytes.
    pub fn archive_bytes(&self) -> u64 {
        self.file.size()
    }

    /// Begins to read an entry. One larger than `limit_bytes` is refused before anything is read.
    ///
    /// # Errors
    ///
    /// `ARCHIVE_DAMAGED` or `CHECKSUM_MISMATCH`, with the entry.
    pub fn begin<'a>(
        &'a self,
        entry: &'a ZipEntry,
        limit_bytes: u64,
    ) -> Result<EntryReader<'a, Window<F>>> {
        EntryReader::begin(&self.file, entry, limit_bytes)
    }

    /// A stored entry's content as a part of the file, where the file can give it without reading.
    pub fn slice(&self, entry: &ZipEntry) -> Option<Handle> {
        let is_stored = entry.method == Method::Stored;
        is_stored
            .then(|| self.file.slice(entry.data_offset, entry.bytes))
            .flatten()
    }

    /// Reads an entry into `content`, replacing what is in it, and returns its SHA-256.
    ///
    /// # Errors
    ///
    /// As those of [`begin`](Self::begin) and of the [`EntryReader`].
    pub fn read(
        &self,
        entry: &ZipEntry,
        limit_bytes: u64,
        content: &mut Vec<u8>,
    ) -> Result<String> {
        let mut reader = self.begin(entry, limit_bytes)?;
        content.clear();
        while reader.step(content)? {}
        reader.finish()
    }

    /// An entry's data as they stand in the file.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub fn read_raw(&self, entry: &ZipEntry) -> Result<Vec<u8>> {
        let mut data = vec![0; entry.compressed_bytes as usize];
        self.file.read_at(entry.data_offset, &mut data)?;
        Ok(data)
    }

    /// Where the seal begins, if the archive has one; an archive packed anew by another tool has none.
    ///
    /// # Errors
    ///
    /// `ARCHIVE_DAMAGED` for a comment that is no seal.
    pub fn seal(&self) -> Result<Option<Seal>> {
        let comment = &self.directory.comment;
        if comment.is_empty() {
            return Ok(None);
        }
        match std::str::from_utf8(comment) {
            Ok(text) if comment.len() == SEAL_BYTES && text.starts_with(SEAL_PREFIX) => {
                Ok(Some(Seal {
                    expected: text
                        .strip_prefix(SEAL_PREFIX)
                        .unwrap_or_default()
                        .to_owned(),
                    sum: Sha256Hex::default(),
                    next: 0,
                    end: self.directory.comment_offset,
                }))
            }
            _ => Err(Error::new(
                ErrorCode::ArchiveDamaged,
                "The archive's comment is not its seal.",
            )
            .expected(
                format!("{SEAL_PREFIX}…"),
                String::from_utf8_lossy(comment)
                    .chars()
                    .take(100)
                    .collect::<String>(),
            )),
        }
    }

    /// Checks some more of the file against its seal; false once all of it was right.
    ///
    /// # Errors
    ///
    /// `ARCHIVE_DAMAGED`.
    pub fn check_seal(&self, seal: &mut Seal, buffer: &mut Vec<u8>) -> Result<bool> {
        let length = (seal.end - seal.next).min(READ_BYTES as u64 * 4);
        buffer.resize(length as usize, 0);
        self.file.read_at(seal.next, buffer)?;
        seal.sum.update(buffer);
        seal.next += length;
        if seal.next < seal.end {
            return Ok(true);
        }
        let found = seal.sum.clone().finish();
        if found == seal.expected {
            return Ok(false);
        }
        Err(Error::new(
            ErrorCode::ArchiveDamaged,
            "The file is not what was written: its seal does not match.",
        )
        .expected(seal.expected.as_str(), found))
    }
}

/// A seal being checked.
#[derive(Debug)]
pub struct Seal {
    expected: String,
    sum: Sha256Hex,
    next: u64,
    end: u64,
}
