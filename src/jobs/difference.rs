//! What differs between a table of an archive and the live one: both are gone through in the order of their keys,
//! side by side. Records are compared by their lines, which one encoder writes in one way only; keys are looked at
//! only where lines differ.

mod later;
mod lines;

use pos_backup_bridge::{KeyPath, RestoreMode, TablePlan, json};

use crate::archive::{Parts, Table};
use crate::database::{Batch, KeyRange};
use crate::journal::{Evidence, RecordAt};
use crate::limits::{
    COMPARE_CHUNK_RECORDS, EVIDENCE_MAX, EXAMPLES_MAX, LISTED_KEY_MAX_BYTES, PUT_CHUNK_BYTES,
    PUT_CHUNK_RECORDS,
};
use crate::record::{Key, KeyIn, index_key, read_line};
pub(super) use later::Later;
use later::Marks;
use lines::{Archived, Live, pass_common};

/// The comparison of one table.
pub(super) struct Difference<'a> {
    archived: Archived<'a>,
    live: Live<'a>,
    mode: RestoreMode,
    /// Whether lines that differ are the same if they stand for the same value.
    by_value: bool,
    plan: TablePlan,
    /// Live records that are to be deleted, with none between them that is not.
    deleting: Option<KeyRange>,
    evidence: Vec<Evidence>,
    /// What is to be put, where that has to wait until all is deleted that is to be deleted or overwritten.
    later: Option<Marks>,
    unique: &'a [KeyPath],
}

/// What makes the records that were compared what the mode wants. No key of a put is in a range, so that the order
/// does not matter.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Lines of the archive.
    pub(super) put: Vec<u8>,
    /// How many.
    pub(super) puts: usize,
    /// Keys of live records.
    pub(super) delete: Vec<KeyRange>,
    /// How many records of the archive were compared.
    pub(super) compared: u64,
}

impl Changes {
    /// Whether anything is to be written.
    pub(super) fn has_work(&self) -> bool {
        self.puts > 0 || !self.delete.is_empty()
    }

    /// Whether it is time to do something about it, or to give way.
    fn is_full(&self) -> bool {
        self.puts >= PUT_CHUNK_RECORDS
            || self.put.len() >= PUT_CHUNK_BYTES
            || self.delete.len() >= PUT_CHUNK_RECORDS
            || self.compared >= COMPARE_CHUNK_RECORDS
    }
}

/// Why a comparison ends.
#[derive(Debug)]
pub(super) enum Fault {
    /// A line does not say its record's key, or lines are in another order: the table has to be written whole.
    Incomparable,
    /// Anything else.
    Error(pos_backup_bridge::Error),
}

impl From<pos_backup_bridge::Error> for Fault {
    fn from(error: pos_backup_bridge::Error) -> Self {
        Self::Error(error)
    }
}

type Compared<T> = std::result::Result<T, Fault>;

impl<'a> Difference<'a> {
    /// `unique` are the key paths of the table's unique indexes, where changes are made: a record may have there what another
    /// one is to get. So records that get something else there are deleted too, and nothing of the kind is put before
    /// [`later`](Self::later).
    pub(super) fn new(
        archive: &'a dyn Parts,
        table: &'a Table,
        mode: RestoreMode,
        unique: &'a [KeyPath],
    ) -> Self {
        let key_in = KeyIn::of(table.schema.key_path.as_ref());
        Self {
            archived: Archived::new(archive, table, key_in),
            live: Live::new(key_in),
            mode,
            by_value: false,
            plan: TablePlan::new(&table.schema.name),
            deleting: None,
            evidence: Vec::new(),
            later: (!unique.is_empty()).then(Marks::default),
            unique,
        }
    }

    /// For records that were read from this archive: another program's archive may say the same in other words.
    pub(super) fn by_value(self) -> Self {
        Self {
            by_value: true,
            ..self
        }
    }

