//! The checks between a file and a [`CheckedArchive`], the only thing that can be restored.

mod alone;
mod blobs;
mod contents;
mod listing;
mod part;
mod salvage;
mod schema;
mod structure;
mod tables;

pub use alone::PartInZip;
pub use blobs::Blobs;
pub(crate) use contents::is_string_map;
pub use salvage::{Known, Salvaged, is_damage, salvage};

use std::cell::RefCell;
use std::collections::HashSet;

use memchr::memmem;
use pos_backup_bridge::{
    BackupManifest, BackupMetadata, ManifestEntry, Phase, Result, Schema, SortedSet, StatusKind,
    StoreSchema,
};
use serde_json::value::RawValue;

use super::directory::ZipEntry;
use super::gaps::Gaps;
use super::reader::ArchiveReader;
use crate::codec::Codec;
use crate::job::{Job, Outcome, Stage, Stop};
use crate::limits::{FILE_MAX_BYTES, PART_MAX_BYTES};
use crate::page::Assets;
use crate::record::KeyIn;
use crate::storage::ReadAt;
use part::check_line;

/// An archive whose structure, names and documents are sound and agree with one another. Its contents
/// have not been read.
#[derive(Debug)]
pub struct OpenedArchive<F> {
    pub(super) reader: ArchiveReader<F>,
    /// `metadata.json`.
    pub metadata: BackupMetadata,
    /// `schema.json`.
    pub schema: Schema,
    pub(super) manifest: BackupManifest,
    pub(super) tables: Vec<Table>,
}

/// A table of an archive, with its parts in key order.
#[derive(Debug, Clone)]
pub struct Table {
    /// The store's shape.
    pub schema: StoreSchema,
    /// Its records.
    pub records: u64,
    /// The bytes of their lines.
    pub bytes: u64,
    /// The line of the lowest key, where records do not stand in the order of their keys: after a migration that gives
    /// them others.
    pub(crate) lowest: Option<Vec<u8>>,
    /// Where some of them are missing.
    pub(crate) gaps: Gaps,
    parts: Vec<Part>,
}

/// A part of a table.
#[derive(Debug, Clone)]
pub struct Part {
    entry: ZipEntry,
    checksum: String,
    /// Its records.
    pub records: u64,
    /// The keys of the first and the last one, where the manifest says them.
    keys: [Option<Box<RawValue>>; 2],
    /// The indexes of lines that are none of them, because they cannot be restored.
    left_out: SortedSet<u64>,
}

/// An archive that is whole: every byte agrees with the manifest, and every record can be decoded. Parts may be left
/// to be checked while they are compared, and nothing is to be written before they are.
#[derive(Debug)]
pub struct CheckedArchive<F> {
    opened: OpenedArchive<F>,
    /// The paths of the parts that were left, until they are checked.
    left: RefCell<HashSet<String>>,
    /// Those of them that were found sound when they were compared.
    sound: RefCell<HashSet<String>>,
    /// Whether the file as a whole is what was written; false for one packed anew by another tool.
    pub sealed: bool,
}

/// How a line names a blob. (In a string, quotes are escaped.)
const BLOB_MEMBER: &[u8] = b"\"blob\":";

/// How a job speaks of a check.
#[derive(Debug, Clone, Copy)]
pub struct Checking {
    /// Where the job stands as a whole.
    pub status: StatusKind,
    /// What it is doing.
    pub phase: Phase,
    /// One short sentence for a person.
    pub message: &'static str,
    /// The progress of the job when it is done, 0 to 1.
    pub until: f64,
}

impl Checking {
    /// Of an archive that a job reads, or has written.
    pub fn of_archive(until: f64) -> Self {
        Self {
            status: StatusKind::Validating,
            phase: Phase::Checking,
            message: "Checking the archive.",
            until,
        }
    }
}

/// Reads and checks all of an archive: to be restored, it must have passed this.
///
/// # Errors
///
/// The codes of damaged, altered and unknown archives, with the entry.
pub async fn check<F: ReadAt>(
    job: &Job,
    opened: OpenedArchive<F>,
    codec: &impl Codec,
    until: f64,
) -> Outcome<CheckedArchive<F>> {
    check_but_tables(job, opened, codec, &SortedSet::new(), until).await
}

