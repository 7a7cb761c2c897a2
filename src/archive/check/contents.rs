//! Reads every byte of an opened archive.

use std::collections::HashMap;

use pos_backup_bridge::{Error, ErrorCode, ManifestEntry, Result};
use serde_json::value::RawValue;

use super::OpenedArchive;
use super::blobs::Blobs;
use super::listing::limit_bytes;
use super::part::PartToCheck;
use crate::archive::EntryName;
use crate::archive::directory::ZipEntry;
use crate::codec::Codec;
use crate::job::{Job, Outcome};
use crate::page::Assets;
use crate::record::KeyIn;
use crate::storage::ReadAt;

impl<F: ReadAt> OpenedArchive<F> {
    pub(super) async fn check_contents(
        &self,
        job: &Job,
        codec: Option<&impl Codec>,
        wanted: &[&ManifestEntry],
    ) -> Outcome<()> {
        let by_path = self.by_path();
        let blobs = Blobs::new(self);
        let key_paths: HashMap<_, _> = self
            .tables
            .iter()
            .map(|table| (table.schema.name.as_str(), table.schema.key_path.as_ref()))
            .collect();
        let mut content = Vec::new();
        for listed in wanted {
            job.breathe().await?;
            let Some(entry) = by_path.get(listed.path.as_str()) else {
                continue;
            };
            let name = EntryName::parse(&entry.name)?;
            let mut reader = self.reader.begin(entry, limit_bytes(&name))?;
            content.clear();
            // Some files and parts are large: a cancel does not wait for their end.
            while reader.step(&mut content)? {
                if matches!(name, EntryName::Blob { .. }) {
                    job.advance(None, 0, content.len() as u64);
                    content.clear();
                }
                job.breathe().await?;
            }
            compare(entry, &listed.checksum, reader.finish()?)?;
            if let Some(codec) = codec {
                if let Some(table) = listed.table.as_deref() {
                    let part = PartToCheck {
                        table,
                        listed,
                        key_in: KeyIn::of(key_paths.get(table).copied().flatten()),
                    };
                    part.check(job, &content, &blobs, codec)
                        .await
                        .map_err(|stop| in_entry(stop, &listed.path))?;
                } else {
                    check_asset(&name, &entry.name, &content)?;
                }
            }
            job.advance(
                listed.table.as_deref(),
                listed.records.unwrap_or_default(),
                content.len() as u64,
            );
        }
        Ok(())
    }

    /// Reads all of the file and compares it with its seal. Says whether it has one.
    pub(super) async fn check_seal(&self, job: &Job) -> Outcome<bool> {
        let Some(mut seal) = self.reader.seal()? else {
            return Ok(false);
        };
        let mut content = Vec::new();
        while self.reader.check_seal(&mut seal, &mut content)? {
            job.breathe().await?;
        }
        Ok(true)
    }

    /// Reads an entry at once and compares its checksum.
    pub(super) fn read_checked(
        &self,
        entry: &ZipEntry,
        checksum: &str,
        limit_bytes: u64,
        content: &mut Vec<u8>,
    ) -> Result<()> {
        let found = self.reader.read(entry, limit_bytes, content)?;
        compare(entry, checksum, found)
    }

    pub(super) fn read_assets(&self, limit_bytes: u64) -> Result<Assets> {
        let by_path = self.by_path();
        let mut assets = Assets::default();
        for listed in &self.manifest.entries {
            let name = EntryName::parse(&listed.path)?;
            if !name.is_asset() {
                continue;
            }
            let Some(entry) = by_path.get(listed.path.as_str()) else {
                continue;
            };
            let mut content = Vec::new();
            self.read_checked(entry, &listed.checksum, limit_bytes, &mut content)?;
            assets.insert(name, content);
        }
        Ok(assets)
    }

    fn by_path(&self) -> HashMap<&str, &ZipEntry> {
        let entries = self.reader.entries().iter();
        entries.map(|entry| (entry.name.as_str(), entry)).collect()
    }
}

pub(super) fn compare(entry: &ZipEntry, checksum: &str, found: String) -> Result<()> {
    if found == checksum {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::ChecksumMismatch,
        "An entry is not what the manifest says.",
    )
    .in_entry(&entry.name)
    .expected(checksum, found))
}

fn in_entry(stop: crate::job::Stop, path: &str) -> crate::job::Stop {
    match stop {
        crate::job::Stop::Failed(error) => error.in_entry(path).into(),
        cancelled => cancelled,
    }
}

/// localStorage and sessionStorage are objects of strings; the config is any JSON.
pub(super) fn check_asset(name: &EntryName, path: &str, content: &[u8]) -> Result<()> {
    let wrong = |expected: &str| {
        Error::new(
            ErrorCode::RecordInvalid,
            "A JSON file in the archive cannot be used.",
        )
        .in_entry(path)
        .with(|c| c.expected = Some(expected.into()))
    };
    match name {
        EntryName::LocalStorage | EntryName::SessionStorage if !is_string_map(content) => {
            Err(wrong("an object of strings"))
        }
        EntryName::Config if serde_json::from_slice::<&RawValue>(content).is_err() => {
            Err(wrong("JSON"))
        }
        EntryName::Config if crate::record::is_too_deep(content) => {
            Err(wrong("JSON that nests at most 256 levels deep"))
        }
        _ => Ok(()),
    }
}

/// Whether JSON text is an object whose values are strings. Strings are not decoded: they may hold
/// lone surrogates.
pub(crate) fn is_string_map(text: &[u8]) -> bool {
    crate::record::members(text)
        .is_some_and(|values| values.iter().all(|value| value.get().starts_with('"')))
}
