//! One entry: as it grows, hashed, checked and compressed piece by piece, so that only its compressed bytes are held; or
//! whole, which takes less time.

use flate2::{Compress, Compression, FlushCompress};
use libdeflater::{CompressionLvl, Compressor};
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
    /// Packs a whole content with a level of libdeflate's.
    ///
    /// # Errors
    ///
    /// `INTERNAL` when the compressor fails, which it does not.
    pub fn pack(content: &[u8], level: i32) -> Result<Self> {
        Ok(Self {
            checksum: Sha256Hex::of(content),
            ..Self::unsummed(content, level)?
        })
    }

    /// The same, its SHA-256 in lower-case hexadecimal being found elsewhere meanwhile; or here, if not.
    ///
    /// # Errors
    ///
    /// As those of [`pack`](Self::pack).
    pub async fn pack_with(
        content: &[u8],
        level: i32,
        checksum: impl Future<Output = Option<String>>,
    ) -> Result<Self> {
        let packed = Self::unsummed(content, level)?;
        let checksum = checksum.await;
        Ok(Self {
            checksum: checksum.unwrap_or_else(|| Sha256Hex::of(content)),
            ..packed
        })
    }

    fn unsummed(content: &[u8], level: i32) -> Result<Self> {
        let failed = |reason| Error::new(ErrorCode::Internal, format!("Deflate: {reason}"));
        let level = CompressionLvl::new(level).map_err(|_| failed("an unknown level"))?;
        let mut compressor = Compressor::new(level);
        let mut deflated = vec![0; compressor.deflate_compress_bound(content.len())];
        let bytes = compressor
            .deflate_compress(content, &mut deflated)
            .map_err(|_| failed("no room"))?;
        deflated.truncate(bytes);
        Ok(Self {
            deflated,
            crc32: crc32fast::hash(content),
            checksum: String::new(),
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
        Self {
            method: Method::Deflate,
            deflate: deflater(),
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
pub(super) fn deflater() -> Compress {
    Compress::new(Compression::new(DEFLATE_LEVEL), false)
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
