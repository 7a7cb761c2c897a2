//! Large binary values of records: each an entry of its own, named by its SHA-256, and written once.

use flate2::FlushCompress;
use futures::future::LocalBoxFuture;
use pos_backup_bridge::{EntryType, Error, ErrorCode, Result};

use super::large::Content;
use super::{ArchiveWriter, manifest_entry};
use crate::archive::checksum::hex;
use crate::archive::deflate::{compress, deflater};
use crate::archive::directory::Method;
use crate::archive::{EntryName, EntryWriter, Sha256Hex};
use crate::database::{BlobSink, Pause};
use crate::limits::{BLOB_BUFFERED_BYTES, BLOB_BYTES, BLOB_BYTES_OF_MANY, BLOBS_MANY, READ_BYTES};
use crate::storage::{PartFile, ReadAt};

/// Kept from one blob to the next.
#[derive(Default)]
pub(super) struct BlobBuffers {
    entry: EntryWriter,
    content: Vec<u8>,
}

impl<P: PartFile> BlobSink for ArchiveWriter<P> {
    fn blob_bytes(&self) -> u32 {
        if self.blobs.len() < BLOBS_MANY {
            BLOB_BYTES
        } else {
            BLOB_BYTES_OF_MANY
        }
    }

    fn keep<'a>(
        &'a mut self,
        content: &'a dyn ReadAt,
        pause: &'a mut dyn Pause,
    ) -> LocalBoxFuture<'a, Result<String>> {
        Box::pin(async move {
            let mut sum = Sha256Hex::default();
            let mut crc32 = crc32fast::Hasher::new();
            let is_buffered = content.size() <= BLOB_BUFFERED_BYTES;
            let mut buffer = std::mem::take(&mut self.blob.content);
            buffer.clear();
            let mut offset = 0;
            while offset < content.size() {
                if !is_buffered {
                    buffer.clear();
                }
                let piece = read_piece(content, &mut offset, &mut buffer)?;
                sum.update(piece);
                crc32.update(piece);
                pause.pause().await?;
            }
            let digest = sum.finish_bytes();
            let sha256 = hex(&digest);
            if self.blobs.contains(&digest) {
                self.blob.content = buffer;
                return Ok(sha256);
            }
            let name = EntryName::Blob {
                sha256: sha256.clone(),
            };
            if is_buffered {
                let mut entry = std::mem::take(&mut self.blob.entry);
                entry.sample(&buffer)?;
                for piece in buffer.chunks(READ_BYTES) {
                    entry.write(piece)?;
                    pause.pause().await?;
                }
                self.add(&name, EntryType::File, &mut entry)?;
                self.blob.entry = entry;
            } else {
                let path = name.to_string();
                let mut entry = std::mem::take(&mut self.blob.entry);
                let read = Pieces::new(content)
                    .read()
                    .and_then(|start| entry.sample(start));
                let method = entry.method();
                entry.reset();
                self.blob.entry = entry;
                read?;
                let known = Known {
                    path: &path,
                    method,
                    crc32: crc32.finalize(),
                    sha256: &sha256,
                };
                self.write_large_blob(content, known, pause).await?;
                let entry = manifest_entry(path, sha256.clone(), content.size(), EntryType::File);
                self.entries.push(entry);
            }
            self.blobs.insert(digest);
            self.blob.content = buffer;
            Ok(sha256)
        })
    }
}

impl<P: PartFile> ArchiveWriter<P> {
    /// Deflate gives the same bytes each time, so they are first counted, and then written.
    async fn write_large_blob(
        &mut self,
        source: &dyn ReadAt,
        known: Known<'_>,
        pause: &mut dyn Pause,
    ) -> Result<()> {
        let Known {
            path,
            method,
            crc32,
            sha256,
        } = known;
        let mut compressed_bytes = source.size();
        if method == Method::Deflate {
            compressed_bytes = 0;
            let mut counted = Pieces::new(source).compressed(method);
            let mut piece = Vec::new();
            while counted.next(&mut piece)? {
                compressed_bytes += piece.len() as u64;
                piece.clear();
                pause.pause().await?;
            }
            compressed_bytes += piece.len() as u64;
        }
        let content = Content {
            method,
            crc32,
            bytes: source.size(),
            compressed_bytes,
        };
        let mut written = Pieces::new(source).compressed(method);
        self.write_large(path, &content, async |piece| {
            let more = written.next(piece)?;
            pause.pause().await?;
            Ok(more)
        })
        .await?;
        let found = written.pieces.sum.finish();
        if found == sha256 {
            Ok(())
        } else {
            Err(Error::new(
                ErrorCode::StorageFailed,
                "A value was another when it was read again.",
            )
            .in_entry(path)
            .expected(sha256, found))
        }
    }
}

/// What is known of a large blob before it is written.
struct Known<'a> {
    path: &'a str,
    method: Method,
    crc32: u32,
    sha256: &'a str,
}

/// A source read from its beginning to its end.
struct Pieces<'a> {
    source: &'a dyn ReadAt,
    offset: u64,
    buffer: Vec<u8>,
    sum: Sha256Hex,
}

/// The same, compressed.
struct Compressed<'a> {
    pieces: Pieces<'a>,
    deflate: Option<flate2::Compress>,
}

impl<'a> Pieces<'a> {
    fn new(source: &'a dyn ReadAt) -> Self {
        Self {
            source,
            offset: 0,
            buffer: Vec::new(),
            sum: Sha256Hex::default(),
        }
    }

    fn read(&mut self) -> Result<&[u8]> {
        self.buffer.clear();
        let piece = read_piece(self.source, &mut self.offset, &mut self.buffer)?;
        self.sum.update(piece);
        Ok(piece)
    }

    fn compressed(self, method: Method) -> Compressed<'a> {
        Compressed {
            pieces: self,
            deflate: (method == Method::Deflate).then(deflater),
        }
    }
}

impl Compressed<'_> {
    /// Adds the next piece; false when it was the last.
    fn next(&mut self, compressed: &mut Vec<u8>) -> Result<bool> {
        let size = self.pieces.source.size();
        let piece = self.pieces.read()?;
        match &mut self.deflate {
            None => compressed.extend_from_slice(piece),
            Some(deflate) => compress(deflate, piece, FlushCompress::None, compressed)?,
        }
        let more = self.pieces.offset < size;
        if !more && let Some(deflate) = &mut self.deflate {
            compress(deflate, &[], FlushCompress::Finish, compressed)?;
        }
        Ok(more)
    }
}

/// Reads the next piece onto the end of the buffer.
fn read_piece<'b>(
    source: &dyn ReadAt,
    offset: &mut u64,
    buffer: &'b mut Vec<u8>,
) -> Result<&'b [u8]> {
    let length = (source.size() - *offset).min(READ_BYTES as u64) as usize;
    let before = buffer.len();
    buffer.resize(before + length, 0);
    let piece = buffer.get_mut(before..).unwrap_or_default();
    source.read_at(*offset, piece)?;
    *offset += length as u64;
    Ok(piece)
}
