//! What became of a table's records in a migration: how many are others, whether they still stand in the order of their
//! keys, and where some are missing.

use pos_backup_bridge::{Error, ErrorCode, MigratedTable, Result, StoreSchema, json};
use serde_json::Value;

use super::Rewriting;
use crate::archive::{Gaps, Table};
use crate::codec::MigratedLines;
use crate::limits::{EXAMPLES_MAX, LISTED_KEY_MAX_BYTES};
use crate::record::{Invalid, Key, KeyIn, check_line};

/// A table whose records are being migrated, or were.
pub(super) struct Rewritten {
    pub(super) report: MigratedTable,
    order: Order,
    gaps: GapsOnTheWay,
}

impl Rewritten {
    /// Before its first record.
    pub(super) fn begin(archived: &Table, table: Option<String>) -> Self {
        Self {
            report: MigratedTable {
                archived: Some(archived.schema.name.clone()),
                table,
                records: archived.records,
                ..MigratedTable::default()
            },
            order: Order::default(),
            gaps: GapsOnTheWay::of(archived),
        }
    }

    /// Counts what became of some lines, and checks what they became.
    pub(super) fn note(
        &mut self,
        table: &Rewriting<'_>,
        before: &[u8],
        after: &MigratedLines,
    ) -> Result<()> {
        let mut lines = after.lines.split_inclusive(|byte| *byte == b'\n');
        let mut removed = after.removed.iter().peekable();
        for (index, line) in before.split_inclusive(|byte| *byte == b'\n').enumerate() {
            self.gaps.pass();
            if removed.next_if(|next| **next as usize == index).is_some() {
                self.report.removed += 1;
                example(&mut self.report.examples.removed, table.archived, line);
                continue;
            }
            let migrated = lines.next().unwrap_or_default();
            if migrated != line {
                self.report.changed += 1;
                example(&mut self.report.examples.changed, table.archived, line);
            }
            self.gaps.keep();
            let key = self.order.take(migrated, &table.store);
            let key = key.map_err(|error| error.with(|c| c.key = key_of(table.archived, line)))?;
            // Where records get other keys, what is missing between them had others too.
            if !table.archived.gaps.is_empty() && key != read_key(table.archived, line).as_ref() {
                self.gaps.migrated.insert_anywhere();
            }
        }
        Ok(())
    }

    /// After its last record.
    ///
    /// # Errors
    ///
    /// `MIGRATION_FAILED` where nobody knows between which records some are missing.
    pub(super) fn finish(&mut self, store: &StoreSchema) -> Result<()> {
        self.gaps.note();
        if self.order.is_broken && !self.gaps.archived.is_empty() {
            let message = "Records are missing of a damaged archive, and a migration puts the others into another order of their keys.";
            let error = Error::new(ErrorCode::MigrationFailed, message);
            return Err(error.in_table(&store.name));
        }
        Ok(())
    }

    /// The table that was made of it, with what its lines do not say.
    pub(super) fn table(&self, made: &Table) -> Table {
        let mut table = made.clone();
        table.lowest = self.order.lowest_of_unordered();
        table.gaps = self.gaps.migrated.clone();
        table
    }
}

/// The key of a line of the archive.
fn read_key(table: &Table, line: &[u8]) -> Option<Key> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    check_line(line, KeyIn::of(table.schema.key_path.as_ref()))
        .ok()?
        .key
}

/// The same as it is written there.
fn key_of(table: &Table, line: &[u8]) -> Option<Value> {
    let json = read_key(table, line)?.to_json();
    let is_short = json.get().len() <= LISTED_KEY_MAX_BYTES;
    json::value(json.get()).filter(|_| is_short)
}

fn example(examples: &mut Vec<Value>, table: &Table, line: &[u8]) {
    if examples.len() < EXAMPLES_MAX {
        examples.extend(key_of(table, line));
    }
}

/// The places between records where something is missing of a damaged archive, on their way through a migration.
struct GapsOnTheWay {
    archived: Gaps,
    migrated: Gaps,
    passed: u64,
    kept: u64,
}

impl GapsOnTheWay {
    fn of(archived: &Table) -> Self {
        Self {
            archived: archived.gaps.clone(),
            migrated: Gaps::default(),
            passed: 0,
            kept: 0,
        }
    }

    /// Passes a record of the archive.
    fn pass(&mut self) {
        self.note();
        self.passed += 1;
    }

    /// The record that was passed is kept.
    fn keep(&mut self) {
        self.kept += 1;
    }

    /// Notes a gap before the next record, or after the last one.
    fn note(&mut self) {
        if self.archived.has(self.passed) {
            self.migrated.insert(self.kept);
        }
    }
}

/// The keys of lines that come one after another.
#[derive(Default)]
struct Order {
    last: Option<Key>,
    lowest: Option<(Key, Vec<u8>)>,
    is_broken: bool,
}

impl Order {
    /// Takes the next line, and gives its key, if it says it.
    fn take(&mut self, line: &[u8], store: &StoreSchema) -> Result<Option<&Key>> {
        let faulty = |message: &str| {
            Error::new(ErrorCode::MigrationFailed, message)
                .in_table(&store.name)
                .with(|c| c.expected = json::to_value(&store.key_path))
        };
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let checked = check_line(text, KeyIn::of(store.key_path.as_ref()));
        let checked = checked.and_then(|checked| checked.check_size().map(|()| checked));
        let checked = checked.map_err(|Invalid { path, found }| {
            let error = faulty("A migration makes a record that its table cannot take: it needs a key where the table has it.");
            error.with(|c| {
                c.path = Some(path);
                c.found = Some(found.into());
            })
        })?;
        let Some(key) = checked.key else {
            self.last = None;
            return Ok(None);
        };
        match &self.last {
            Some(last) if *last == key => {
                let message = "A migration gives two records of a table the same key.";
                let found = json::value(key.to_json().get());
                return Err(faulty(message).with(|c| c.found = found));
            }
            Some(last) if *last > key => self.is_broken = true,
            _ => {}
        }
        let is_lowest = match &self.lowest {
            None => true,
            Some((lowest, _)) => key < *lowest,
        };
        if is_lowest {
            self.lowest = Some((key.clone(), line.to_vec()));
        }
        self.last = Some(key);
        Ok(self.last.as_ref())
    }

    fn lowest_of_unordered(&self) -> Option<Vec<u8>> {
        let lowest = self.lowest.as_ref().filter(|_| self.is_broken);
        lowest.map(|(_, line)| line.clone())
    }
}
