//! Reads every byte of an opened archive.

use std::collections::HashMap;

use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use pos_backup_bridge::{Error, ErrorCode, KeyPath, ManifestEntry, Result, json};

use super::OpenedArchive;
use super::alone::PartInZip;
use super::blobs::Blobs;
use super::listing::limit_bytes;
use super::part::PartToCheck;
use crate::archive::EntryName;
use crate::archive::directory::ZipEntry;
use crate::codec::Codec;
use crate::job::{Job, Outcome};
use crate::limits::WHOLE_PART_MAX_BYTES;
use crate::page::Assets;
use crate::part_worker::PartWorker;
use crate::record::KeyIn;
use crate::storage::ReadAt;

/// A part that is looked at by the second worker: whether it is sound.
type Elsewhere<'a> = LocalBoxFuture<'a, (&'a ManifestEntry, bool)>;

/// A check of an archive's contents under way.
struct Contents<'a, F, C> {
    job: &'a Job,
    archive: &'a OpenedArchive<F>,
    by_path: HashMap<&'a str, &'a ZipEntry>,
    key_paths: HashMap<&'a str, Option<&'a KeyPath>>,
    blobs: Blobs<'a, F>,
    codec: Option<&'a C>,
    content: Vec<u8>,
}

impl<F: ReadAt> OpenedArchive<F> {
    pub(super) async fn check_contents(
        &self,
        job: &Job,
        codec: Option<&impl Codec>,
        wanted: &[&ManifestEntry],
    ) -> Outcome<()> {
        let tables = self.tables.iter().map(|table| &table.schema);
        let mut contents = Contents {
            job,
            archive: self,
            by_path: self.by_path(),
            key_paths: tables
                .map(|schema| (schema.name.as_str(), schema.key_path.as_ref()))
                .collect(),
            blobs: Blobs::new(self),
            codec,
            content: Vec::new(),
        };
        let bytes: u64 = wanted.iter().map(|listed| listed.size).sum();
        let worker = job.part_worker();
        let worker = worker.filter(|worker| worker.is_for(bytes));
        let mut elsewhere = FuturesUnordered::new();
        for listed in wanted {
            job.breathe().await?;
            while let Some(Some(checked)) = elsewhere.next().now_or_never() {
                contents.take(checked).await?;
            }
            match contents.hand_over(worker, listed)? {
                Some(checking) => elsewhere.push(checking),
                None => contents.check(listed).await?,
            }
        }
        while let Some(checked) = job.or_cancel(elsewhere.next().map(Ok)).await? {
            contents.take(checked).await?;
        }
        Ok(())
    }
}

impl<'a, F: ReadAt, C: Codec> Contents<'a, F, C> {
    /// Gives a part to the second worker, if that has room for it.
    fn hand_over(
        &self,
        worker: Option<&dyn PartWorker>,
        listed: &'a ManifestEntry,
    ) -> Result<Option<Elsewhere<'a>>> {
        let entry = self.by_path.get(listed.path.as_str());
        let key_path = listed
            .table
            .as_deref()
            .and_then(|it| self.key_paths.get(it));
        let (Some(worker), Some(entry), Some(key_path)) = (worker, entry, key_path) else {
            return Ok(None);
        };
        let is_small = listed.size.max(entry.compressed_bytes) <= WHOLE_PART_MAX_BYTES;
        if !is_small || !worker.has_room() {
            return Ok(None);
        }
        let data = self.archive.reader.read_raw(entry)?;
        let part = PartInZip::new(data, entry, listed, *key_path, self.codec.is_some());
        let checking = worker.is_sound(part);
        let checking = checking.map(move |is_sound| (listed, is_sound));
        Ok(Some(checking.boxed_local()))
    }

    /// What was not found sound elsewhere is looked at here, to say why.
    async fn take(&mut self, (listed, is_sound): (&ManifestEntry, bool)) -> Outcome<()> {
        if !is_sound {
            return self.check(listed).await;
        }
        self.advance(listed, listed.size);
        Ok(())
    }

    fn advance(&self, listed: &ManifestEntry, bytes: u64) {
        let records = listed.records.unwrap_or_default();
        self.job.advance(listed.table.as_deref(), records, bytes);
    }

    async fn check(&mut self, listed: &ManifestEntry) -> Outcome<()> {
        let job = self.job;
        let Some(entry) = self.by_path.get(listed.path.as_str()) else {
            return Ok(());
        };
        let name = EntryName::parse(&entry.name)?;
        let mut reader = self.archive.reader.begin(entry, limit_bytes(&name))?;
        let content = &mut self.content;
        content.clear();
        // Some files and parts are large: a cancel does not wait for their end.
        while reader.step(content)? {
            if matches!(name, EntryName::Blob { .. }) {
                job.advance(None, 0, content.len() as u64);
                content.clear();
            }
            job.breathe().await?;
        }
        compare(entry, &listed.checksum, reader.finish()?)?;
        if let Some(codec) = self.codec {
            if let Some(table) = listed.table.as_deref() {
                let part = PartToCheck {
                    table,
                    listed,
                    key_in: KeyIn::of(self.key_paths.get(table).copied().flatten()),
                };
                part.check(job, content, &self.blobs, codec)
                    .await
                    .map_err(|stop| in_entry(stop, &listed.path))?;
            } else {
                check_asset(&name, &entry.name, content)?;
            }
        }
        let left = content.len() as u64;
        self.advance(listed, left);
        Ok(())
    }
}

impl<F: ReadAt> OpenedArchive<F> {
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
        EntryName::Config if !json::is_valid(content) => Err(wrong("JSON")),
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
