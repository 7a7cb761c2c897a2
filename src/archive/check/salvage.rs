//! What is whole of a damaged archive. Everything in it is read; what is brought back is as sound as in a whole archive: every
//! entry against the manifest, where that is whole, and else against the ZIP's CRC-32; every record can be decoded.

mod documents;
mod tables;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use pos_backup_bridge::{
    BackupManifest, BackupMetadata, Config, EntryType, Error, ErrorCode, ManifestEntry, Missing,
    Phase, Result, SalvageReport, Schema, SortedSet, StatusKind,
};

use super::contents::{check_asset, compare};
use super::listing::limit_bytes;
use super::{CheckedArchive, OpenedArchive};
use crate::archive::directory::{FoundEntry, ZipEntry, salvage_entries};
use crate::archive::documents::parse;
use crate::archive::reader::ArchiveReader;
use crate::archive::{EntryName, FORMAT_VERSION, entries_checksum};
use crate::codec::Codec;
use crate::job::{Job, Outcome, Stage, Stop};
use crate::limits::{FILE_MAX_BYTES, OMISSIONS_MAX};
use crate::storage::ReadAt;
use documents::Documents;

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
    /// Whether it is known what it held beside tables.
    pub says_others: bool,
}

/// Whether an archive of which this is said is damaged: not of another format, version or app, and not out of reach.
pub fn is_damage(code: ErrorCode) -> bool {
    use ErrorCode::{
        ArchiveDamaged, ArchiveTruncated, ChecksumMismatch, EntryDuplicate, EntryMissing,
        EntryNameInvalid, EntryUnexpected, ManifestInvalid, MetadataInvalid, NotAnArchive,
        RecordInvalid, SchemaInvalid,
    };
    matches!(
        code,
        ArchiveDamaged
            | ArchiveTruncated
            | ChecksumMismatch
            | EntryDuplicate
            | EntryMissing
            | EntryNameInvalid
            | EntryUnexpected
            | ManifestInvalid
            | MetadataInvalid
            | NotAnArchive
            | RecordInvalid
            | SchemaInvalid
    )
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
    let found = salvage_entries(job, &file).await?;
    let sizes = found.iter().map(|found| found.entry.bytes);
    job.enter(Stage {
        status: StatusKind::Validating,
        phase: Phase::Checking,
        message: "Looking for what is whole in the damaged archive.",
        until,
        records_total: 0,
        bytes_total: Some(sizes.fold(0, u64::saturating_add)),
    });
    let mut salvaging = Salvaging {
        job,
        codec,
        reader: ArchiveReader::of_entries(file, Vec::new()),
        names: HashMap::new(),
        duplicates: SortedSet::new(),
        sink: Sink::default(),
    };
    salvaging.take(found).await?;
    let documents = salvaging.documents(&known, error.clone())?;
    salvaging.check_others(&documents).await?;
    let tables = salvaging.tables(&documents).await?;
    if salvaging.sink.whole.is_empty() {
        return Err(error.into());
    }
    salvaging.tell_duplicates();
    let Salvaging {
        reader,
        sink: Sink { missing, whole },
        ..
    } = salvaging;
    let (timestamp, says_others) = (documents.timestamp(), documents.says_others());
    let metadata = documents.metadata_or_unknown(&known);
    let stores = tables.iter().map(|table| table.schema.clone()).collect();
    Ok(Salvaged {
        archive: CheckedArchive {
            left: RefCell::default(),
            sound: RefCell::default(),
            opened: OpenedArchive {
                reader,
                metadata: with_assets_of(metadata, &whole),
                schema: Schema {
                    stores,
                    ..documents.schema
                },
                manifest: BackupManifest {
                    version: FORMAT_VERSION.to_owned(),
                    timestamp,
                    checksum: entries_checksum(&whole),
                    entries: whole,
                },
                tables,
            },
            sealed: true,
        },
        report: missing.report,
        says_others,
    })
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
    /// With the entries that may be whole.
    reader: ArchiveReader<F>,
    /// What their names mean.
    names: HashMap<String, EntryName>,
    /// Names that several entries have.
    duplicates: SortedSet<String>,
    sink: Sink,
}

/// What came of the entries so far.
#[derive(Default)]
struct Sink {
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
        self.add(missing_entry(path, error));
    }
}

fn missing_entry(path: &str, error: Error) -> Missing {
    Missing {
        entry: path.to_owned(),
        table: None,
        records: None,
        first_key: None,
        last_key: None,
        key: None,
        error: error.in_entry(path),
    }
}

fn lost(path: &str) -> Error {
    let message = "The entry is not in the archive, or cannot be found there.";
    Error::new(ErrorCode::EntryMissing, message).in_entry(path)
}

fn unexpected() -> Error {
    let message = "The archive holds an entry that the manifest does not list.";
    Error::new(ErrorCode::EntryUnexpected, message)
}

/// What is wrong with something that is damaged; any other failure ends the job.
fn damage(stop: Stop) -> Outcome<Error> {
    match stop {
        Stop::Failed(error) if is_damage(error.code) => Ok(error),
        stop => Err(stop),
    }
}

