//! Writes an archive: entries as they come, the metadata, the manifest, the seal.

mod blobs;
mod large;
mod sink;

use std::collections::HashSet;

use async_zip::base::write::ZipFileWriter;
use async_zip::{Compression, ZipEntryBuilder};
use futures::FutureExt;
use pos_backup_bridge::{
    BackupManifest, BackupMetadata, EntryType, Error, ErrorCode, ManifestEntry, Result, json,
};
use serde::Serialize;

use super::checksum::{SEAL_BYTES, SEAL_PREFIX, Sha256Hex, entries_checksum};
use super::deflate::{Compressed, EntryWriter, Packed};
use super::directory::Method;
use super::{EntryName, FORMAT_VERSION};
use crate::limits::FILE_MAX_BYTES;
use crate::storage::PartFile;
use blobs::BlobBuffers;
use sink::Sink;

/// An archive being written. It is complete only after [`finish`](Self::finish).
pub struct ArchiveWriter<P> {
    output: Output<P>,
    zip: ZipFileWriter<Sink>,
    /// What async_zip has written and the file does not have yet.
    sink: Sink,
    /// The indexes of the entries that were written piece by piece.
    large: HashSet<usize>,
    /// The SHA-256 of each blob.
    blobs: HashSet<[u8; 32]>,
    /// What blobs are read and compressed in.
    blob: BlobBuffers,
    entries: Vec<ManifestEntry>,
}

/// The file, with what the seal says of it.
struct Output<P> {
    file: P,
    sum: Sha256Hex,
    archive_bytes: u64,
}

impl<P: PartFile> Output<P> {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.sum.update(bytes);
        self.archive_bytes += bytes.len() as u64;
        self.file.append(bytes)
    }
}

impl<P: PartFile> ArchiveWriter<P> {
    /// Begins an archive in an empty file.
    pub fn new(file: P) -> Self {
        let sink = Sink::default();
        Self {
            output: Output {
                file,
                sum: Sha256Hex::default(),
                archive_bytes: 0,
            },
            zip: ZipFileWriter::new(sink.clone()),
            sink,
            large: HashSet::new(),
            blobs: HashSet::new(),
            blob: BlobBuffers::default(),
            entries: Vec::new(),
        }
    }

    /// Gives the file back, finished or not.
    pub fn into_file(self) -> P {
        self.output.file
    }

    /// The file, to be read back once the archive is finished.
    pub fn file(&self) -> &P {
        &self.output.file
    }

    /// The bytes written so far, compressed.
    pub fn archive_bytes(&self) -> u64 {
        self.output.archive_bytes
    }

    /// Adds what the writer holds as an entry, and makes the writer ready for the next one.
    ///
    /// # Errors
    ///
    /// `VALUE_TOO_LARGE` for a name longer than a ZIP can hold, and those of the file.
    pub fn add(
        &mut self,
        name: &EntryName,
        entry_type: EntryType,
        content: &mut EntryWriter,
    ) -> Result<&mut ManifestEntry> {
        let entry = self.add_compressed(name, entry_type, content.finish()?)?;
        content.reset();
        Ok(entry)
    }

    /// Adds an entry that was packed elsewhere.
    ///
    /// # Errors
    ///
    /// As those of [`add`](Self::add).
    pub fn add_packed(
        &mut self,
        name: &EntryName,
        entry_type: EntryType,
        packed: &Packed,
    ) -> Result<&mut ManifestEntry> {
        self.add_compressed(name, entry_type, packed.as_compressed())
    }

    fn add_compressed(
        &mut self,
        name: &EntryName,
        entry_type: EntryType,
        compressed: Compressed<'_>,
    ) -> Result<&mut ManifestEntry> {
        let path = name.to_string();
        if path.len() > usize::from(u16::MAX) {
            return Err(Error::new(
                ErrorCode::ValueTooLarge,
                "A table's or file's name is too long to be kept.",
            )
            .expected(
                format!("at most {} bytes, percent-encoded", u16::MAX),
                path.len(),
            ));
        }
        let entry = zip_entry(&path, compressed.method, compressed.crc32, compressed.bytes);
        let written = self
            .zip
            .write_entry_whole_precompressed(entry, compressed.data);
        ready(written)?;
        let entry = manifest_entry(path, compressed.checksum, compressed.bytes, entry_type);
        let bytes = self.sink.take();
        self.output.append(&bytes)?;
        self.sink.give_back(bytes);
        Ok(self.entries.push_mut(entry))
    }

    /// Adds a JSON document as an entry.
    pub fn add_document(&mut self, name: &EntryName, document: &impl Serialize) -> Result<()> {
        let mut content = EntryWriter::default();
        let text =
            json::pretty(document).map_err(|error| Error::new(ErrorCode::Internal, error))?;
        let bytes = text.len() as u64;
        if bytes > FILE_MAX_BYTES {
            let message = "A document of the archive would be larger than a reader takes.";
            return Err(Error::new(ErrorCode::ValueTooLarge, message)
                .in_entry(&name.to_string())
                .expected(format!("at most {FILE_MAX_BYTES} bytes"), bytes));
        }
        content.write(&text)?;
        self.add(name, EntryType::Config, &mut content)?;
        Ok(())
    }

