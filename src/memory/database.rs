//! A database in memory. Its records are lines, so that no value is needed to stand for them.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::rc::Rc;

use pos_backup_bridge::{DatabaseSchema, Error, ErrorCode, KeyPath, Result, Schema, StoreSchema};

use serde_json::value::RawValue;

use super::Steps;
use super::steps::Kind;
use crate::archive::Sha256Hex;
use crate::database::{
    Batch, BlobSink, BlobSource, Database, KeyRange, LiveBatch, ReadOptions, Snapshot, Transaction,
};
use crate::journal::RecordAt;
use crate::record::{Key, KeyIn, check_line};

/// Records in a batch: few, so that small tests have several batches.
const BATCH_RECORDS: usize = 3;

/// A table: its shape and its records' lines, in key order.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryTable {
    /// Its shape.
    pub schema: StoreSchema,
    /// Its records' lines, each with its LF.
    pub lines: Vec<String>,
}

/// A database in memory.
#[derive(Clone)]
pub struct MemoryDatabase {
    name: String,
    content: Rc<RefCell<Content>>,
    steps: Steps,
    /// Whether each put silently loses its last record.
    pub loses_records: bool,
    /// What each put silently writes in place of what.
    pub alters_records: Option<(&'static str, &'static str)>,
    /// Indexes of tables that hold a record which cannot be read.
    pub unreadable: Vec<usize>,
}

#[derive(Clone, Default)]
struct Content {
    /// `None` while the database does not exist.
    version: Option<u64>,
    tables: Vec<MemoryTable>,
    /// The large values that lines name, by their SHA-256.
    blobs: BTreeMap<String, Vec<u8>>,
}

impl MemoryTable {
    /// A table with the key path `id`, or without one.
    pub fn new(name: &str, inline: bool, lines: Vec<String>) -> Self {
        let schema = StoreSchema {
            name: name.to_owned(),
            key_path: inline.then(|| KeyPath::Single("id".to_owned())),
            auto_increment: false,
            next_key: None,
            indexes: Vec::new(),
        };
        Self { schema, lines }
    }

    fn with_lines(&self, lines: Vec<String>) -> Self {
        let schema = self.schema.clone();
        Self { schema, lines }
    }

    /// Where the record of a key is, or else where it belongs.
    fn place_of(&self, key: &Key) -> Result<std::result::Result<usize, usize>> {
        // The last of them tells at once, as most records come in order.
        if let Some(last) = self.lines.last()
            && self.key_of(last)? < *key
        {
            return Ok(Err(self.lines.len()));
        }
        let mut unreadable = None;
        let place = self.lines.binary_search_by(|line| {
            self.key_of(line).map_or_else(
                |error| {
                    unreadable = Some(error);
                    Ordering::Equal
                },
                |found| found.cmp(key),
            )
        });
        unreadable.map_or(Ok(place), Err)
    }

    fn key_of(&self, line: &str) -> Result<Key> {
        let key_in = KeyIn::of(self.schema.key_path.as_ref());
        let checked = check_line(line.trim_end().as_bytes(), key_in);
        let key = checked.map_err(Error::from)?.key;
        key.ok_or_else(|| Error::new(ErrorCode::DatabaseFailed, "The record has no key."))
    }
}

impl MemoryDatabase {
    /// A database with these tables.
    pub fn new(name: &str, version: u64, tables: Vec<MemoryTable>, steps: &Steps) -> Self {
        let database = Self::missing(name, steps);
        database.content.replace(Content {
            version: Some(version),
            tables,
            blobs: BTreeMap::new(),
        });
        database
    }

    /// A database that does not exist.
    pub fn missing(name: &str, steps: &Steps) -> Self {
        Self {
            name: name.to_owned(),
            content: Rc::default(),
            steps: steps.clone(),
            loses_records: false,
            alters_records: None,
            unreadable: Vec::new(),
        }
    }

    /// The same database, found by another start.
    pub fn found(&self, steps: &Steps) -> Self {
        Self {
            steps: steps.clone(),
            ..self.clone()
        }
    }

    /// All that it holds.
    pub fn tables(&self) -> Vec<MemoryTable> {
        self.content.borrow().tables.clone()
    }

