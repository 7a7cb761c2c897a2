//! Writes an archive: entries as they come, the metadata, the manifest, the seal.

use async_zip::base::write::ZipFileWriter;
use async_zip::{Compression, ZipEntryBuilder};
use futures::FutureExt;
use pos_backup_bridge::{
    BackupManifest, BackupMetadata, EntryType, Error, ErrorCode, ManifestEntry, Result,
};
use serde::Serialize;

use super::checksum::{SEAL_BYTES, SEAL_PREFIX, Sha256Hex, entries_checksum};
use super::deflate::EntryWriter;
use super::{EntryName, FORMAT_VERSION};
use crate::storage::PartFile;

/// An archive being written. It is complete only after [`finish`](Self::finish).
pub struct ArchiveWriter<P> {
    file: P,
    /// Each entry's bytes pass through the vector and on to the file: its futures never wait.
    zip: ZipFileWriter<Vec<u8>>,
    sum: Sha256Hex,
    entries: Vec<ManifestEntry>,
    archive_bytes: u64,
}

impl<P: PartFile> ArchiveWriter<P> {
    /// Begins an archive in an empty file.
    pub fn new(file: P) -> Self {
        Self {
            file,
            zip: ZipFileWriter::new(Vec::new()),
            sum: Sha256Hex::default(),
            entries: Vec::new(),
            archive_bytes: 0,
        }
    }

    /// Gives the file back, finished or not.
    pub fn into_file(self) -> P {
        self.file
    }

    /// The file, to be read back once the archive is finished.
    pub fn file(&self) -> &P {
        &self.file
    }

    /// The bytes written so far, compressed.
    pub fn archive_bytes(&self) -> u64 {
        self.archive_bytes
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
        let compressed = content.finish()?;
        let entry = ZipEntryBuilder::new(path.clone().into(), Compression::Deflate)
            .crc32(compressed.crc32)
            .uncompressed_size(compressed.bytes)
            .unix_permissions(0o644);
        let written = self
            .zip
            .write_entry_whole_precompressed(entry, compressed.data);
        ready(written)?;
        self.entries.push(ManifestEntry {
            path,
            checksum: compressed.checksum,
            size: compressed.bytes,
            entry_type,
            table: None,
            records: None,
            first_key: None,
            last_key: None,
        });
        content.reset();
        let bytes = self.zip.inner_mut();
        append(
            &mut self.file,
            &mut self.sum,
            &mut self.archive_bytes,
            bytes,
        )?;
        bytes.clear();
        self.entries
            .last_mut()
            .ok_or_else(|| Error::new(ErrorCode::Internal, "An entry was just added."))
    }

    /// Adds a JSON document as an entry.
    pub fn add_document(&mut self, name: &EntryName, document: &impl Serialize) -> Result<()> {
        let mut content = EntryWriter::default();
        let text = serde_json::to_vec_pretty(document)
            .map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))?;
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
        let zip = std::mem::replace(&mut self.zip, ZipFileWriter::new(Vec::new()));
        let mut end = ready(zip.close())?;
        // The directory ends with the length of the comment, which async_zip wrote as 0.
        if let Some(length) = end.last_chunk_mut::<2>() {
            *length = (SEAL_BYTES as u16).to_le_bytes();
        }
        append(&mut self.file, &mut self.sum, &mut self.archive_bytes, &end)?;
        let seal = format!("{SEAL_PREFIX}{}", std::mem::take(&mut self.sum).finish());
        append(
            &mut self.file,
            &mut self.sum,
            &mut self.archive_bytes,
            seal.as_bytes(),
        )
    }
}

fn append(
    file: &mut impl PartFile,
    sum: &mut Sha256Hex,
    archive_bytes: &mut u64,
    bytes: &[u8],
) -> Result<()> {
    sum.update(bytes);
    *archive_bytes += bytes.len() as u64;
    file.append(bytes)
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
