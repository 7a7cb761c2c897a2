//! Batches of several tables, read side by side, into parts.

use std::collections::BTreeMap;

use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use pos_backup_bridge::{
    Consistency, EntryType, Error, ErrorCode, KeyPath, ManifestEntry, Omission, Result, Schema,
    Warning,
};
use serde_json::value::RawValue;

use crate::archive::{ArchiveWriter, EntryName, EntryWriter, Packed};
use crate::database::Batch;
use crate::job::Job;
use crate::limits::{
    LISTED_KEY_MAX_BYTES, OMISSIONS_MAX, PART_DEFLATE_LEVEL, PART_DEFLATE_LEVEL_IN_HASTE,
    PART_MAX_BYTES, PART_TARGET_BYTES, WHOLE_PART_MAX_BYTES,
};
use crate::part_worker::PartWorker;
use crate::record::{Invalid, KeyIn, check_line};
use crate::storage::PartFile;

/// Collects each table's batches until they make a part.
pub(in crate::jobs) struct TablesWriter<'a> {
    omissions: Vec<Omission>,
    warnings: Vec<Warning>,
    tables: Vec<TableWriter>,
    /// Memory for lines that is not in use.
    spare: Vec<Vec<u8>>,
    level: i32,
    worker: Option<&'a dyn PartWorker>,
    /// Parts that the second worker has. It had room when they were begun, so they are few.
    packing: FuturesUnordered<LocalBoxFuture<'static, Result<PackedPart>>>,
}

/// What was written.
pub(in crate::jobs) struct WrittenTables {
    /// The number of records of each table.
    pub(in crate::jobs) counts: BTreeMap<String, u64>,
    /// What was left out.
    pub(in crate::jobs) omissions: Vec<Omission>,
    /// What the person should know.
    pub(in crate::jobs) warnings: Vec<Warning>,
}

struct TableWriter {
    name: String,
    is_queue: bool,
    key_path: Option<KeyPath>,
    part: Option<PartWriter>,
    parts: u32,
    records: u64,
    records_omitted: u64,
    ended: bool,
}

struct PartWriter {
    content: Content,
    part: Part,
}

/// What a part is, beside its content.
#[derive(Default)]
struct Part {
    table: String,
    is_queue: bool,
    number: u32,
    records: u64,
    first_key: Option<Box<RawValue>>,
    last_key: Option<Box<RawValue>>,
}

/// A part's lines so far.
enum Content {
    /// To be packed as a whole.
    Lines(Vec<u8>),
    /// Compressed batch by batch, since it is large.
    Compressed(Box<EntryWriter>),
}

/// A part that the second worker had, with the memory that its lines were in.
struct PackedPart {
    part: Part,
    packed: Packed,
    lines: Vec<u8>,
}

impl<'a> TablesWriter<'a> {
    /// Of an archive that is to be kept.
    pub(in crate::jobs) fn new(job: &'a Job, schema: &Schema) -> Self {
        Self::of_level(job, schema, PART_DEFLATE_LEVEL)
    }

    /// Of an archive that is soon gone, while somebody waits for it.
    pub(in crate::jobs) fn in_haste(job: &'a Job, schema: &Schema) -> Self {
        Self::of_level(job, schema, PART_DEFLATE_LEVEL_IN_HASTE)
    }

    fn of_level(job: &'a Job, schema: &Schema, level: i32) -> Self {
        let tables = schema.stores.iter().map(|store| TableWriter {
            name: store.name.clone(),
            is_queue: schema.action_queue.as_ref() == Some(&store.name),
            key_path: store.key_path.clone(),
            part: None,
            parts: 0,
            records: 0,
            records_omitted: 0,
            ended: false,
        });
        Self {
            omissions: Vec::new(),
            warnings: Vec::new(),
            tables: tables.collect(),
            spare: Vec::new(),
            level,
            worker: job.part_worker(),
            packing: FuturesUnordered::new(),
        }
    }

    pub(in crate::jobs) fn add<P: PartFile>(
        &mut self,
        archive: &mut ArchiveWriter<P>,
        batch: &Batch,
    ) -> Result<()> {
        let table = self.tables.get_mut(batch.table).ok_or_else(|| {
            Error::new(
                ErrorCode::Internal,
                "A batch of a table that was not asked for.",
            )
        })?;
        if batch.unusual {
            table.check(&batch.lines)?;
        }
        let part = match &mut table.part {
            Some(part) => part,
            begun => begun.insert(PartWriter {
                content: Content::Lines(self.spare.pop().unwrap_or_default()),
                part: Part {
                    table: table.name.clone(),
                    is_queue: table.is_queue,
                    number: table.parts,
                    ..Part::default()
                },
            }),
        };
        let bytes = part.content.bytes() + batch.lines.len() as u64;
        if bytes > PART_MAX_BYTES {
            return Err(Error::new(
                ErrorCode::ValueTooLarge,
                "Records that were read together are too large to be kept.",
            )
            .in_table(&table.name)
            .expected(format!("at most {PART_MAX_BYTES} bytes"), bytes));
        }
        part.content.write(&batch.lines)?;
        part.part.records += batch.records;
        table.records += batch.records;
        table.records_omitted += batch.records_omitted;
        self.warnings.extend_from_slice(&batch.warnings);
        self.omissions.extend_from_slice(&batch.omissions);
        if self.omissions.len() > OMISSIONS_MAX {
            return Err(Error::new(
                ErrorCode::UnsupportedValue,
                "More values cannot be kept than a backup may leave out.",
            )
            .in_table(&table.name)
            .expected(format!("at most {OMISSIONS_MAX}"), self.omissions.len()));
        }
        if let Some((first, last)) = &batch.keys {
            part.part.first_key.get_or_insert_with(|| first.clone());
            part.part.last_key = Some(last.clone());
        }
        table.ended = batch.last;
        // A table that ends on a full part has no empty one after it; an empty table has one.
        let is_full = bytes >= PART_TARGET_BYTES as u64;
        let is_rest = batch.last && (part.part.records > 0 || table.parts == 0);
        if (is_full || is_rest)
            && let Some(part) = table.part.take()
        {
            table.parts += 1;
            // For tables that make but one part the second worker need not be there.
            let is_only = batch.last && table.parts == 1;
            self.end(archive, part, is_only)?;
        }
        while let Some(Some(packed)) = self.packing.next().now_or_never() {
            self.write(archive, packed?)?;
        }
        Ok(())
    }

