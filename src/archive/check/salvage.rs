//! What is whole of a damaged archive. Everything in it is read; what is brought back is as sound as in a whole archive: every
//! entry against the manifest, where that is whole, and else against the ZIP's CRC-32; every record can be decoded.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use pos_backup_bridge::{
    BackupManifest, BackupMetadata, Config, Consistency, EntryType, Error, ErrorCode,
    ManifestEntry, Missing, Phase, Result, SalvageReport, Schema, StatusKind, StoreSchema,
};

use super::blobs::Blobs;
use super::contents::{check_asset, compare};
use super::listing::limit_bytes;
use super::part::{LostLine, PartToCheck, out_of_order};
use super::schema::check_schema;
use super::{CheckedArchive, OpenedArchive, Part, Table};
use crate::archive::directory::{ZipEntry, salvage_entries};
use crate::archive::documents::{Document, parse};
use crate::archive::reader::ArchiveReader;
use crate::archive::{EntryName, FORMAT_VERSION, entries_checksum};
use crate::codec::Codec;
use crate::job::{Job, Outcome, Stage, Stop};
use crate::limits::{FILE_MAX_BYTES, OMISSIONS_MAX};
use crate::record::{Key, KeyIn};
use crate::storage::ReadAt;

/// What there is to go by where the archive's own documents are lost.
pub struct Known<'a> {
    /// The database, if it exists.
    pub live: Option<&'a Schema>,
    /// What the app said at `INIT`.
    pub config: &'a Config,
}

/// What is whole of a damaged archive, and what is missing of it.
#[derive(Debug)]
pub struct Salvaged<F> {
    /// With the entries that are whole.
    pub archive: CheckedArchive<F>,
    /// What is missing.
    pub report: SalvageReport,
}

/// Reads all of a damaged archive, and gives what is whole of it. `error` is why it is no whole one.
///
/// # Errors
///
/// `error` itself, where nothing is whole or it cannot be told what it is; `FORMAT_TOO_NEW`; those of the file.
pub async fn salvage<F: ReadAt>(
    job: &Job,
    file: F,
    codec: &impl Codec,
    known: Known<'_>,
    error: Error,
    until: f64,
) -> Outcome<Salvaged<F>> {
    let entries = salvage_entries(job, &file).await?;
    job.enter(Stage {
        status: StatusKind::Validating,
        phase: Phase::Checking,
        message: "Looking for what is whole in the damaged archive.",
        until,
        records_total: 0,
        bytes_total: Some(entries.iter().map(|entry| entry.bytes).sum()),
    });
    let mut names = BTreeMap::new();
    for entry in &entries {
        if let Ok(name) = EntryName::parse(&entry.name) {
            names.insert(entry.name.clone(), name);
        }
    }
    let mut salvaging = Salvaging {
        job,
        codec,
        reader: ArchiveReader::of_entries(file, entries),
        names,
        missing: MissingList::default(),
        whole: Vec::new(),
    };
    let manifest = salvaging.manifest()?;
    let metadata = salvaging.document::<BackupMetadata>()?;
    let schema = salvaging.schema(&known)?;
    let Some((schema, is_own)) = schema else {
        return Err(error.into());
    };
    let listed = manifest.as_ref().map(|manifest| by_path(manifest));
    salvaging.check_others(listed.as_ref()).await?;
    let tables = salvaging
        .tables(&schema, is_own, listed.as_ref(), metadata.as_ref())
        .await?;
    if salvaging.whole.is_empty() {
        return Err(error.into());
    }
    let Salvaging {
        reader,
        missing,
        whole,
        ..
    } = salvaging;
    let metadata = metadata.unwrap_or_else(|| unknown_metadata(&schema, manifest.as_ref(), &known));
    Ok(Salvaged {
        archive: CheckedArchive {
            opened: OpenedArchive {
                reader,
                metadata: with_assets_of(metadata, &whole),
                schema,
                manifest: BackupManifest {
                    version: FORMAT_VERSION.to_owned(),
                    timestamp: manifest.map_or(0.0, |manifest| manifest.timestamp),
                    checksum: entries_checksum(&whole),
                    entries: whole,
                },
                tables,
            },
            sealed: true,
        },
        report: missing.report,
    })
}

type Listed<'a> = HashMap<&'a str, &'a ManifestEntry>;