    /// Takes the table's next live records. Those before must have been compared to their end.
    pub(super) fn take(&mut self, batch: Batch) -> Compared<()> {
        if !self.archived.is_in_order() {
            return Err(Fault::Incomparable);
        }
        // What comes after the last ones only says more of some of them.
        match self.live.is_last {
            true => Ok(()),
            false => self.live.take(batch),
        }
    }

    /// Whether the last live records are there.
    pub(super) fn has_all(&self) -> bool {
        self.live.is_last
    }

    /// Goes on comparing; `None` when more live records are needed, or all is compared.
    pub(super) fn next(&mut self) -> Compared<Option<Changes>> {
        let mut changes = Changes::default();
        while !changes.is_full() && self.step(&mut changes)? {}
        changes.delete.extend(self.deleting.take());
        let is_nothing = changes.compared == 0 && changes.delete.is_empty();
        Ok((!is_nothing).then_some(changes))
    }

    /// What was found so far; of the whole table once the last live records are compared.
    pub(super) fn plan(&self) -> TablePlan {
        self.plan.clone()
    }

    /// A few records that are others once all is done.
    pub(super) fn evidence(&self) -> Vec<Evidence> {
        self.evidence.clone()
    }

    /// What is to be put once all is deleted, some of it at a time.
    pub(super) fn later(&mut self) -> Option<Later<'a>> {
        let archived = self.archived.again();
        let marks = self.later.take()?;
        Some(Later { marks, archived })
    }

    /// Compares the next record of either side; false when there is none.
    fn step(&mut self, changes: &mut Changes) -> Compared<bool> {
        let Self { archived, live, .. } = self;
        if live.is_plain() {
            let records = pass_common(archived, live)? as u64;
            if records > 0 {
                changes.compared += records;
                self.keep(records, changes);
                return Ok(true);
            }
        }
        let Some(key) = live.key()? else {
            if !live.is_last {
                return Ok(false);
            }
            return self.add(changes);
        };
        match archived.key()? {
            Some(other) if other < key => self.add(changes),
            Some(other) if other == key => {
                self.meet(changes)?;
                Ok(true)
            }
            _ => {
                let key = key.clone();
                self.remove(key, changes);
                Ok(true)
            }
        }
    }

    /// A record that only the archive has; false when it has none left.
    fn add(&mut self, changes: &mut Changes) -> Compared<bool> {
        let Some(key) = self.archived.key()? else {
            return Ok(false);
        };
        self.plan.add += 1;
        example(&mut self.plan.examples.add, key);
        if self.plan.add <= EVIDENCE_MAX {
            let record = record_at(&self.plan.table, key);
            let line = self.archived.line()?;
            self.evidence.extend(Evidence::new(record, None, line));
        }
        self.archived.doubt_order()?;
        self.put(changes)?;
        Ok(true)
    }

    /// A record that both have.
    fn meet(&mut self, changes: &mut Changes) -> Compared<()> {
        let (archived, live) = (self.archived.line()?, self.live.line());
        let is_equal = archived == live;
        let means_same = is_equal || self.by_value && is_same_value(archived, live);
        let is_same = means_same && !self.live.is_altered();
        if self.mode == RestoreMode::Fill && !is_equal {
            self.archived.doubt();
        }
        let key = self.live.key()?.cloned();
        if is_same || self.mode == RestoreMode::Fill {
            self.live.advance();
            self.archived.advance();
            changes.compared += 1;
            self.keep(1, changes);
            return Ok(());
        }
        self.plan.change += 1;
        if let Some(key) = key {
            example(&mut self.plan.examples.change, &key);
            if self.plan.change <= EVIDENCE_MAX {
                let record = record_at(&self.plan.table, &key);
                let (before, after) = (self.live.line(), self.archived.line()?);
                self.evidence.extend(Evidence::new(record, before, after));
            }
            if self.later.is_some() && !self.keeps_unique()? {
                self.delete(key);
                self.live.advance();
                return self.put(changes);
            }
        }
        self.live.advance();
        self.put_at_once(changes)
    }

    /// Whether the archive's record has in all unique indexes what the live one has: then it is in nobody's way.
    fn keeps_unique(&mut self) -> Compared<bool> {
        let unique = self.unique;
        let (Some(line), Some(live)) = (self.archived.line()?, self.live.line()) else {
            return Ok(false);
        };
        let key = |line: &[u8], path| index_key(line.strip_suffix(b"\n").unwrap_or(line), path);
        Ok(unique.iter().all(|path| {
            let own = key(line, path);
            own.is_some() && own == key(live, path)
        }))
    }

    /// Records that stay as they are.
    fn keep(&mut self, records: u64, changes: &mut Changes) {
        self.plan.unchanged += records;
        changes.delete.extend(self.deleting.take());
    }

    fn put(&mut self, changes: &mut Changes) -> Compared<()> {
        let Some(later) = &mut self.later else {
            return self.put_at_once(changes);
        };
        changes.compared += 1;
        later.insert(self.archived.passed);
        self.archived.advance();
        Ok(())
    }

    fn put_at_once(&mut self, changes: &mut Changes) -> Compared<()> {
        changes.compared += 1;
        // A range must not grow over what is put.
        changes.delete.extend(self.deleting.take());
        self.archived.pass(changes)?;
        Ok(())
    }

    /// A record that only the database has.
    fn remove(&mut self, key: Key, changes: &mut Changes) {
        if self.mode != RestoreMode::Replace || self.archived.is_at_gap() {
            self.live.advance();
            self.keep(1, changes);
            return;
        }
        self.plan.delete += 1;
        example(&mut self.plan.examples.delete, &key);
        if self.plan.delete <= EVIDENCE_MAX {
            let record = record_at(&self.plan.table, &key);
            self.evidence
                .extend(Evidence::new(record, self.live.line(), None));
        }
        self.live.advance();
        self.delete(key);
    }

    fn delete(&mut self, key: Key) {
        match &mut self.deleting {
            Some(range) => range.last = key,
            None => {
                self.deleting = Some(KeyRange {
                    first: key.clone(),
                    last: key,
                });
            }
        }
    }
}

