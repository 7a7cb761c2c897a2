//! One entry as it grows: hashed, checked and compressed piece by piece, so that only its
//! compressed bytes are held.

use flate2::{Compress, Compression, FlushCompress};
use pos_backup_bridge::{Error, ErrorCode, Result};

use super::Sha256Hex;
use crate::limits::DEFLATE_LEVEL;

/// An entry being compressed. Reused from one entry to the next, for its buffers.
#[derive(Debug)]
pub struct EntryWriter {
    deflate: Compress,
    compressed: Vec<u8>,
    crc32: crc32fast::Hasher,
    sha256: Sha256Hex,
    bytes: u64,
}

/// A compressed entry, borrowed from its writer.
#[derive(Debug)]
pub(super) struct Compressed<'a> {
    pub(super) data: &'a [u8],
    pub(super) crc32: u32,
    pub(super) checksum: String,
    pub(super) bytes: u64,
}

impl Default for EntryWriter {
    fn default() -> Self {
        Self {
            // Raw deflate: a ZIP has no zlib header.
            deflate: Compress::new(Compression::new(DEFLATE_LEVEL), false),
            compressed: Vec::new(),
            crc32: crc32fast::Hasher::new(),
            sha256: Sha256Hex::default(),
            bytes: 0,
        }
    }
}

impl EntryWriter {
    /// The uncompressed bytes so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds bytes.
    ///
    /// # Errors
    ///
    /// `INTERNAL` when the compressor fails, which it does not.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.crc32.update(bytes);
        self.sha256.update(bytes);
        self.bytes += bytes.len() as u64;
        self.compress(bytes, FlushCompress::None)
    }

    /// Ends the entry. [`reset`](Self::reset) makes the writer ready for the next.
    pub(super) fn finish(&mut self) -> Result<Compressed<'_>> {
        self.compress(&[], FlushCompress::Finish)?;
        Ok(Compressed {
            data: &self.compressed,
            crc32: self.crc32.clone().finalize(),
            checksum: self.sha256.clone().finish(),
            bytes: self.bytes,
        })
    }

    /// Begins anew, keeping the buffers.
    pub(super) fn reset(&mut self) {
        self.deflate.reset();
        self.compressed.clear();
        self.crc32.reset();
        self.sha256 = Sha256Hex::default();
        self.bytes = 0;
    }

    fn compress(&mut self, mut bytes: &[u8], flush: FlushCompress) -> Result<()> {
        const ROOM_BYTES: usize = 64 * 1024;
        loop {
            if self.compressed.capacity() - self.compressed.len() < ROOM_BYTES {
                self.compressed.reserve(ROOM_BYTES);
            }
            let before = self.deflate.total_in();
            let status = self
                .deflate
                .compress_vec(bytes, &mut self.compressed, flush)
                .map_err(|error| Error::new(ErrorCode::Internal, format!("Deflate: {error}")))?;
            let taken = (self.deflate.total_in() - before) as usize;
            bytes = bytes.get(taken..).unwrap_or_default();
            let done = match flush {
                FlushCompress::Finish => status == flate2::Status::StreamEnd,
                _ => bytes.is_empty(),
            };
            if done {
                return Ok(());
            }
        }
    }
}
