//! The large values of an archive's records.

use std::collections::HashMap;

use pos_backup_bridge::{Error, ErrorCode, Handle, Result};

use super::OpenedArchive;
use super::contents::compare;
use crate::archive::EntryName;
use crate::archive::directory::ZipEntry;
use crate::archive::reader::ArchiveReader;
use crate::database::{BlobSource, Pause};
use crate::record::BlobRef;
use crate::storage::ReadAt;

/// An archive's blobs by their SHA-256.
#[derive(Debug)]
pub struct Blobs<'a, F> {
    reader: &'a ArchiveReader<F>,
    by_sha256: HashMap<&'a str, &'a ZipEntry>,
}

impl<'a, F: ReadAt> Blobs<'a, F> {
    pub(super) fn new(archive: &'a OpenedArchive<F>) -> Self {
        Self::of_reader(&archive.reader)
    }

    pub(super) fn of_reader(reader: &'a ArchiveReader<F>) -> Self {
        let entries = reader.entries().iter();
        // The names were parsed when the archive was opened.
        let blobs = entries.filter_map(|entry| Some((entry.name.strip_prefix("blobs/")?, entry)));
        Self {
            reader,
            by_sha256: blobs.collect(),
        }
    }

    /// Whether a blob is there.
    pub(crate) fn has(&self, sha256: &str) -> bool {
        self.by_sha256.contains_key(sha256)
    }

    /// Checks that a blob is there, in the size that a record says.
    pub(super) fn check(&self, blob: &BlobRef) -> Result<()> {
        match self.by_sha256.get(blob.sha256.as_str()) {
            Some(entry) if entry.bytes == blob.size => Ok(()),
            Some(entry) => {
                let name = &entry.name;
                Err(missing(&blob.sha256).expected(
                    format!("{name} of {} bytes", blob.size),
                    format!("{} bytes", entry.bytes),
                ))
            }
            None => Err(missing(&blob.sha256)),
        }
    }
}

fn missing(sha256: &str) -> Error {
    let name = EntryName::Blob {
        sha256: sha256.to_owned(),
    };
    Error::new(
        ErrorCode::RecordInvalid,
        "A record needs a large value that the archive does not hold.",
    )
    .expected(name.to_string(), "nothing")
}

impl<F: ReadAt> BlobSource for Blobs<'_, F> {
    fn slice(&self, sha256: &str) -> Option<Handle> {
        self.reader.slice(self.by_sha256.get(sha256)?)
    }

    async fn read(
        &self,
        sha256: &str,
        take: &mut impl FnMut(&[u8]) -> Result<()>,
        pause: &mut dyn Pause,
    ) -> Result<()> {
        let entry = self.by_sha256.get(sha256).ok_or_else(|| missing(sha256))?;
        let mut reader = self.reader.begin(entry, u64::MAX)?;
        let mut piece = Vec::new();
        let mut more = true;
        while more {
            piece.clear();
            more = reader.step(&mut piece)?;
            take(&piece)?;
            pause.pause().await?;
        }
        compare(entry, sha256, reader.finish()?)
    }
}
