//! A strict reader of a ZIP's structure.
//!
//! async_zip writes our archives, but its readers are not for damaged or hostile files: they slice
//! extra fields without looking (a panic ends the worker), trust counts when allocating, and do not
//! compare the local headers with the directory. Source of the format: PKWARE's APPNOTE.TXT 6.3.10.

mod end;
mod header;
mod salvage;
mod window;

use pos_backup_bridge::{Error, ErrorCode, Result, sort_by};

use crate::job::{Job, Outcome};
use crate::limits::{DIRECTORY_MAX_BYTES, HEADERS_READ_BYTES};
use crate::storage::ReadAt;

pub use header::{Method, ZipEntry};
pub use salvage::{FoundEntry, salvage_entries};
pub use window::Window;

/// A ZIP's directory, whose entries were found to tile the file exactly.
#[derive(Debug)]
pub struct Directory {
    /// The entries, in the order in which they lie in the file.
    pub entries: Vec<ZipEntry>,
    /// The archive comment.
    pub comment: Vec<u8>,
    /// Where the comment begins, in bytes.
    pub comment_offset: u64,
}

impl Directory {
    /// Reads and checks the structure of a file.
    ///
    /// # Errors
    ///
    /// `NOT_AN_ARCHIVE`, `ARCHIVE_TRUNCATED`, `ARCHIVE_DAMAGED`, `ENTRY_NAME_INVALID` or `ENTRY_DUPLICATE`.
    pub async fn read(job: &Job, file: &impl ReadAt) -> Outcome<Self> {
        let end = end::EndRecord::read(file)?;
        let length = end.directory_bytes;
        if length > DIRECTORY_MAX_BYTES {
            return Err(damaged("The ZIP directory is larger than the limit.")
                .expected(format!("at most {DIRECTORY_MAX_BYTES} bytes"), length)
                .into());
        }
        let mut bytes = vec![0; length as usize];
        file.read_at(end.directory_offset, &mut bytes)?;
        let mut entries = header::read_directory(&bytes, end.entries)?;
        sort_by(&mut entries, |a, b| a.header_offset.cmp(&b.header_offset));
        if let Some(beyond) = entries
            .last()
            .filter(|entry| entry.header_offset >= end.directory_offset)
        {
            return Err(damaged("An entry is said to begin behind the last one.")
                .in_entry(&beyond.name)
                .expected(
                    format!("less than {}", end.directory_offset),
                    beyond.header_offset,
                )
                .into());
        }

        let mut names = std::collections::HashSet::with_capacity(entries.len());
        if let Some(twice) = entries
            .iter()
            .find(|entry| !names.insert(entry.name.as_str()))
        {
            return Err(Error::new(
                ErrorCode::EntryDuplicate,
                "Two entries of the archive have the same name.",
            )
            .in_entry(&twice.name)
            .into());
        }

        let window = Window::new(file, HEADERS_READ_BYTES);
        let mut next = 0;
        let mut ends = entries
            .iter()
            .skip(1)
            .map(|entry| entry.header_offset)
            .collect::<Vec<_>>();
        ends.push(end.directory_offset);
        for (entry, end) in entries.iter_mut().zip(ends) {
            job.breathe().await?;
            if entry.header_offset != next {
                return Err(damaged("The ZIP's entries do not follow one another.")
                    .in_entry(&entry.name)
                    .expected(next, entry.header_offset)
                    .into());
            }
            entry.check_local_header(&window, end)?;
            next = end;
        }
        if next != end.directory_offset {
            return Err(damaged(
                "There are bytes before the ZIP's directory that belong to no entry.",
            )
            .expected(next, end.directory_offset)
            .into());
        }
        Ok(Self {
            entries,
            comment: end.comment,
            comment_offset: end.comment_offset,
        })
    }
}

/// The structure is broken.
fn damaged(message: &str) -> Error {
    Error::new(ErrorCode::ArchiveDamaged, message)
}

/// Little-endian fields of a record, one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn bytes(&mut self, length: usize) -> Result<&'a [u8]> {
        let (head, rest) = self
            .0
            .split_at_checked(length)
            .ok_or_else(|| damaged("A record of the ZIP's structure ends too early."))?;
        self.0 = rest;
        Ok(head)
    }

    fn number(&mut self, length: usize) -> Result<u64> {
        let bytes = self.bytes(length)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn u16(&mut self) -> Result<u16> {
        Ok(self.number(2)? as u16)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(self.number(4)? as u32)
    }

    fn u64(&mut self) -> Result<u64> {
        self.number(8)
    }

    fn expect(&mut self, signature: u32, what: &str) -> Result<()> {
        let found = self.u32()?;
        if found == signature {
            return Ok(());
        }
        Err(damaged(what).expected(format!("{signature:#010x}"), format!("{found:#010x}")))
    }
}
