//! What differs between a table of an archive and the live one: both are gone through in the order of their keys,
//! side by side. Records are compared by their lines, which one encoder writes in one way only; keys are looked at
//! only where lines differ.

use std::collections::BTreeMap;
use std::ops::Range;

use futures::future::LocalBoxFuture;
use pos_backup_bridge::{RestoreMode, Result, TablePlan};

use crate::archive::{CheckedArchive, Part, Sha256Hex, Table};
use crate::database::{Batch, BlobSink, KeyRange, Pause};
use crate::limits::{
    BLOB_BYTES, COMPARE_CHUNK_RECORDS, EXAMPLES_MAX, LISTED_KEY_MAX_BYTES, PUT_CHUNK_BYTES,
    PUT_CHUNK_RECORDS, READ_BYTES,
};
use crate::record::{Invalid, Key, KeyIn, check_line};
use crate::storage::ReadAt;

/// The comparison of one table.
pub(super) struct Difference<'a, F> {
    archived: Archived<'a, F>,
    live: Live<'a>,
    mode: RestoreMode,
    plan: TablePlan,
    /// Live records that are to be deleted, with none between them that is not.
    deleting: Option<KeyRange>,
    /// What is to be put, where that has to wait until all is deleted that is to be deleted or overwritten.
    later: Option<Marks>,
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
    /// A line does not say its record's key, so that the order cannot be followed: the table has to be written whole.
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

impl<'a, F: ReadAt> Difference<'a, F> {
    /// With `deletes_first`, records that are overwritten are deleted too, and nothing is put before
    /// [`later`](Self::later): a record may have what another one is to get in a unique index.
    pub(super) fn new(
        archive: &'a CheckedArchive<F>,
        table: &'a Table,
        mode: RestoreMode,
        deletes_first: bool,
    ) -> Self {
        let key_in = KeyIn::of(table.schema.key_path.as_ref());
        Self {
            archived: Archived::new(archive, table, key_in),
            live: Live::new(key_in),
            mode,
            plan: TablePlan::new(&table.schema.name),
            deleting: None,
            later: deletes_first.then(Marks::default),
        }
    }

    /// Takes the table's next live records. Those before must have been compared to their end.
    pub(super) fn take(&mut self, batch: Batch) -> Compared<()> {
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

    /// What is to be put once all is deleted, some of it at a time.
    pub(super) fn later(self) -> Option<Later<'a, F>> {
        let Archived { archive, table, .. } = self.archived;
        Some(Later {
            marks: self.later?,
            archived: Archived::new(archive, table, self.archived.key_in),
        })
    }