    /// Adds the metadata, with checksum and size filled in, the manifest and the seal. The file then
    /// holds a whole archive; it still is a `.part` file.
    pub fn finish(&mut self, mut metadata: BackupMetadata) -> Result<BackupMetadata> {
        metadata.checksum = entries_checksum(&self.entries);
        metadata.size = self.entries.iter().map(|entry| entry.size).sum();
        self.add_document(&EntryName::Metadata, &metadata)?;
        let manifest = BackupManifest {
            version: FORMAT_VERSION.to_owned(),
            timestamp: metadata.timestamp,
            checksum: entries_checksum(&self.entries),
            entries: std::mem::take(&mut self.entries),
        };
        self.add_document(&EntryName::Manifest, &manifest)?;
        self.close()?;
        Ok(metadata)
    }

    /// Writes the ZIP's directory and the seal as its comment.
    fn close(&mut self) -> Result<()> {
        let zip = std::mem::replace(&mut self.zip, ZipFileWriter::new(self.sink.clone()));
        ready(zip.close())?;
        let mut end = self.sink.take();
        large::correct_directory(&mut end, &self.large);
        // The directory ends with the length of the comment, which async_zip wrote as 0.
        if let Some(length) = end.last_chunk_mut::<2>() {
            *length = (SEAL_BYTES as u16).to_le_bytes();
        }
        self.output.append(&end)?;
        let sum = std::mem::take(&mut self.output.sum).finish();
        let seal = format!("{SEAL_PREFIX}{sum}");
        self.output.append(seal.as_bytes())
    }
}

fn manifest_entry(
    path: String,
    checksum: String,
    size: u64,
    entry_type: EntryType,
) -> ManifestEntry {
    ManifestEntry {
        path,
        checksum,
        size,
        entry_type,
        table: None,
        records: None,
        first_key: None,
        last_key: None,
    }
}

fn zip_entry(path: &str, method: Method, crc32: u32, bytes: u64) -> ZipEntryBuilder {
    let compression = match method {
        Method::Stored => Compression::Stored,
        Method::Deflate => Compression::Deflate,
    };
    ZipEntryBuilder::new(path.to_owned().into(), compression)
        .crc32(crc32)
        .uncompressed_size(bytes)
        .unix_permissions(0o644)
}

/// The result of a future that writes to memory and so never waits.
fn ready<T>(future: impl Future<Output = async_zip::error::Result<T>>) -> Result<T> {
    future
        .now_or_never()
        .ok_or_else(|| Error::new(ErrorCode::Internal, "Writing to memory had to wait."))?
        .map_err(|error| {
            Error::new(
                ErrorCode::Internal,
                format!("The ZIP could not be written: {error}."),
            )
        })
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use std::rc::Rc;

    use futures::executor::block_on;

    use super::*;
    use crate::archive::directory::Directory;
    use crate::job::Job;
    use crate::memory::{MemoryHost, Steps};
    use crate::storage::{Finished, ReadAt};

    /// A file that keeps only how each piece begins; the rest reads as zeros.
    #[derive(Default)]
    struct Sparse {
        pieces: Vec<(u64, Vec<u8>)>,
        size: u64,
    }

    /// Enough for a local header, and for the whole directory.
    const KEPT_BYTES: usize = 16 * 1024;

    impl ReadAt for Sparse {
        fn size(&self) -> u64 {
            self.size
        }

        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
            for (at, byte) in (offset..).zip(buffer) {
                let index = self.pieces.partition_point(|(start, _)| *start <= at);
                let piece = self.pieces.get(index.wrapping_sub(1));
                *byte = piece
                    .and_then(|(start, bytes)| bytes.get((at - start) as usize).copied())
                    .unwrap_or_default();
            }
            Ok(())
        }
    }

    impl PartFile for Sparse {
        fn append(&mut self, bytes: &[u8]) -> Result<()> {
            let kept = bytes.get(..KEPT_BYTES).unwrap_or(bytes);
            self.pieces.push((self.size, kept.to_vec()));
            self.size += bytes.len() as u64;
            Ok(())
        }

        async fn finish(self) -> Result<Finished> {
            self.discard().await?;
            Err(Error::new(ErrorCode::Internal, "Nobody finishes it."))
        }

        async fn discard(self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn offsets_beyond_32_bits() {
        let mut archive = ArchiveWriter::new(Sparse::default());
        let data = vec![0; 64 << 20];
        let entries = 66;
        for number in 0..entries {
            let entry =
                ZipEntryBuilder::new(format!("files/{number}").into(), Compression::Deflate)
                    .crc32(number)
                    .uncompressed_size(7_u64);
            let zip = &mut archive.zip;
            ready(zip.write_entry_whole_precompressed(entry, &data)).expect("an entry");
            let bytes = archive.sink.take();
            archive.output.append(&bytes).expect("the entry's bytes");
            archive.sink.give_back(bytes);
        }
        archive.close().expect("the directory");
        let file = archive.into_file();
        assert!(file.size > u64::from(u32::MAX));
        let steps = Steps::default();
        let host = Rc::new(MemoryHost::new(0.0, &steps));
        let job = Job::new("job", host, steps.cancel());
        let directory = block_on(Directory::read(&job, &file)).expect("a sound structure");
        assert_eq!(directory.entries.len(), 66);
        let last = directory.entries.last().expect("the last");
        assert_eq!((last.name.as_str(), last.crc32), ("files/65", entries - 1));
        assert_eq!((last.bytes, last.compressed_bytes), (7, 64 << 20));
        assert!(last.data_offset > u64::from(u32::MAX));
        assert_eq!(directory.comment.len(), SEAL_BYTES);
    }
}
