//! Reads every byte of an opened archive.

use std::collections::{BTreeMap, HashMap};

use futures::TryFutureExt;
use pos_backup_bridge::{Error, ErrorCode, Result};
use serde_json::value::RawValue;

use super::OpenedArchive;
use super::blobs::Blobs;
use super::listing::limit_bytes;
use crate::archive::EntryName;
use crate::archive::directory::ZipEntry;
use crate::database::Decoder;
use crate::job::{Job, Outcome};
use crate::limits::READ_BYTES;
use crate::record::{Invalid, check_line};
use crate::storage::ReadAt;

impl<F: ReadAt> OpenedArchive<F> {
    pub(super) async fn check_contents(
        &self,
        job: &Job,
        decoder: Option<&impl Decoder>,
    ) -> Outcome<bool> {
        let by_path = self.by_path();
        let blobs = Blobs::new(self);
        let out_of_line_keys: HashMap<_, _> = self
            .tables
            .iter()
            .map(|table| (table.schema.name.as_str(), table.schema.key_path.is_none()))
            .collect();
        let mut content = Vec::new();
        for listed in &self.manifest.entries {
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
            if let Some(decoder) = decoder {
                if let Some(table) = listed.table.as_deref() {
                    let part = PartToCheck {
                        table,
                        records: listed.records.unwrap_or_default(),
                        out_of_line_keys: out_of_line_keys.get(table) == Some(&true),
                    };
                    part.check(job, &content, &blobs, decoder)
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
        let Some(mut seal) = self.reader.seal()? else {
            return Ok(false);
        };
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

    pub(super) fn read_assets(&self, limit_bytes: u64) -> Result<BTreeMap<String, Vec<u8>>> {
        let by_path = self.by_path();
        let mut assets = BTreeMap::new();
        for listed in &self.manifest.entries {
            if !EntryName::parse(&listed.path)?.is_asset() {
                continue;
            }
            let Some(entry) = by_path.get(listed.path.as_str()) else {
                continue;
            };
            let mut content = Vec::new();
            self.read_checked(entry, &listed.checksum, limit_bytes, &mut content)?;
            assets.insert(listed.path.clone(), content);
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

/// What a part must hold.
struct PartToCheck<'a> {
    table: &'a str,
    records: u64,
    out_of_line_keys: bool,
}

impl PartToCheck<'_> {
    async fn check<F: ReadAt>(
        &self,
        job: &Job,
        lines: &[u8],
        blobs: &Blobs<'_, F>,
        decoder: &impl Decoder,
    ) -> Outcome<()> {
        let Self { table, records, .. } = *self;
        if lines.last().is_some_and(|byte| *byte != b'\n') {
            return Err(wrong_count(records, "a last line without an end")
                .in_table(table)
                .into());
        }
        let (mut count, mut bytes) = (0, 0);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            count += 1;
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let in_line = |error: Error| error.in_table(table).with(|c| c.line = Some(count));
            let needs = check_line(line, self.out_of_line_keys)
                .map_err(|invalid| in_line(invalid.into()))?;
            needs.check_size().map_err(|found| {
                in_line(Error::from(Invalid {
                    path: String::new(),
                    found,
                }))
            })?;
            for blob in &needs.blobs {
                blobs.check(blob).map_err(in_line)?;
            }
            if needs.browser {
                let tried = decoder.try_line(line, blobs).map_err(in_line);
                job.or_cancel(tried).await?;
                job.breathe().await?;
            }
            bytes += line.len();
            if bytes >= READ_BYTES {
                bytes = 0;
                job.breathe().await?;
            }
        }
        if count == records {
            return Ok(());
        }
        Err(wrong_count(records, count).in_table(table).into())
    }
}

fn wrong_count(expected: u64, found: impl Into<serde_json::Value>) -> Error {
    Error::new(
        ErrorCode::RecordInvalid,
        "A part does not have the records that the manifest says.",
    )
    .expected(expected, found)
}

fn in_entry(stop: crate::job::Stop, path: &str) -> crate::job::Stop {
    match stop {
        crate::job::Stop::Failed(error) => error.in_entry(path).into(),
        cancelled => cancelled,
    }
}

/// localStorage and sessionStorage are objects of strings; the config is any JSON.
fn check_asset(name: &EntryName, path: &str, content: &[u8]) -> Result<()> {
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
