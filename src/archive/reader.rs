//! Reads an archive's entries, each checked against its size and CRC-32.

use flate2::{Decompress, FlushDecompress, Status};
use pos_backup_bridge::{Error, ErrorCode, Result};

use super::checksum::{SEAL_BYTES, SEAL_PREFIX, Sha256Hex};
use super::directory::{Directory, Method, ZipEntry};
use crate::limits::READ_BYTES;
use crate::storage::ReadAt;

/// An archive whose structure is sound. What its entries hold is another matter: see
/// [`check`](super::check()).
#[derive(Debug)]
pub struct ArchiveReader<F> {
    file: F,
    directory: Directory,
}

impl<F: ReadAt> ArchiveReader<F> {
    /// Reads and checks the structure of a file.
    ///
    /// # Errors
    ///
    /// See [`Directory::read`].
    pub fn open(file: F) -> Result<Self> {
        let directory = Directory::read(&file)?;
        Ok(Self { file, directory })
    }

    /// The entries, in the order in which they lie in the file.
    pub fn entries(&self) -> &[ZipEntry] {
        &self.directory.entries
    }

    /// The size of the file in bytes.
    pub fn archive_bytes(&self) -> u64 {
        self.file.size()
    }

    /// Reads an entry into `content`, replacing what is in it, and returns its SHA-256.
    ///
    /// # Errors
    ///
    /// `CHECKSUM_MISMATCH` or `ARCHIVE_DAMAGED`, with the entry. An entry larger than `limit_bytes`
    /// is refused before anything is read.
    pub fn read(
        &self,
        entry: &ZipEntry,
        limit_bytes: u64,
        content: &mut Vec<u8>,
    ) -> Result<String> {
        self.read_entry(entry, limit_bytes, content)
            .map_err(|error| error.in_entry(&entry.name))
    }

    fn read_entry(
        &self,
        entry: &ZipEntry,
        limit_bytes: u64,
        content: &mut Vec<u8>,
    ) -> Result<String> {
        if entry.bytes > limit_bytes {
            return Err(Error::new(
                ErrorCode::ArchiveDamaged,
                "An entry is larger than the limit for its kind.",
            )
            .expected(format!("at most {limit_bytes} bytes"), entry.bytes));
        }
        content.clear();
        match entry.method {
            Method::Stored => self.read_stored(entry, content)?,
            Method::Deflate => self.inflate(entry, content)?,
        }
        if content.len() as u64 != entry.bytes {
            return Err(
                mismatch("An entry does not have the size that the ZIP says.")
                    .expected(entry.bytes, content.len()),
            );
        }
        let crc32 = crc32fast::hash(content);
        if crc32 != entry.crc32 {
            return Err(
                mismatch("An entry does not have the CRC-32 that the ZIP says.")
                    .expected(format!("{:08x}", entry.crc32), format!("{crc32:08x}")),
            );
        }
        let mut sum = Sha256Hex::default();
        sum.update(content);
        Ok(sum.finish())
    }

    fn read_stored(&self, entry: &ZipEntry, content: &mut Vec<u8>) -> Result<()> {
        if entry.compressed_bytes != entry.bytes {
            return Err(mismatch("A stored entry has two sizes.")
                .expected(entry.bytes, entry.compressed_bytes));
        }
        content.resize(entry.bytes as usize, 0);
        self.file.read_at(entry.data_offset, content)
    }

    /// Stops at the first byte too many: an entry cannot grow beyond the size that the ZIP states.
    fn inflate(&self, entry: &ZipEntry, content: &mut Vec<u8>) -> Result<()> {
        let broken = || mismatch("An entry's compressed data is broken.");
        let mut inflate = Decompress::new(false);
        let input_bytes = entry.compressed_bytes.min(READ_BYTES as u64) as usize;
        let mut input = vec![0; input_bytes];
        // One byte more than the entry has, to see when there is more.
        let output_bytes = entry.bytes.saturating_add(1).min(READ_BYTES as u64) as usize;
        let mut output = vec![0; output_bytes];
        let mut offset = entry.data_offset;
        let end = entry.data_offset + entry.compressed_bytes;
        let mut unread = 0..0;
        loop {
            if unread.is_empty() && offset < end {
                unread = 0..(input.len() as u64).min(end - offset) as usize;
                self.file
                    .read_at(offset, input.get_mut(unread.clone()).unwrap_or_default())?;
                offset += unread.len() as u64;
            }
            let (read_before, made_before) = (inflate.total_in(), inflate.total_out());
            let status = inflate
                .decompress(
                    input.get(unread.clone()).unwrap_or_default(),
                    &mut output,
                    FlushDecompress::None,
                )
                .map_err(|_| broken())?;
            let read = (inflate.total_in() - read_before) as usize;
            let made = (inflate.total_out() - made_before) as usize;
            unread.start += read;
            content.extend_from_slice(output.get(..made).unwrap_or_default());
            if content.len() as u64 > entry.bytes {
                return Err(broken());
            }
            if status == Status::StreamEnd {
                let all_read = unread.is_empty() && offset == end;
                return if all_read { Ok(()) } else { Err(broken()) };
            }
            if read == 0 && made == 0 {
                return Err(broken());
            }
        }
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

fn mismatch(message: &str) -> Error {
    Error::new(ErrorCode::ChecksumMismatch, message)
}