    /// Compares the next record of either side; false when there is none.
    fn step(&mut self, changes: &mut Changes) -> Compared<bool> {
        let Self { archived, live, .. } = self;
        if live.is_plain() {
            match (archived.line()?, live.line()) {
                (Some(line), Some(other)) if line == other => {
                    archived.advance();
                    live.advance();
                    changes.compared += 1;
                    self.keep(changes);
                    return Ok(true);
                }
                _ => {}
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
                live.advance();
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
        self.put(changes)?;
        Ok(true)
    }

    /// A record that both have.
    fn meet(&mut self, changes: &mut Changes) -> Compared<()> {
        let is_same = self.archived.line()? == self.live.line() && !self.live.is_altered();
        let key = self.live.key()?.cloned();
        self.live.advance();
        if is_same || self.mode == RestoreMode::Fill {
            self.archived.advance();
            changes.compared += 1;
            self.keep(changes);
            return Ok(());
        }
        self.plan.change += 1;
        if let Some(key) = key {
            example(&mut self.plan.examples.change, &key);
            if self.later.is_some() {
                self.delete(key);
            }
        }
        self.put(changes)
    }

    /// A record that stays as it is.
    fn keep(&mut self, changes: &mut Changes) {
        self.plan.unchanged += 1;
        changes.delete.extend(self.deleting.take());
    }

    fn put(&mut self, changes: &mut Changes) -> Compared<()> {
        changes.compared += 1;
        if let Some(later) = &mut self.later {
            later.insert(self.archived.passed);
            self.archived.advance();
            return Ok(());
        }
        // A range must not grow over what is put.
        changes.delete.extend(self.deleting.take());
        self.archived.pass(changes)?;
        Ok(())
    }

    /// A record that only the database has.
    fn remove(&mut self, key: Key, changes: &mut Changes) {
        if self.mode != RestoreMode::Replace {
            self.keep(changes);
            return;
        }
        self.plan.delete += 1;
        example(&mut self.plan.examples.delete, &key);
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

/// A few keys of what is found, unless they are long.
fn example(examples: &mut Vec<serde_json::Value>, key: &Key) {
    if examples.len() < EXAMPLES_MAX {
        let json = key.to_json();
        if json.get().len() <= LISTED_KEY_MAX_BYTES {
            examples.extend(serde_json::from_str(json.get()).ok());
        }
    }
}

/// What is to be put once all is deleted.
pub(super) struct Later<'a, F> {
    marks: Marks,
    archived: Archived<'a, F>,
}

impl<F: ReadAt> Later<'_, F> {
    /// Some of it, perhaps nothing; `None` at the end. (Its records were counted when they were compared.)
    pub(super) fn next(&mut self) -> Result<Option<Changes>> {
        let mut changes = Changes::default();
        let Self { marks, archived } = self;
        while !changes.is_full() {
            archived.skip_parts(|records| !marks.has_any(records));
            if archived.line()?.is_none() {
                return Ok((changes.compared > 0).then_some(changes));
            }
            match marks.has(archived.passed) {
                true => archived.pass(&mut changes)?,
                false => archived.advance(),
            }
            changes.compared += 1;
        }
        Ok(Some(changes))
    }
}

/// Numbers of records, a bit for each.
#[derive(Default)]
struct Marks(Vec<u64>);

impl Marks {
    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(word) = self.0.get_mut(word) {
            *word |= 1 << (number % 64);
        }
    }

    fn has(&self, number: usize) -> bool {
        let word = self.0.get(number / 64).copied().unwrap_or_default();
        word >> (number % 64) & 1 == 1
    }

    fn has_any(&self, mut numbers: Range<usize>) -> bool {
        numbers.any(|number| self.has(number))
    }
}

/// The records of the archive's table, line by line.
struct Archived<'a, F> {
    archive: &'a CheckedArchive<F>,
    table: &'a Table,
    parts: std::slice::Iter<'a, Part>,
    key_in: KeyIn<'a>,
    content: Vec<u8>,
    head: Head,
    /// How many records come before the next one.
    passed: usize,
}

impl<'a, F: ReadAt> Archived<'a, F> {
    fn new(archive: &'a CheckedArchive<F>, table: &'a Table, key_in: KeyIn<'a>) -> Self {
        Self {
            archive,
            table,
            parts: table.parts().iter(),
            key_in,
            content: Vec::new(),
            head: Head::default(),
            passed: 0,
        }
    }

    /// Passes over parts of which this says so, where one begins.
    fn skip_parts(&mut self, is_needless: impl Fn(Range<usize>) -> bool) {
        while self.head.is_at_end(&self.content)
            && let Some(part) = self.parts.as_slice().first()
        {
            let next = self.passed + part.records as usize;
            if !is_needless(self.passed..next) {
                break;
            }
            self.passed = next;
            self.parts.next();
        }
    }

    /// Puts the next record.
    fn pass(&mut self, changes: &mut Changes) -> Result<()> {
        if let Some(line) = self.line()? {
            changes.put.extend_from_slice(line);
        }
        self.advance();
        changes.puts += 1;
        Ok(())
    }

    /// The next line with its LF; `None` at the end.
    fn line(&mut self) -> Result<Option<&[u8]>> {
        while self.head.is_at_end(&self.content) {
            let Some(part) = self.parts.next() else {
                return Ok(None);
            };
            self.archive.read_part(part, &mut self.content)?;
            self.head = Head::default();
        }
        Ok(self.head.line(&self.content))
    }

    /// Its key.
    fn key(&mut self) -> Compared<Option<&Key>> {
        if self.line()?.is_none() {
            return Ok(None);
        }
        self.head.key(&self.content, self.key_in).map(Some)
    }

    fn advance(&mut self) {
        self.head.advance(&self.content);
        self.passed += 1;
    }
}

/// Some of the live records, and the keys of those that could not be encoded as they are.
struct Live<'a> {
    key_in: KeyIn<'a>,
    lines: Vec<u8>,
    head: Head,
    /// Whether the whole record is left out of the lines, and not only some of its values.
    omitted: BTreeMap<Key, bool>,
    is_last: bool,
}