fn by_path(manifest: &BackupManifest) -> Listed<'_> {
    let entries = manifest.entries.iter();
    entries.map(|entry| (entry.path.as_str(), entry)).collect()
}

/// What can still be said of a backup whose metadata are lost.
fn unknown_metadata(
    schema: &Schema,
    manifest: Option<&BackupManifest>,
    known: &Known<'_>,
) -> BackupMetadata {
    let version = schema.database.version;
    // Of one version, they are of one schema.
    let is_same = known
        .live
        .is_some_and(|live| live.database.version == version);
    let schema_version = known.config.schema_version.filter(|_| is_same);
    BackupMetadata {
        version: FORMAT_VERSION.to_owned(),
        id: String::new(),
        timestamp: manifest.map_or(0.0, |manifest| manifest.timestamp),
        app_version: String::new(),
        schema_version: schema_version.unwrap_or(version),
        database: schema.database.name.clone(),
        consistency: Consistency::default(),
        checksum: String::new(),
        size: 0,
        tables: BTreeMap::new(),
        action_queue_count: 0,
        file_assets: Vec::new(),
        config: false,
        omissions: Vec::new(),
    }
}

/// The metadata, with those of the assets that are whole.
fn with_assets_of(metadata: BackupMetadata, whole: &[ManifestEntry]) -> BackupMetadata {
    let names = whole
        .iter()
        .filter_map(|entry| EntryName::parse(&entry.path).ok());
    let names: Vec<_> = names.collect();
    let file_assets = names.iter().filter_map(|name| match name {
        EntryName::LocalStorage => Some("localStorage.json".to_owned()),
        EntryName::SessionStorage => Some("sessionStorage.json".to_owned()),
        EntryName::File(name) => Some(name.clone()),
        _ => None,
    });
    BackupMetadata {
        file_assets: file_assets.collect(),
        config: names.contains(&EntryName::Config),
        ..metadata
    }
}

struct Salvaging<'a, F, C> {
    job: &'a Job,
    codec: &'a C,
    reader: ArchiveReader<F>,
    /// The names of entries that are ones, as they are written and as they are meant.
    names: BTreeMap<String, EntryName>,
    missing: MissingList,
    /// The entries that are brought back.
    whole: Vec<ManifestEntry>,
}

/// What is missing so far.
struct MissingList {
    report: SalvageReport,
}

impl Default for MissingList {
    fn default() -> Self {
        Self {
            report: SalvageReport {
                complete: true,
                missing: Vec::new(),
                unlisted: 0,
            },
        }
    }
}

impl MissingList {
    fn add(&mut self, missing: Missing) {
        match self.report.missing.len() < OMISSIONS_MAX {
            true => self.report.missing.push(missing),
            false => self.report.unlisted += 1,
        }
    }

    fn add_entry(&mut self, path: &str, error: Error) {
        self.add(Missing {
            entry: path.to_owned(),
            table: None,
            records: None,
            first_key: None,
            last_key: None,
            key: None,
            error: error.in_entry(path),
        });
    }
}

fn lost(path: &str) -> Error {
    let message = "The entry is not in the archive, or cannot be found there.";
    Error::new(ErrorCode::EntryMissing, message).in_entry(path)
}

/// A part of a table that is there, that should be, or both.
#[derive(Default)]
struct Expected<'a> {
    listed: Option<&'a ManifestEntry>,
    entry: Option<ZipEntry>,
}