    /// Its version, if it exists.
    pub fn version(&self) -> Option<u64> {
        self.content.borrow().version
    }

    /// The large values that its lines name, by their SHA-256.
    pub fn blobs(&self) -> BTreeMap<String, Vec<u8>> {
        self.content.borrow().blobs.clone()
    }

    /// Keeps a large value, and gives its SHA-256.
    pub fn add_blob(&self, content: &[u8]) -> String {
        let mut sum = Sha256Hex::default();
        sum.update(content);
        let sha256 = sum.finish();
        let mut database = self.content.borrow_mut();
        database.blobs.insert(sha256.clone(), content.to_vec());
        sha256
    }

    fn indexes(tables: &[StoreSchema], all: &[MemoryTable]) -> Result<Vec<usize>> {
        let by_name = all.iter().enumerate();
        let by_name: HashMap<_, _> = by_name
            .map(|(index, table)| (table.schema.name.as_str(), index))
            .collect();
        let find = |store: &StoreSchema| {
            let index = by_name.get(store.name.as_str()).copied();
            index.ok_or_else(|| no_such_table().in_table(&store.name))
        };
        tables.iter().map(find).collect()
    }
}

impl Database for MemoryDatabase {
    type Snapshot = MemorySnapshot;
    type Transaction = MemoryTransaction;

    async fn schema(&self, _next_keys: bool) -> Result<Schema> {
        self.steps.wait("schema").await?;
        let content = self.content.borrow();
        let stores = content.tables.iter().map(|table| table.schema.clone());
        let version = content.version.ok_or_else(no_such_database)?;
        Ok(Schema {
            database: DatabaseSchema {
                name: self.name.clone(),
                version,
            },
            action_queue: None,
            stores: stores.collect(),
            partial: false,
        })
    }

    async fn lines(&self, records: &[RecordAt]) -> Result<Vec<Option<Vec<u8>>>> {
        self.steps.wait("lines").await?;
        self.version().ok_or_else(no_such_database)?;
        let content = self.content.borrow();
        let line_of = |record: &RecordAt| {
            let mut tables = content.tables.iter();
            let table = tables.find(|table| table.schema.name == record.table);
            let table = table.ok_or_else(no_such_table)?;
            let place = match &record.key {
                None => 0,
                Some(key) => table.place_of(&key_from(key)?)?.unwrap_or(usize::MAX),
            };
            Ok(table.lines.get(place).map(|line| line.as_bytes().to_vec()))
        };
        records.iter().map(line_of).collect()
    }

    async fn read(&self, tables: &[StoreSchema], _options: ReadOptions) -> Result<MemorySnapshot> {
        self.steps.wait("read").await?;
        let content = self.content.borrow();
        let indexes = Self::indexes(tables, &content.tables)?;
        self.steps.begin(Kind::Transaction);
        let tables: Vec<_> = indexes
            .iter()
            .filter_map(|index| content.tables.get(*index).cloned())
            .collect();
        Ok(MemorySnapshot {
            turns: (0..tables.len()).map(|table| (table, 0)).collect(),
            tables,
            blobs: content.blobs.clone(),
            steps: self.steps.clone(),
        })
    }

    async fn write(&self, tables: &[StoreSchema]) -> Result<MemoryTransaction> {
        self.steps.wait("write").await?;
        let content = self.content.borrow().clone();
        self.begin(content, tables)
    }

    async fn remove(&self) -> Result<()> {
        self.steps.wait("remove_database").await?;
        self.content.replace(Content::default());
        Ok(())
    }

    async fn create(&self, schema: &Schema, tables: &[StoreSchema]) -> Result<MemoryTransaction> {
        self.steps.wait("create").await?;
        let stores = schema.stores.iter().map(|store| MemoryTable {
            schema: store.clone(),
            lines: Vec::new(),
        });
        let content = Content {
            version: Some(schema.database.version),
            tables: stores.collect(),
            blobs: BTreeMap::new(),
        };
        self.begin(content, tables)
    }
}