impl<'a> Live<'a> {
    fn new(key_in: KeyIn<'a>) -> Self {
        Self {
            key_in,
            lines: Vec::new(),
            head: Head::default(),
            omitted: BTreeMap::new(),
            is_last: false,
        }
    }

    fn take(&mut self, batch: Batch) -> Compared<()> {
        self.lines = batch.lines;
        self.head = Head::default();
        self.is_last = batch.last;
        self.omitted.clear();
        for omission in batch.omissions {
            let key = serde_json::value::to_raw_value(&omission.key);
            let key = key.ok().and_then(|key| Key::read(&key).ok().flatten());
            let key = key.ok_or(Fault::Incomparable)?;
            self.omitted.insert(key, omission.path.is_empty());
        }
        Ok(())
    }

    /// Whether lines say all of the records.
    fn is_plain(&self) -> bool {
        self.omitted.is_empty()
    }

    /// The next record's line with its LF; `None` where it has none.
    fn line(&self) -> Option<&[u8]> {
        match self.is_left_out() {
            true => None,
            false => self.head.line(&self.lines),
        }
    }

    /// The next record's key; `None` at the end.
    fn key(&mut self) -> Compared<Option<&Key>> {
        if self.head.line(&self.lines).is_some() {
            // A line that could not be restored can still be replaced.
            let key = self.head.key(&self.lines, self.key_in);
            key.map_err(|_| Fault::Incomparable)?;
        }
        match self.is_left_out() {
            true => Ok(self.first_left_out()),
            false => Ok(self.head.key.as_ref()),
        }
    }

    /// Whether the next record is one without a line. Its key must be known.
    fn is_left_out(&self) -> bool {
        match (self.first_left_out(), &self.head.key) {
            (Some(key), Some(head)) => key < head,
            (first, _) => first.is_some() && self.head.is_at_end(&self.lines),
        }
    }

    fn first_left_out(&self) -> Option<&Key> {
        let mut whole = self.omitted.iter().filter(|(_, whole)| **whole);
        whole.next().map(|(key, _)| key)
    }

    /// Whether the next record's line does not say all of it.
    fn is_altered(&self) -> bool {
        let key = self.head.key.as_ref();
        key.is_some_and(|key| self.omitted.contains_key(key))
    }

    fn advance(&mut self) {
        if !self.is_left_out() {
            self.head.advance(&self.lines);
        } else if let Some(key) = self.first_left_out().cloned() {
            self.omitted.remove(&key);
        }
    }
}

/// A line among others, and its key once somebody wants it.
#[derive(Default)]
struct Head {
    at: usize,
    key: Option<Key>,
}

impl Head {
    fn is_at_end(&self, lines: &[u8]) -> bool {
        self.at >= lines.len()
    }

    fn line<'l>(&self, lines: &'l [u8]) -> Option<&'l [u8]> {
        let rest = lines.get(self.at..)?;
        rest.split_inclusive(|byte| *byte == b'\n').next()
    }

    fn key(&mut self, lines: &[u8], key_in: KeyIn<'_>) -> Compared<&Key> {
        if self.key.is_none() {
            let line = self.line(lines).unwrap_or_default();
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let checked = check_line(line, key_in);
            self.key = checked
                .map_err(|invalid: Invalid| Fault::Error(invalid.into()))?
                .key;
        }
        self.key.as_ref().ok_or(Fault::Incomparable)
    }

    fn advance(&mut self, lines: &[u8]) {
        self.at += self.line(lines).map_or(0, <[u8]>::len);
        self.key = None;
    }
}

/// Names large values, and keeps none.
pub(super) struct Hashing;

impl BlobSink for Hashing {
    fn blob_bytes(&self) -> u32 {
        BLOB_BYTES
    }

    fn keep<'a>(
        &'a mut self,
        content: &'a dyn ReadAt,
        pause: &'a mut dyn Pause,
    ) -> LocalBoxFuture<'a, Result<String>> {
        Box::pin(async move {
            let mut sum = Sha256Hex::default();
            let mut buffer = vec![0; READ_BYTES];
            let mut offset = 0;
            while offset < content.size() {
                let length = (content.size() - offset).min(READ_BYTES as u64);
                let piece = buffer.get_mut(..length as usize).unwrap_or_default();
                content.read_at(offset, piece)?;
                sum.update(piece);
                offset += length;
                pause.pause().await?;
            }
            Ok(sum.finish())
        })
    }
}
