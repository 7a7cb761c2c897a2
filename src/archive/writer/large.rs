//! Entries that pass through piece by piece.
//!
//! async_zip writes an entry either whole, from memory, or as a stream, which ends in a data descriptor that
//! other tools cannot read (its sizes are those of 32 bits in an entry of ZIP64). Sizes and CRC-32 are known
//! here beforehand, and then no descriptor is needed: the stream's local header holds them already. So its
//! sixteen bytes are left out, and the headers do not announce it. async_zip goes on counting them, and
//! therefore the local header gets an extra field of as many bytes, the one that Android's zipalign pads with.

use std::collections::HashSet;

use futures::AsyncWriteExt;
use pos_backup_bridge::{Error, ErrorCode, Result};

use super::{ArchiveWriter, ready, zip_entry};
use crate::archive::directory::Method;
use crate::storage::PartFile;

const FLAG_DESCRIPTOR: u8 = 1 << 3;

/// Where a local header has its flags and the length of its extra fields (APPNOTE 4.3.7), in bytes.
const LOCAL_FLAGS: usize = 6;
const LOCAL_EXTRA_LENGTH: usize = 28;

/// Header ID, length and content, little-endian: an alignment of 1 and padding.
const PADDING: [u8; 16] = [0x35, 0xD9, 12, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// What a ZIP says of an entry's content.
#[derive(Debug, Clone)]
pub(super) struct Content {
    pub(super) method: Method,
    pub(super) crc32: u32,
    pub(super) bytes: u64,
    pub(super) compressed_bytes: u64,
}

impl<P: PartFile> ArchiveWriter<P> {
    /// Writes an entry whose compressed bytes come in pieces: `next` replaces what is in the vector, and says
    /// false when it has put the last piece there.
    pub(super) async fn write_large(
        &mut self,
        path: &str,
        content: &Content,
        mut next: impl AsyncFnMut(&mut Vec<u8>) -> Result<bool>,
    ) -> Result<()> {
        let entry = zip_entry(path, content.method, content.crc32, content.bytes)
            .compressed_size(content.compressed_bytes);
        let mut stream = ready(self.zip.write_entry_stream_precompressed(entry))?;
        let mut header = self.sink.take();
        correct_local_header(&mut header)?;
        self.output.append(&header)?;
        let mut piece = header;
        let mut compressed_bytes = 0;
        let mut more = true;
        while more {
            piece.clear();
            more = next(&mut piece).await?;
            compressed_bytes += piece.len() as u64;
            ready(async { Ok(stream.write_all(&piece).await?) })?;
            self.output.append(&piece)?;
            self.sink.give_back(self.sink.take());
        }
        ready(stream.close())?;
        // The descriptor.
        self.sink.give_back(self.sink.take());
        if compressed_bytes != content.compressed_bytes {
            return Err(
                Error::new(ErrorCode::Internal, "An entry came out in another size.")
                    .in_entry(path)
                    .expected(content.compressed_bytes, compressed_bytes),
            );
        }
        self.large.insert(self.entries.len());
        Ok(())
    }
}

fn correct_local_header(header: &mut Vec<u8>) -> Result<()> {
    let broken = || Error::new(ErrorCode::Internal, "A local header is too short.");
    *header.get_mut(LOCAL_FLAGS).ok_or_else(broken)? &= !FLAG_DESCRIPTOR;
    let length = header
        .get_mut(LOCAL_EXTRA_LENGTH..)
        .and_then(<[u8]>::first_chunk_mut)
        .ok_or_else(broken)?;
    *length = (u16::from_le_bytes(*length) + PADDING.len() as u16).to_le_bytes();
    header.extend_from_slice(&PADDING);
    Ok(())
}

/// Corrects the flags of these entries, by index, in a directory that async_zip has just written
/// (APPNOTE 4.3.12).
pub(super) fn correct_directory(directory: &mut [u8], large: &HashSet<usize>) {
    const RECORD_BYTES: usize = 46;
    const FLAGS: usize = 8;
    const LENGTHS: usize = 28;
    let mut rest = directory;
    let last = large.iter().max().map_or(0, |last| last + 1);
    for index in 0..last {
        let length = |at: usize| {
            let bytes = rest.get(at..at + 2).unwrap_or_default();
            bytes.iter().rev().fold(0, |n, b| n << 8 | usize::from(*b))
        };
        let record = RECORD_BYTES + length(LENGTHS) + length(LENGTHS + 2) + length(LENGTHS + 4);
        if large.contains(&index)
            && let Some(flags) = rest.get_mut(FLAGS)
        {
            *flags &= !FLAG_DESCRIPTOR;
        }
        rest = rest.get_mut(record..).unwrap_or_default();
    }
}