impl MemoryDatabase {
    fn begin(&self, content: Content, tables: &[StoreSchema]) -> Result<MemoryTransaction> {
        let indexes = Self::indexes(tables, &content.tables)?;
        self.steps.begin(Kind::Transaction);
        Ok(MemoryTransaction {
            reading: BTreeMap::new(),
            indexes,
            content,
            database: self.clone(),
        })
    }
}

/// A copy of the tables as they were, read in turns.
pub struct MemorySnapshot {
    tables: Vec<MemoryTable>,
    turns: VecDeque<(usize, usize)>,
    blobs: BTreeMap<String, Vec<u8>>,
    steps: Steps,
}

impl MemorySnapshot {
    fn lengths(&self) -> Vec<u64> {
        let tables = self.tables.iter();
        tables.map(|table| table.lines.len() as u64).collect()
    }
}

impl Snapshot for MemorySnapshot {
    async fn about(&mut self) -> Result<Vec<u64>> {
        self.steps.wait("about").await?;
        Ok(self.lengths())
    }

    async fn next(&mut self, blobs: &mut dyn BlobSink) -> Result<Option<Batch>> {
        let Some((table, start)) = self.turns.pop_front() else {
            return Ok(None);
        };
        self.steps.wait("next").await?;
        let all = self.tables.get(table).ok_or_else(no_such_table)?;
        let rest = all.lines.get(start..).unwrap_or_default();
        let lines = rest.get(..BATCH_RECORDS).unwrap_or(rest);
        let last = lines.len() == rest.len();
        if !last {
            self.turns.push_back((table, start + lines.len()));
        }
        let some = all.with_lines(lines.to_vec());
        let batch = batch(table, &some, last, &self.blobs, blobs, &self.steps);
        Ok(Some(batch.await?))
    }

    async fn keep_open(&mut self) -> Result<()> {
        self.steps.wait("keep_open").await
    }

    async fn counts(&mut self) -> Result<Vec<u64>> {
        self.steps.wait("counts").await?;
        Ok(self.lengths())
    }

    async fn close(self) {
        self.steps.end(Kind::Transaction);
    }
}

/// A copy of all tables, which replaces them at the commit.
pub struct MemoryTransaction {
    indexes: Vec<usize>,
    content: Content,
    /// What is still to be read of the tables that are being read.
    reading: BTreeMap<usize, VecDeque<String>>,
    database: MemoryDatabase,
}

impl MemoryTransaction {
    fn table(&mut self, table: usize) -> Result<&mut MemoryTable> {
        let index = self.indexes.get(table).copied().unwrap_or(usize::MAX);
        self.content.tables.get_mut(index).ok_or_else(no_such_table)
    }
}

impl Transaction for MemoryTransaction {
    async fn advance_generator(&mut self, _table: usize) -> Result<()> {
        self.database.steps.wait("advance_generator").await
    }

    async fn clear(&mut self, table: usize) -> Result<()> {
        self.database.steps.wait("clear").await?;
        self.reading.remove(&table);
        self.table(table)?.lines.clear();
        Ok(())
    }

    async fn put(&mut self, table: usize, lines: &[u8], blobs: &impl BlobSource) -> Result<()> {
        self.database.steps.wait("put").await?;
        let text = std::str::from_utf8(lines)
            .map_err(|error| Error::new(ErrorCode::RecordInvalid, error.to_string()))?;
        for sha256 in text.lines().flat_map(blobs_of) {
            let mut content = Vec::new();
            let mut take = |piece: &[u8]| {
                content.extend_from_slice(piece);
                Ok(())
            };
            let mut pause = async || self.database.steps.wait("piece").await;
            blobs.read(&sha256, &mut take, &mut pause).await?;
            self.content.blobs.insert(sha256, content);
        }
        let mut lines = text.split_inclusive('\n');
        if self.database.loses_records {
            lines.next_back();
        }
        let alters_records = self.database.alters_records;
        let table = self.table(table)?;
        for line in lines {
            let line = match alters_records {
                Some((from, to)) => &line.replace(from, to),
                None => line,
            };
            match table.place_of(&table.key_of(line)?)? {
                Ok(place) => {
                    let replaced = table.lines.splice(place..=place, [line.to_owned()]);
                    replaced.for_each(drop);
                }
                Err(place) => table.lines.insert(place, line.to_owned()),
            }
        }
        Ok(())
    }

