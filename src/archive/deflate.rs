//! One entry as it grows: hashed, checked and compressed piece by piece, so that only its
//! compressed bytes are held.

use flate2::{Compress, Compression, FlushCompress};
use pos_backup_bridge::{Error, ErrorCode, Result};

use super::Sha256Hex;
use super::directory::Method;
use crate::limits::{DEFLATE_LEVEL, SAMPLE_BYTES};

/// An entry being compressed. Reused from one entry to the next, for its buffers.
#[derive(Debug)]
pub struct EntryWriter {
    method: Method,
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
    pub(super) method: Method,
    pub(super) crc32: u32,
    pub(super) checksum: String,
    pub(super) bytes: u64,
}

/// What deflate made of an entry's content, and its checksums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Raw deflate (RFC 1951).
    pub deflated: Vec<u8>,
    /// The CRC-32 of the content, as a ZIP has it.
    pub crc32: u32,
    /// The SHA-256 of the content in lower-case hexadecimal.
    pub checksum: String,
    /// The bytes of the content.
    pub bytes: u64,
}

impl Packed {
    /// Packs a whole content. `checksum` is its SHA-256 in lower-case hexadecimal, to be found meanwhile; its CRC-32 is
    /// found here.
    ///
    /// # Errors
    ///
    /// `INTERNAL` when the compressor fails, which it does not.
    pub async fn pack(
        content: &[u8],
        level: u32,
        checksum: impl Future<Output = Option<String>>,
    ) -> Result<Self> {
        let mut deflated = Vec::with_capacity(content.len() / 2);
        let end = FlushCompress::Finish;
        compress(&mut deflater(level), content, end, &mut deflated)?;
        Ok(Self {
            deflated,
            crc32: crc32fast::hash(content),
            checksum: match checksum.await {
                Some(checksum) => checksum,
                None => Sha256Hex::of(content),
            },
            bytes: content.len() as u64,
        })
    }

    pub(super) fn as_compressed(&self) -> Compressed<'_> {
        Compressed {
            data: &self.deflated,
            method: Method::Deflate,
            crc32: self.crc32,
            checksum: self.checksum.clone(),
            bytes: self.bytes,
        }
    }
}

impl Default for EntryWriter {
    fn default() -> Self {
        Self::of_level(DEFLATE_LEVEL)
    }
}

impl EntryWriter {
    /// One that compresses so hard.
    pub fn of_level(level: u32) -> Self {
        Self {
            method: Method::Deflate,
            deflate: deflater(level),
            compressed: Vec::new(),
            crc32: crc32fast::Hasher::new(),
            sha256: Sha256Hex::default(),
            bytes: 0,
        }
    }

    /// The uncompressed bytes so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Stores the entry as it is, if deflate does not shrink how it begins. To be called before the
    /// first bytes of what may be compressed already, as images are.
    pub fn sample(&mut self, start: &[u8]) -> Result<()> {
        let sample = start.get(..SAMPLE_BYTES).unwrap_or(start);
        let end = FlushCompress::Finish;
        compress(&mut self.deflate, sample, end, &mut self.compressed)?;
        // What shrinks by less than a sixteenth is stored.
        self.method = if self.compressed.len() < sample.len() - sample.len() / 16 {
            Method::Deflate
        } else {
            Method::Stored
        };
        self.deflate.reset();
        self.compressed.clear();
        Ok(())
    }

    /// How the entry is kept, so far as it is known.
    pub(super) fn method(&self) -> Method {
        self.method
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
        match self.method {
            Method::Stored => self.compressed.extend_from_slice(bytes),
            Method::Deflate => compress(
                &mut self.deflate,
                bytes,
                FlushCompress::None,
                &mut self.compressed,
            )?,
        }
        Ok(())
    }

    /// Ends the entry. [`reset`](Self::reset) makes the writer ready for the next.
    pub(super) fn finish(&mut self) -> Result<Compressed<'_>> {
        if self.method == Method::Deflate {
            let end = FlushCompress::Finish;
            compress(&mut self.deflate, &[], end, &mut self.compressed)?;
        }
        Ok(Compressed {
            data: &self.compressed,
            method: self.method,
            crc32: self.crc32.clone().finalize(),
            checksum: self.sha256.clone().finish(),
            bytes: self.bytes,
        })
    }

    /// Begins anew, keeping the buffers.
    pub(super) fn reset(&mut self) {
        self.method = Method::Deflate;
        self.deflate.reset();
        self.compressed.clear();
        self.crc32.reset();
        self.sha256 = Sha256Hex::default();
        self.bytes = 0;
    }
}

/// Raw deflate: a ZIP has no zlib header.
pub(super) fn deflater(level: u32) -> Compress {
    Compress::new(Compression::new(level), false)
}

/// Compresses all of `bytes` onto the end of `compressed`.
///
/// # Errors
///
/// `INTERNAL` when the compressor fails, which it does not.
pub(super) fn compress(
    deflate: &mut Compress,
    mut bytes: &[u8],
    flush: FlushCompress,
    compressed: &mut Vec<u8>,
) -> Result<()> {
    const ROOM_BYTES: usize = 64 * 1024;
    loop {
        if compressed.capacity() - compressed.len() < ROOM_BYTES {
            compressed.reserve(ROOM_BYTES);
        }
        let before = deflate.total_in();
        let status = deflate
            .compress_vec(bytes, compressed, flush)
            .map_err(|error| Error::new(ErrorCode::Internal, format!("Deflate: {error}")))?;
        let taken = (deflate.total_in() - before) as usize;
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