    /// Writes a part, or has it packed.
    fn end<P: PartFile>(
        &mut self,
        archive: &mut ArchiveWriter<P>,
        PartWriter { content, part }: PartWriter,
        is_only: bool,
    ) -> Result<()> {
        let level = self.level;
        let lines = match content {
            Content::Lines(lines) => lines,
            Content::Compressed(mut writer) => {
                return part.write(|name, of| archive.add(name, of, &mut writer));
            }
        };
        match self.worker.filter(|it| !is_only && it.has_room()) {
            Some(worker) => {
                let packing = worker.pack(&lines, level);
                let packing = async move {
                    let packed = match packing.await {
                        Some(packed) => packed,
                        None => Packed::pack(&lines, level)?,
                    };
                    Ok(PackedPart {
                        part,
                        packed,
                        lines,
                    })
                };
                self.packing.push(packing.boxed_local());
                Ok(())
            }
            None => {
                let packed = Packed::pack(&lines, level)?;
                self.write(
                    archive,
                    PackedPart {
                        part,
                        packed,
                        lines,
                    },
                )
            }
        }
    }

    fn write<P: PartFile>(
        &mut self,
        archive: &mut ArchiveWriter<P>,
        packed: PackedPart,
    ) -> Result<()> {
        let PackedPart {
            part,
            packed,
            mut lines,
        } = packed;
        part.write(|name, of| archive.add_packed(name, of, &packed))?;
        lines.clear();
        self.spare.push(lines);
        Ok(())
    }

    /// Ends the tables.
    ///
    /// # Errors
    ///
    /// `DATABASE_FAILED` when a transaction did not give as many records of a table as it had counted; those of the archive's
    /// file.
    pub(in crate::jobs) async fn finish<P: PartFile>(
        mut self,
        archive: &mut ArchiveWriter<P>,
        counts: &[u64],
        consistency: Consistency,
    ) -> Result<WrittenTables> {
        while let Some(packed) = self.packing.next().await {
            self.write(archive, packed?)?;
        }
        for (table, &count) in self.tables.iter().zip(counts) {
            let read = table.records + table.records_omitted;
            let all_there = consistency == Consistency::Batch || read == count;
            if !all_there || !table.ended {
                return Err(Error::new(
                    ErrorCode::DatabaseFailed,
                    "A table gave another number of records than it had counted.",
                )
                .in_table(&table.name)
                .expected(count, read));
            }
        }
        let counts = self.tables.into_iter();
        Ok(WrittenTables {
            counts: counts.map(|table| (table.name, table.records)).collect(),
            omissions: self.omissions,
            warnings: self.warnings,
        })
    }
}

impl TableWriter {
    /// What could not be restored is no backup: the reader that a restore asks is asked now.
    fn check(&self, lines: &[u8]) -> Result<()> {
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let checked = check_line(line, KeyIn::of(self.key_path.as_ref()));
            let checked = checked.and_then(|checked| checked.check_size());
            checked.map_err(|Invalid { path, found }| {
                Error::new(
                    ErrorCode::UnsupportedValue,
                    "A value cannot be kept in an archive.",
                )
                .in_table(&self.name)
                .with(|c| {
                    c.path = Some(path);
                    c.found = Some(found.into());
                })
            })?;
        }
        Ok(())
    }
}

impl Content {
    /// The bytes so far, uncompressed.
    fn bytes(&self) -> u64 {
        match self {
            Self::Lines(lines) => lines.len() as u64,
            Self::Compressed(writer) => writer.bytes(),
        }
    }

    fn write(&mut self, lines: &[u8]) -> Result<()> {
        match self {
            Self::Lines(all) if all.len() + lines.len() > WHOLE_PART_MAX_BYTES as usize => {
                let mut writer = Box::<EntryWriter>::default();
                writer.write(all)?;
                writer.write(lines)?;
                *self = Self::Compressed(writer);
            }
            Self::Lines(all) => all.extend_from_slice(lines),
            Self::Compressed(writer) => writer.write(lines)?,
        }
        Ok(())
    }
}

impl Part {
    /// Writes it by `add`, and says in the manifest what it is.
    fn write<'a>(
        self,
        add: impl FnOnce(&EntryName, EntryType) -> Result<&'a mut ManifestEntry>,
    ) -> Result<()> {
        let Self { table, number, .. } = self;
        let (name, entry_type) = match self.is_queue {
            true => (
                EntryName::ActionQueuePart { number },
                EntryType::ActionQueue,
            ),
            false => (
                EntryName::TablePart {
                    table: table.clone(),
                    number,
                },
                EntryType::Database,
            ),
        };
        let entry = add(&name, entry_type).map_err(|error| error.in_table(&table))?;
        entry.table = Some(table);
        entry.records = Some(self.records);
        let unless_long =
            |key: Option<Box<RawValue>>| key.filter(|key| key.get().len() <= LISTED_KEY_MAX_BYTES);
        entry.first_key = unless_long(self.first_key);
        entry.last_key = unless_long(self.last_key);
        Ok(())
    }
}