    async fn read(&mut self, table: usize, blobs: &mut dyn BlobSink) -> Result<LiveBatch> {
        self.database.steps.wait("read").await?;
        if self.database.unreadable.contains(&table) {
            return Ok(LiveBatch::Unreadable);
        }
        let all = self.table(table)?.clone();
        let lines = all.lines.clone();
        let reading = self.reading.entry(table).or_insert_with(|| lines.into());
        let count = reading.len().min(BATCH_RECORDS);
        let lines: Vec<_> = reading.drain(..count).collect();
        let last = reading.is_empty();
        if last {
            self.reading.remove(&table);
        }
        let steps = &self.database.steps;
        let some = all.with_lines(lines);
        let batch = batch(table, &some, last, &self.content.blobs, blobs, steps);
        Ok(LiveBatch::Records(batch.await?))
    }

    async fn delete(&mut self, table: usize, keys: &KeyRange) -> Result<()> {
        self.database.steps.wait("delete").await?;
        let table = self.table(table)?;
        let start = table.place_of(&keys.first)?.unwrap_or_else(|place| place);
        let end = table
            .place_of(&keys.last)?
            .map_or_else(|place| place, |place| place + 1);
        table.lines.drain(start..end);
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        self.database.steps.wait("flush").await
    }

    async fn count(&mut self, table: usize) -> Result<u64> {
        self.database.steps.wait("count").await?;
        Ok(self.table(table)?.lines.len() as u64)
    }

    async fn keep_open(&mut self) -> Result<()> {
        self.database.steps.wait("keep_open").await
    }

    async fn commit(self) -> Result<()> {
        self.database.steps.end(Kind::Transaction);
        self.database.steps.wait("commit").await?;
        self.database.content.replace(self.content);
        Ok(())
    }

    async fn abort(self) {
        self.database.steps.end(Kind::Transaction);
    }
}

/// The blobs that a line names.
fn blobs_of(line: &str) -> Vec<String> {
    let line = line.trim_end();
    let line = line.as_bytes();
    let checked = check_line(line, KeyIn::Record(None)).or_else(|_| check_line(line, KeyIn::Line));
    let blobs = checked.map(|checked| checked.blobs).unwrap_or_default();
    blobs.into_iter().map(|blob| blob.sha256).collect()
}

fn no_such_database() -> Error {
    Error::new(ErrorCode::DatabaseNotFound, "The database does not exist.")
}

/// A key that is written as in a line.
fn key_from(json: &str) -> Result<Key> {
    let key = serde_json::from_str(json).ok();
    let key = key.and_then(|key: &RawValue| Key::read(key).ok().flatten());
    key.ok_or_else(|| Error::new(ErrorCode::Internal, "No key."))
}

fn no_such_blob() -> Error {
    Error::new(ErrorCode::Internal, "No such large value.")
}

fn no_such_table() -> Error {
    Error::new(ErrorCode::Internal, "No such table.")
}

/// These lines as a batch.
async fn batch(
    index: usize,
    table: &MemoryTable,
    last: bool,
    kept: &BTreeMap<String, Vec<u8>>,
    blobs: &mut dyn BlobSink,
    steps: &Steps,
) -> Result<Batch> {
    let lines = table.lines.as_slice();
    let key = |line: &String| table.key_of(line).map(|key| key.to_json());
    let keys = match lines {
        [] => None,
        [first, .., last] => Some((key(first)?, key(last)?)),
        [only] => Some((key(only)?, key(only)?)),
    };
    for sha256 in lines.iter().flat_map(|line| blobs_of(line)) {
        let content = kept.get(&sha256).ok_or_else(no_such_blob)?;
        let mut pause = async || steps.wait("piece").await;
        let kept = blobs.keep(content, &mut pause).await?;
        debug_assert_eq!(kept, sha256, "a value's name is its checksum");
    }
    Ok(Batch {
        table: index,
        lines: lines.concat().into_bytes(),
        records: lines.len() as u64,
        keys,
        unusual: true,
        omissions: Vec::new(),
        records_omitted: 0,
        warnings: Vec::new(),
        last,
    })
}