impl<F: ReadAt, C: Codec> Salvaging<'_, F, C> {
    /// Takes the entries whose names are ones. Of two with one name nobody knows which is meant.
    async fn take(&mut self, found: Vec<FoundEntry>) -> Outcome<()> {
        let listed = self.peek_at_manifest(&found)?;
        let mut said: BTreeMap<String, u64> = BTreeMap::new();
        for found in &found {
            *said.entry(found.entry.name.clone()).or_default() += 1;
        }
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut entries = Vec::with_capacity(found.len());
        for FoundEntry { entry, otherwise } in found {
            self.job.breathe().await?;
            let entry = match otherwise {
                Some(otherwise) => self.choose(entry, otherwise, &listed, &said).await?,
                None => entry,
            };
            *counts.entry(entry.name.clone()).or_default() += 1;
            entries.push(entry);
        }
        for (path, count) in counts {
            match EntryName::parse(&path) {
                Ok(name) if count == 1 => drop(self.names.insert(path, name)),
                Ok(_) => drop(self.duplicates.insert(path)),
                Err(error) => self.sink.missing.add_entry(&path, error),
            }
        }
        entries.retain(|entry| self.names.contains_key(&entry.name));
        self.reader.set_entries(entries);
        Ok(())
    }

    /// The paths that the manifest lists, if it can be read.
    fn peek_at_manifest(&self, found: &[FoundEntry]) -> Result<HashSet<String>> {
        let path = EntryName::Manifest.to_string();
        let all = found
            .iter()
            .flat_map(|it| [Some(&it.entry), it.otherwise.as_ref()]);
        for entry in all.flatten().filter(|entry| entry.name == path) {
            let mut content = Vec::new();
            let read = self.reader.read(entry, FILE_MAX_BYTES, &mut content);
            match read.and_then(|_| parse::<BackupManifest>(&content)) {
                Ok(manifest) => {
                    let entries = manifest.entries.into_iter();
                    return Ok(entries.map(|entry| entry.path).collect());
                }
                // What is wrong with it is told where it is needed.
                Err(error) if is_damage(error.code) || error.code == ErrorCode::FormatTooNew => {}
                Err(error) => return Err(error),
            }
        }
        Ok(HashSet::new())
    }

    /// Of what the directory and the local header say the name that is one, and the rest that is true of the content. `said`
    /// is how often the directory says each name.
    async fn choose(
        &self,
        entry: ZipEntry,
        otherwise: ZipEntry,
        listed: &HashSet<String>,
        said: &BTreeMap<String, u64>,
    ) -> Outcome<ZipEntry> {
        // A name that another entry has is hardly this one's too.
        let rank = |entry: &ZipEntry, others: u64| {
            let is_name = EntryName::parse(&entry.name).is_ok();
            let named = said.get(&entry.name).copied().unwrap_or_default();
            (is_name, listed.contains(&entry.name), named <= others)
        };
        let others = u64::from(otherwise.name == entry.name);
        let name = match rank(&otherwise, others) > rank(&entry, 1) {
            true => otherwise.name.clone(),
            false => entry.name.clone(),
        };
        let Ok(kind) = EntryName::parse(&name) else {
            return Ok(entry);
        };
        let mut content = Vec::new();
        let mut chosen = match self.read(&entry, &kind, &mut content, false).await {
            Ok(_) => entry,
            Err(stop) => damage(stop).map(|_| otherwise)?,
        };
        chosen.name = name;
        Ok(chosen)
    }

    /// Why an entry is not there.
    fn lost(&self, path: &str) -> Error {
        match self.duplicates.contains(path) {
            true => {
                let message = "Two entries of the archive have the same name.";
                Error::new(ErrorCode::EntryDuplicate, message).in_entry(path)
            }
            false => lost(path),
        }
    }

    fn entry(&self, path: &str) -> Option<&ZipEntry> {
        let mut entries = self.reader.entries().iter();
        entries.find(|entry| entry.name == path)
    }

    /// Checks large values, and what the page gave beside the tables. What is not whole of it is not there any more then.
    async fn check_others(&mut self, documents: &Documents) -> Outcome<()> {
        let listed = documents.listed();
        let mut broken = HashSet::new();
        for entry in self.reader.entries().to_vec() {
            let Some(name) = self.names.get(&entry.name).cloned() else {
                continue;
            };
            if !name.is_asset() && !matches!(name, EntryName::Blob { .. }) {
                continue;
            }
            match self.check_other(&entry, &name, listed.as_ref()).await {
                Ok(whole) => self.sink.whole.push(whole),
                Err(stop) => {
                    self.sink.missing.add_entry(&entry.name, damage(stop)?);
                    broken.insert(entry.name);
                }
            }
        }
        for path in documents.others(&listed) {
            if !self.names.contains_key(&path) {
                self.sink.missing.add_entry(&path, self.lost(&path));
            }
        }
        self.sink.missing.report.complete &= documents.says_others();
        self.reader.retain(|entry| !broken.contains(&entry.name));
        Ok(())
    }

    /// Those that nobody has asked for by now.
    fn tell_duplicates(&mut self) {
        let told = self.sink.missing.report.missing.iter();
        let told: HashSet<_> = told.map(|missing| missing.entry.clone()).collect();
        for path in self.duplicates.iter().filter(|path| !told.contains(*path)) {
            let error = self.lost(path);
            self.sink.missing.add_entry(path, error);
        }
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
            (_, Some(listed)) => {
                let listed = listed.get(entry.name.as_str()).ok_or_else(unexpected)?;
                Some(listed.checksum.clone())
            }
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
}

/// A manifest's entries by their paths.
type Listed<'a> = HashMap<&'a str, &'a ManifestEntry>;