fn is_same_value(line: Option<&[u8]>, other: Option<&[u8]>) -> bool {
    let read = |line: Option<&[u8]>| {
        let line = line?;
        read_line(line.strip_suffix(b"\n").unwrap_or(line)).ok()
    };
    matches!((read(line), read(other)), (Some(record), Some(other)) if record == other)
}

/// A few keys of what is found, unless they are long.
fn example(examples: &mut Vec<serde_json::Value>, key: &Key) {
    if examples.len() < EXAMPLES_MAX {
        let json = key.to_json();
        if json.get().len() <= LISTED_KEY_MAX_BYTES {
            examples.extend(json::value(json.get()));
        }
    }
}

fn record_at(table: &str, key: &Key) -> RecordAt {
    RecordAt {
        table: table.to_owned(),
        key: Some(key.to_json().get().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_another_program_are_the_same_value() {
        let line = r#"{"v":{"id":1,"price":2.5,"name":"é"}}"#;
        let other = r#"{"v": {"name": "\u00e9", "id": 1.0, "price": 25e-1}}"#;
        let is_same =
            |line: &str, other: &str| is_same_value(Some(line.as_bytes()), Some(other.as_bytes()));
        assert!(is_same(
            line,
            r#"{"v": {"id": 1.0, "price": 25e-1, "name": "\u00e9"}}"#
        ));
        assert!(
            !is_same(line, other),
            "the order of properties is part of a value"
        );
        assert!(!is_same(line, r#"{"v":{"id":1,"price":2.25,"name":"é"}}"#));
        assert!(!is_same(line, ""));
        assert!(!is_same_value(None, None));
    }
}
