//! Batches of several tables, read side by side, into parts.

use std::collections::BTreeMap;

use pos_backup_bridge::{
    Consistency, EntryType, Error, ErrorCode, KeyPath, Omission, Result, Schema, Warning,
};
use serde_json::value::RawValue;

use crate::archive::{ArchiveWriter, EntryName, EntryWriter};
use crate::database::Batch;
use crate::limits::{
    DEFLATE_LEVEL, DEFLATE_LEVEL_IN_HASTE, LISTED_KEY_MAX_BYTES, OMISSIONS_MAX, PART_MAX_BYTES,
    PART_TARGET_BYTES,
};
use crate::record::{Invalid, KeyIn, check_line};
use crate::storage::PartFile;

/// Collects each table's batches until they make a part.
pub(in crate::jobs) struct TablesWriter {
    omissions: Vec<Omission>,
    warnings: Vec<Warning>,
    tables: Vec<TableWriter>,
    /// Writers not in use: as many are made as tables are read side by side.
    spare: Vec<EntryWriter>,
    level: u32,
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
    content: EntryWriter,
    records: u64,
    first_key: Option<Box<RawValue>>,
    last_key: Option<Box<RawValue>>,
}

impl TablesWriter {
    /// Of an archive that is to be kept.
    pub(in crate::jobs) fn new(schema: &Schema) -> Self {
        Self::of_level(schema, DEFLATE_LEVEL)
    }

    /// Of an archive that is soon gone, while somebody waits for it.
    pub(in crate::jobs) fn in_haste(schema: &Schema) -> Self {
        Self::of_level(schema, DEFLATE_LEVEL_IN_HASTE)
    }

    fn of_level(schema: &Schema, level: u32) -> Self {
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
        let part = table.part.get_or_insert_with(|| PartWriter {
            content: match self.spare.pop() {
                Some(writer) => writer,
                None => EntryWriter::of_level(self.level),
            },
            records: 0,
            first_key: None,
            last_key: None,
        });
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
        part.records += batch.records;
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
            part.first_key.get_or_insert_with(|| first.clone());
            part.last_key = Some(last.clone());
        }
        table.ended = batch.last;
        // A table that ends on a full part has no empty one after it; an empty table has one.
        let is_full = part.content.bytes() >= PART_TARGET_BYTES as u64;
        let is_rest = batch.last && (part.records > 0 || table.parts == 0);
        if (is_full || is_rest)
            && let Some(part) = table.part.take()
        {
            let content = table.close(archive, part)?;
            self.spare.push(content);
        }
        Ok(())
    }

    /// Ends the tables.
    ///
    /// # Errors
    ///
    /// `DATABASE_FAILED` when a snapshot did not give as many records as it had counted.
    pub(in crate::jobs) fn finish(
        self,
        counts: &[u64],
        consistency: Consistency,
    ) -> Result<WrittenTables> {
        for (table, &count) in self.tables.iter().zip(counts) {
            let read = table.records + table.records_omitted;
            let all_there = consistency != Consistency::Snapshot || read == count;
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

    /// Writes the part and gives its writer back.
    fn close<P: PartFile>(
        &mut self,
        archive: &mut ArchiveWriter<P>,
        mut part: PartWriter,
    ) -> Result<EntryWriter> {
        let number = self.parts;
        let (name, entry_type) = if self.is_queue {
            (
                EntryName::ActionQueuePart { number },
                EntryType::ActionQueue,
            )
        } else {
            (
                EntryName::TablePart {
                    table: self.name.clone(),
                    number,
                },
                EntryType::Database,
            )
        };
        let entry = archive
            .add(&name, entry_type, &mut part.content)
            .map_err(|error| error.in_table(&self.name))?;
        entry.table = Some(self.name.clone());
        entry.records = Some(part.records);
        let unless_long =
            |key: Option<Box<RawValue>>| key.filter(|key| key.get().len() <= LISTED_KEY_MAX_BYTES);
        entry.first_key = unless_long(part.first_key);
        entry.last_key = unless_long(part.last_key);
        self.parts += 1;
        Ok(part.content)
    }
}
