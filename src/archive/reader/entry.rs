//! Reads one entry piece by piece, checked against its size and CRC-32.

use std::ops::Range;

use flate2::{Decompress, FlushDecompress, Status};
use pos_backup_bridge::{Error, ErrorCode, Result};

use crate::archive::Sha256Hex;
use crate::archive::directory::{Method, ZipEntry};
use crate::limits::READ_BYTES;
use crate::storage::ReadAt;

/// An entry being read. You MUST call [`step`](Self::step) until it says that there is no more, and then
/// [`finish`](Self::finish): until then nothing is known of the content.
pub struct EntryReader<'a, F> {
    file: &'a F,
    entry: &'a ZipEntry,
    crc32: crc32fast::Hasher,
    sha256: Sha256Hex,
    /// Where the next bytes are read.
    offset: u64,
    /// The bytes read so far, uncompressed.
    bytes: u64,
    inflate: Option<Inflate>,
}

struct Inflate {
    inflate: Decompress,
    input: Vec<u8>,
    output: Vec<u8>,
    /// What of the input is still to be inflated.
    unread: Range<usize>,
}

impl<'a, F: ReadAt> EntryReader<'a, F> {
    pub(in crate::archive) fn begin(
        file: &'a F,
        entry: &'a ZipEntry,
        limit_bytes: u64,
    ) -> Result<Self> {
        let refused = |error: Error| Err(error.in_entry(&entry.name));
        if entry.bytes > limit_bytes {
            return refused(
                Error::new(
                    ErrorCode::ArchiveDamaged,
                    "An entry is larger than the limit for its kind.",
                )
                .expected(format!("at most {limit_bytes} bytes"), entry.bytes),
            );
        }
        if entry.method == Method::Stored && entry.compressed_bytes != entry.bytes {
            return refused(
                mismatch("A stored entry has two sizes.")
                    .expected(entry.bytes, entry.compressed_bytes),
            );
        }
        Ok(Self {
            file,
            entry,
            crc32: crc32fast::Hasher::new(),
            sha256: Sha256Hex::default(),
            offset: entry.data_offset,
            bytes: 0,
            inflate: (entry.method == Method::Deflate).then(|| Inflate::new(entry)),
        })
    }

    /// Reads some more onto the end of `content`, in which nothing needs to stay; false once there is no more.
    ///
    /// # Errors
    ///
    /// `CHECKSUM_MISMATCH` for compressed data that is broken, and those of the file.
    pub fn step(&mut self, content: &mut Vec<u8>) -> Result<bool> {
        let before = content.len();
        let more = match &mut self.inflate {
            None => self.copy(content),
            Some(inflate) => {
                let (entry, offset) = (self.entry, &mut self.offset);
                inflate.step(self.file, entry, self.bytes, offset, content)
            }
        };
        let more = more.map_err(|error| error.in_entry(&self.entry.name))?;
        let made = content.get(before..).unwrap_or_default();
        self.crc32.update(made);
        self.sha256.update(made);
        self.bytes += made.len() as u64;
        Ok(more)
    }

    /// The SHA-256 of the content.
    ///
    /// # Errors
    ///
    /// `CHECKSUM_MISMATCH`, with the entry.
    pub fn finish(self) -> Result<String> {
        let entry = self.entry;
        if self.bytes != entry.bytes {
            return Err(
                mismatch("An entry does not have the size that the ZIP says.")
                    .in_entry(&entry.name)
                    .expected(entry.bytes, self.bytes),
            );
        }
        let crc32 = self.crc32.finalize();
        if crc32 != entry.crc32 {
            return Err(
                mismatch("An entry does not have the CRC-32 that the ZIP says.")
                    .in_entry(&entry.name)
                    .expected(format!("{:08x}", entry.crc32), format!("{crc32:08x}")),
            );
        }
        Ok(self.sha256.finish())
    }

    /// Reads some of a stored entry.
    fn copy(&mut self, content: &mut Vec<u8>) -> Result<bool> {
        let left = self.entry.data_offset + self.entry.bytes - self.offset;
        let length = left.min(READ_BYTES as u64);
        let before = content.len();
        content.resize(before + length as usize, 0);
        let chunk = content.get_mut(before..).unwrap_or_default();
        self.file.read_at(self.offset, chunk)?;
        self.offset += length;
        Ok(left > length)
    }
}

impl Inflate {
    fn new(entry: &ZipEntry) -> Self {
        let input_bytes = entry.compressed_bytes.min(READ_BYTES as u64);
        // One byte more than the entry has, to see when there is more.
        let output_bytes = entry.bytes.saturating_add(1).min(READ_BYTES as u64);
        Self {
            inflate: Decompress::new(false),
            input: vec![0; input_bytes as usize],
            output: vec![0; output_bytes as usize],
            unread: 0..0,
        }
    }

    /// Stops at the first byte too many: an entry cannot grow beyond the size that the ZIP states.
    fn step(
        &mut self,
        file: &impl ReadAt,
        entry: &ZipEntry,
        bytes_before: u64,
        offset: &mut u64,
        content: &mut Vec<u8>,
    ) -> Result<bool> {
        let broken = || mismatch("An entry's compressed data is broken.");
        let end = entry.data_offset + entry.compressed_bytes;
        if self.unread.is_empty() && *offset < end {
            self.unread = 0..(self.input.len() as u64).min(end - *offset) as usize;
            let chunk = self.input.get_mut(self.unread.clone()).unwrap_or_default();
            file.read_at(*offset, chunk)?;
            *offset += self.unread.len() as u64;
        }
        let (read_before, made_before) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self
            .inflate
            .decompress(
                self.input.get(self.unread.clone()).unwrap_or_default(),
                &mut self.output,
                FlushDecompress::None,
            )
            .map_err(|_| broken())?;
        let read = (self.inflate.total_in() - read_before) as usize;
        let made = (self.inflate.total_out() - made_before) as usize;
        self.unread.start += read;
        content.extend_from_slice(self.output.get(..made).unwrap_or_default());
        let is_end = status == Status::StreamEnd;
        let all_read = self.unread.is_empty() && *offset == end;
        let is_stuck = read == 0 && made == 0;
        if bytes_before + made as u64 > entry.bytes || is_end && !all_read || !is_end && is_stuck {
            return Err(broken());
        }
        Ok(!is_end)
    }
}

fn mismatch(message: &str) -> Error {
    Error::new(ErrorCode::ChecksumMismatch, message)
}