impl<F: ReadAt, C: Codec> Salvaging<'_, F, C> {
    fn entry(&self, path: &str) -> Option<&ZipEntry> {
        let mut entries = self.reader.entries().iter();
        entries.find(|entry| entry.name == path)
    }

    /// A document, if it is whole.
    fn document<T: Document>(&mut self) -> Result<Option<T>> {
        let path = T::NAME.to_string();
        let read = match self.entry(&path) {
            None => Err(lost(&path)),
            Some(entry) => {
                let mut content = Vec::new();
                let read = self.reader.read(entry, FILE_MAX_BYTES, &mut content);
                read.and_then(|_| parse::<T>(&content))
            }
        };
        match read {
            Ok(document) => Ok(Some(document)),
            Err(error) if error.code == ErrorCode::FormatTooNew => Err(error),
            Err(error) => {
                self.missing.add_entry(&path, error);
                Ok(None)
            }
        }
    }

    fn manifest(&mut self) -> Result<Option<BackupManifest>> {
        let manifest = self.document::<BackupManifest>()?;
        // One that was edited is no help.
        let is_own = |it: &BackupManifest| entries_checksum(&it.entries) == it.checksum;
        match manifest {
            Some(manifest) if !is_own(&manifest) => {
                let message = "The manifest does not agree with itself.";
                let error = Error::new(ErrorCode::ManifestInvalid, message);
                self.missing.add_entry("manifest.json", error);
                Ok(None)
            }
            manifest => Ok(manifest),
        }
    }

    /// The archive's schema, or else the database's; and whether it is the archive's own.
    fn schema(&mut self, known: &Known<'_>) -> Result<Option<(Schema, bool)>> {
        if let Some(schema) = self.document::<Schema>()? {
            match check_schema(&schema) {
                Ok(()) => return Ok(Some((schema, true))),
                Err(error) => self.missing.add_entry("schema.json", error),
            }
        }
        Ok(known.live.map(|live| {
            let schema = Schema {
                action_queue: known.config.action_queue.clone(),
                partial: true,
                ..live.clone()
            };
            (schema, false)
        }))
    }

    /// Checks large values, and what is no part of a table. Large values that are not whole are not there any more then.
    async fn check_others(&mut self, listed: Option<&Listed<'_>>) -> Outcome<()> {
        let mut broken = HashSet::new();
        for entry in self.reader.entries().to_vec() {
            let Some(name) = self.names.get(&entry.name).cloned() else {
                let message = "The archive holds an entry of a name that none has.";
                let error = Error::new(ErrorCode::EntryNameInvalid, message);
                self.missing.add_entry(&entry.name, error);
                continue;
            };
            if !name.is_asset() && !matches!(name, EntryName::Blob { .. }) {
                continue;
            }
            match self.check_other(&entry, &name, listed).await {
                Ok(whole) => self.whole.push(whole),
                Err(Stop::Cancelled) => return Err(Stop::Cancelled),
                Err(Stop::Failed(error)) => {
                    self.missing.add_entry(&entry.name, error);
                    broken.insert(entry.name);
                }
            }
        }
        let found: HashSet<_> = self
            .reader
            .entries()
            .iter()
            .map(|e| e.name.as_str())
            .collect();
        let not_found = listed.iter().flat_map(|listed| listed.values());
        let not_found = not_found.filter(|entry| !found.contains(entry.path.as_str()));
        // Parts and documents are told where they are looked for.
        let not_found = not_found.filter(|entry| {
            let name = EntryName::parse(&entry.path);
            name.is_ok_and(|name| name.is_asset() || matches!(name, EntryName::Blob { .. }))
        });
        let mut paths: Vec<_> = not_found.map(|entry| entry.path.clone()).collect();
        paths.sort_unstable();
        for path in paths {
            self.missing.add_entry(&path, lost(&path));
        }
        self.reader.retain(|entry| !broken.contains(&entry.name));
        Ok(())
    }

    async fn check_other(
        &self,
        entry: &ZipEntry,
        name: &EntryName,
        listed: Option<&Listed<'_>>,
    ) -> Outcome<ManifestEntry> {
        let is_blob = matches!(name, EntryName::Blob { .. });
        let mut content = Vec::new();
        let checksum = self.read(entry, name, &mut content, !is_blob).await?;
        let expected = match (name, listed) {
            // Its name is its checksum.
            (EntryName::Blob { sha256 }, _) => Some(sha256.clone()),
            (_, Some(listed)) => Some(listing(listed, &entry.name)?.checksum.clone()),
            (_, None) => None,
        };
        if let Some(expected) = expected {
            compare(entry, &expected, checksum.clone())?;
        }
        if !is_blob {
            check_asset(name, &entry.name, &content)?;
        }
        Ok(ManifestEntry {
            path: entry.name.clone(),
            checksum,
            size: entry.bytes,
            entry_type: match name {
                EntryName::Config => EntryType::Config,
                _ => EntryType::File,
            },
            table: None,
            records: None,
            first_key: None,
            last_key: None,
        })
    }

    /// Reads an entry, and gives the SHA-256 of its content, which is kept or not.
    async fn read(
        &self,
        entry: &ZipEntry,
        name: &EntryName,
        content: &mut Vec<u8>,
        keeps: bool,
    ) -> Outcome<String> {
        let mut reader = self.reader.begin(entry, limit_bytes(name))?;
        content.clear();
        let mut counted = 0;
        loop {
            let more = reader.step(content)?;
            self.job.advance(None, 0, (content.len() - counted) as u64);
            match keeps {
                true => counted = content.len(),
                false => content.clear(),
            }
            self.job.breathe().await?;
            if !more {
                return Ok(reader.finish()?);
            }
        }
    }

    /// The tables, with the parts that are whole.
    async fn tables(
        &mut self,
        schema: &Schema,
        is_own: bool,
        listed: Option<&Listed<'_>>,
        metadata: Option<&BackupMetadata>,
    ) -> Outcome<Vec<Table>> {
        let mut tables = Vec::new();
        for store in &schema.stores {
            let is_queue = schema.action_queue.as_ref() == Some(&store.name);
            let expected = self.expected(store, is_queue, listed);
            // A table of the database that the archive does not speak of is none of its own.
            if !is_own && expected.is_empty() {
                continue;
            }
            let count = metadata.and_then(|metadata| match is_queue {
                true => Some(metadata.action_queue_count),
                false => metadata.tables.get(&store.name).copied(),
            });
            let known = match listed {
                Some(_) => End::Listed,
                None => End::Counted(count),
            };
            tables.push(self.table(store, is_queue, expected, known).await?);
        }
        Ok(tables)
    }

    /// The parts of a table by their numbers.
    fn expected<'l>(
        &self,
        store: &StoreSchema,
        is_queue: bool,
        listed: Option<&Listed<'l>>,
    ) -> BTreeMap<u32, Expected<'l>> {
        let number_of = |name: &EntryName| match name {
            EntryName::TablePart { table, number } if !is_queue && *table == store.name => {
                Some(*number)
            }
            EntryName::ActionQueuePart { number } if is_queue => Some(*number),
            _ => None,
        };
        let mut expected: BTreeMap<u32, Expected<'l>> = BTreeMap::new();
        for (path, listed) in listed.iter().flat_map(|listed| listed.iter()) {
            let number = EntryName::parse(path).ok().as_ref().and_then(number_of);
            if let Some(number) = number {
                expected.entry(number).or_default().listed = Some(listed);
            }
        }
        for entry in self.reader.entries() {
            if let Some(number) = self.names.get(&entry.name).and_then(number_of) {
                expected.entry(number).or_default().entry = Some(entry.clone());
            }
        }
        expected
    }

    async fn table(
        &mut self,
        store: &StoreSchema,
        is_queue: bool,
        expected: BTreeMap<u32, Expected<'_>>,
        end: End,
    ) -> Outcome<Table> {
        let mut table = Table::empty(store.clone());
        let (mut lines_lost, mut parts_lost) = (0, 0);
        let mut last_key = None;
        let is_listed = matches!(end, End::Listed);
        let last = expected.keys().last().copied();
        let mut expected = expected;
        for number in last.iter().flat_map(|last| 0..=*last) {
            let Expected { listed, entry } = expected.remove(&number).unwrap_or_default();
            let name = part_name(store, is_queue, number);
            let path = name.to_string();
            let checked = match &entry {
                None => Err(lost(&path).into()),
                Some(_) if is_listed && listed.is_none() => {
                    let message = "The archive holds an entry that the manifest does not list.";
                    let error = Error::new(ErrorCode::EntryUnexpected, message);
                    // It is more than there should be, so that nothing is missing for it.
                    self.missing.add_entry(&path, error);
                    continue;
                }
                Some(entry) => {
                    self.part(store, entry, &name, listed, last_key.as_ref())
                        .await
                }
            };
            match checked {
                Ok(checked) => {
                    let CheckedPart { part, lost, .. } = checked;
                    last_key = checked.last.or(last_key);
                    for line in &lost {
                        let before = line.index - part.left_out_before(line.index);
                        table.gaps.insert(table.records + before);
                    }
                    lines_lost += lost.len() as u64;
                    for line in lost {
                        self.missing.add(Missing {
                            entry: path.clone(),
                            table: Some(store.name.clone()),
                            records: Some(1),
                            first_key: None,
                            last_key: None,
                            key: line.key,
                            error: line.error,
                        });
                    }
                    table.records += part.records;
                    table.bytes += part.entry.bytes;
                    table.parts.push(part);
                    self.whole.push(checked.listed);
                }
                Err(Stop::Cancelled) => return Err(Stop::Cancelled),
                Err(Stop::Failed(error)) => {
                    table.gaps.insert(table.records);
                    parts_lost += 1;
                    let key = |key: Option<&serde_json::value::RawValue>| {
                        serde_json::from_str(key?.get()).ok()
                    };
                    self.missing.add(Missing {
                        entry: path.clone(),
                        table: Some(store.name.clone()),
                        records: listed.and_then(|listed| listed.records),
                        first_key: key(listed.and_then(|listed| listed.first_key.as_deref())),
                        last_key: key(listed.and_then(|listed| listed.last_key.as_deref())),
                        key: None,
                        error: error.in_table(&store.name).in_entry(&path),
                    });
                }
            }
        }
        let found = table.records + lines_lost;
        if let End::Counted(count) = end
            && count != Some(found)
        {
            // Where parts are missing in between, nobody knows whether there were more after the last one.
            let at_end = count.filter(|count| parts_lost == 0 && *count > found);
            if let Some(count) = at_end {
                let number = last.map_or(0, |last| last + 1);
                let path = part_name(store, is_queue, number).to_string();
                self.missing.add(Missing {
                    entry: path.clone(),
                    table: Some(store.name.clone()),
                    records: Some(count - found),
                    first_key: None,
                    last_key: None,
                    key: None,
                    error: lost(&path),
                });
            }
            table.gaps.insert(table.records);
            self.missing.report.complete &= at_end.is_some();
        }
        Ok(table)
    }

    /// Checks a part, which comes after a record of this key.
    async fn part(
        &self,
        store: &StoreSchema,
        entry: &ZipEntry,
        name: &EntryName,
        listed: Option<&ManifestEntry>,
        after: Option<&Key>,
    ) -> Outcome<CheckedPart> {
        let mut content = Vec::new();
        let checksum = self.read(entry, name, &mut content, true).await?;
        if let Some(listed) = listed {
            compare(entry, &listed.checksum, checksum.clone())?;
        }
        let lines = content.iter().filter(|byte| **byte == b'\n').count() as u64;
        let listed = match listed {
            Some(listed) => listed.clone(),
            None => ManifestEntry {
                path: entry.name.clone(),
                checksum: checksum.clone(),
                size: entry.bytes,
                entry_type: match name {
                    EntryName::ActionQueuePart { .. } => EntryType::ActionQueue,
                    _ => EntryType::Database,
                },
                table: Some(store.name.clone()),
                records: Some(lines),
                first_key: None,
                last_key: None,
            },
        };
        let mut lost = Vec::new();
        let blobs = Blobs::of_reader(&self.reader);
        let part = PartToCheck {
            table: &store.name,
            listed: &listed,
            key_in: KeyIn::of(store.key_path.as_ref()),
        };
        let checking = part.check_each(self.job, &content, &blobs, self.codec, Some(&mut lost));
        let [first, last] = checking.await?;
        // A name is not under the CRC-32: this part may be another one.
        if first
            .zip(after)
            .is_some_and(|(first, after)| first <= *after)
        {
            return Err(out_of_order().into());
        }
        let left_out: BTreeSet<_> = lost.iter().map(|line| line.index).collect();
        let part = Part {
            entry: entry.clone(),
            checksum,
            records: lines - left_out.len() as u64,
            left_out,
        };
        Ok(CheckedPart {
            part,
            lost,
            listed,
            last,
        })
    }
}

fn part_name(store: &StoreSchema, is_queue: bool, number: u32) -> EntryName {
    match is_queue {
        true => EntryName::ActionQueuePart { number },
        false => EntryName::TablePart {
            table: store.name.clone(),
            number,
        },
    }
}

/// A part that is whole.
struct CheckedPart {
    part: Part,
    /// The records of it that are lost.
    lost: Vec<LostLine>,
    /// Its entry in a manifest.
    listed: ManifestEntry,
    /// The key of its last record, if it is known.
    last: Option<Key>,
}

/// How it is known where a table ends.
#[derive(Clone, Copy)]
enum End {
    /// The manifest lists all of its parts.
    Listed,
    /// At so many records, if that is known.
    Counted(Option<u64>),
}

fn listing<'a>(listed: &Listed<'a>, path: &str) -> Result<&'a ManifestEntry> {
    let unexpected = || {
        let message = "The archive holds an entry that the manifest does not list.";
        Error::new(ErrorCode::EntryUnexpected, message)
    };
    listed.get(path).copied().ok_or_else(unexpected)
}