/// The same, but for the parts of these tables.
///
/// # Errors
///
/// As those of [`check`].
pub async fn check_but_tables<F: ReadAt>(
    job: &Job,
    opened: OpenedArchive<F>,
    codec: &impl Codec,
    tables: &SortedSet<&str>,
    until: f64,
) -> Outcome<CheckedArchive<F>> {
    let is_left = |entry: &ManifestEntry| {
        let mut table = entry.table.as_deref().into_iter();
        table.any(|table| tables.contains(table))
    };
    let checking = Checking::of_archive(until);
    opened
        .check_entries(job, Some(codec), checking, |entry| !is_left(entry))
        .await?;
    let sealed = match opened.check_seal(job).await {
        // It does not say where the damage is.
        Err(stop @ Stop::Failed(_)) if !tables.is_empty() => {
            opened
                .check_entries(job, Some(codec), checking, is_left)
                .await?;
            return Err(stop);
        }
        sealed => sealed?,
    };
    let left = opened.manifest.entries.iter().filter(|it| is_left(it));
    let left = left.map(|entry| entry.path.clone()).collect();
    Ok(CheckedArchive {
        left: RefCell::new(left),
        sound: RefCell::default(),
        opened,
        sealed,
    })
}

impl<F: ReadAt> OpenedArchive<F> {
    /// Whether it says what the file as a whole must be.
    pub fn is_sealed(&self) -> bool {
        matches!(self.reader.seal(), Ok(Some(_)))
    }

    /// The size of the file in bytes.
    pub fn archive_bytes(&self) -> u64 {
        self.reader.archive_bytes()
    }

    /// The number of entries, the manifest among them.
    pub fn entries(&self) -> u64 {
        self.reader.entries().len() as u64
    }

    /// The tables, in the schema's order; the action queue is one of them.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// Reads all of the archive, every byte of every entry against the manifest and of the file against its
    /// seal; with a codec also every record's line. Says whether it has a seal.
    ///
    /// # Errors
    ///
    /// The codes of damaged and altered archives, with the entry.
    pub async fn check(
        &self,
        job: &Job,
        codec: Option<&impl Codec>,
        checking: Checking,
    ) -> Outcome<bool> {
        self.check_entries(job, codec, checking, |_| true).await?;
        self.check_seal(job).await
    }

    async fn check_entries(
        &self,
        job: &Job,
        codec: Option<&impl Codec>,
        checking: Checking,
        is_wanted: impl Fn(&ManifestEntry) -> bool,
    ) -> Outcome<()> {
        let wanted = self.manifest.entries.iter();
        let wanted: Vec<_> = wanted.filter(|entry| is_wanted(entry)).collect();
        job.enter(Stage {
            status: checking.status,
            phase: checking.phase,
            message: checking.message,
            until: checking.until,
            records_total: wanted.iter().filter_map(|entry| entry.records).sum(),
            bytes_total: Some(wanted.iter().map(|entry| entry.size).sum()),
        });
        self.check_contents(job, codec, &wanted).await
    }
}

/// Where the parts of tables are read from. (A trait object: restores read them from one kind of file or another.)
pub(crate) trait Parts {
    /// Reads a part's lines, and checks them again: a file can change under us.
    fn read_part(&self, part: &Part, lines: &mut Vec<u8>) -> Result<()>;

    /// Whether it is still to be checked that its lines are sound.
    fn needs_check(&self, part: &Part) -> bool;

    /// Says that these lines of a part are: as many as they should be, each sound, in the order of their keys.
    fn found_sound(&self, part: &Part, lines: &[u8], key_in: KeyIn<'_>);
}

impl<F: ReadAt> Parts for CheckedArchive<F> {
    fn read_part(&self, part: &Part, lines: &mut Vec<u8>) -> Result<()> {
        self.opened
            .read_checked(&part.entry, &part.checksum, PART_MAX_BYTES, lines)?;
        if !part.left_out.is_empty() {
            let all = std::mem::take(lines);
            let all = all.split_inclusive(|byte| *byte == b'\n');
            let left = (0..)
                .zip(all)
                .filter(|(index, _)| !part.left_out.contains(index));
            left.for_each(|(_, line)| lines.extend_from_slice(line));
        }
        Ok(())
    }

    fn needs_check(&self, part: &Part) -> bool {
        self.left.borrow().contains(&part.entry.name)
    }

    fn found_sound(&self, part: &Part, lines: &[u8], key_in: KeyIn<'_>) {
        // Whether a blob is there, and of the right size, is another matter.
        let names_blobs = memmem::find(lines, BLOB_MEMBER).is_some();
        if !names_blobs && part.has_listed_keys(lines, key_in) {
            self.sound.borrow_mut().insert(part.entry.name.clone());
        }
    }
}

impl<F: ReadAt> CheckedArchive<F> {
    /// An archive that this very job has written; each part is checked when it is read.
    pub(crate) fn made(opened: OpenedArchive<F>) -> Self {
        Self {
            opened,
            left: RefCell::default(),
            sound: RefCell::default(),
            sealed: true,
        }
    }

    /// What was checked.
    pub fn opened(&self) -> &OpenedArchive<F> {
        &self.opened
    }

    /// Whether all of it is checked, by itself and not by comparing it.
    pub(crate) fn is_checked(&self) -> bool {
        self.left.borrow().is_empty()
    }

    /// Checks the parts that were left.
    ///
    /// # Errors
    ///
    /// As those of [`check`].
    pub(crate) async fn check_left(
        &self,
        job: &Job,
        codec: &impl Codec,
        until: f64,
    ) -> Outcome<()> {
        // What was found in lines of sound parts was perhaps not looked at to the end.
        self.sound.take();
        self.check_unsound(job, codec, until).await?;
        self.left.take();
        Ok(())
    }

    fn unsound(&self) -> HashSet<String> {
        let (left, sound) = (self.left.borrow(), self.sound.borrow());
        left.difference(&sound).cloned().collect()
    }

    /// The bytes of the parts of which comparing them has not shown that they are sound.
    pub(crate) fn unsound_bytes(&self) -> u64 {
        let unsound = self.unsound();
        let entries = self.opened.manifest.entries.iter();
        let entries = entries.filter(|entry| unsound.contains(&entry.path));
        entries.map(|entry| entry.size).sum()
    }

    /// Checks these parts.
    ///
    /// # Errors
    ///
    /// As those of [`check`].
    pub(crate) async fn check_unsound(
        &self,
        job: &Job,
        codec: &impl Codec,
        until: f64,
    ) -> Outcome<()> {
        let unsound = self.unsound();
        if unsound.is_empty() {
            return Ok(());
        }
        let is_unsound = |entry: &ManifestEntry| unsound.contains(&entry.path);
        let checking = Checking::of_archive(until);
        self.opened
            .check_entries(job, Some(codec), checking, is_unsound)
            .await
    }

    /// Checks some of a table's lines one by one.
    ///
    /// # Errors
    ///
    /// `RECORD_INVALID`, `VALUE_TOO_LARGE`, and those of missing blobs.
    pub(crate) async fn check_lines(
        &self,
        job: &Job,
        codec: &impl Codec,
        lines: &[u8],
        key_in: KeyIn<'_>,
    ) -> Outcome<()> {
        let blobs = self.blobs();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            check_line(job, line, key_in, &blobs, codec, &mut None).await?;
        }
        Ok(())
    }

    /// Reads all anew from here on: a file can change.
    pub fn forget(&self) {
        self.opened.reader.forget();
    }

    /// The large values of the records.
    pub fn blobs(&self) -> Blobs<'_, F> {
        Blobs::new(&self.opened)
    }

    /// Reads the files, localStorage, sessionStorage and config.
    pub fn read_assets(&self) -> Result<Assets> {
        self.opened.read_assets(FILE_MAX_BYTES)
    }
}

impl Table {
    /// One without records.
    pub(crate) fn empty(schema: StoreSchema) -> Self {
        Self {
            schema,
            records: 0,
            bytes: 0,
            lowest: None,
            gaps: Gaps::default(),
            parts: Vec::new(),
        }
    }

    /// The same records in another store.
    pub(crate) fn with_schema(&self, schema: StoreSchema) -> Self {
        Self {
            schema,
            ..self.clone()
        }
    }

    /// The parts in key order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The bytes of the largest one.
    pub(crate) fn largest_part(&self) -> u64 {
        let bytes = self.parts.iter().map(|part| part.entry.bytes);
        bytes.max().unwrap_or_default()
    }
}
