//! A database in memory. Its records are lines, so that no value is needed to stand for them.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use pos_backup_bridge::{
    Consistency, DatabaseSchema, Error, ErrorCode, KeyPath, Result, Schema, StoreSchema,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Steps;
use super::steps::Kind;
use crate::database::{Batch, Database, Snapshot, Transaction};

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
    version: u32,
    tables: Rc<RefCell<Vec<MemoryTable>>>,
    steps: Steps,
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
}

impl MemoryDatabase {
    /// A database with these tables.
    pub fn new(name: &str, version: u32, tables: Vec<MemoryTable>, steps: &Steps) -> Self {
        Self {
            name: name.to_owned(),
            version,
            tables: Rc::new(RefCell::new(tables)),
            steps: steps.clone(),
        }
    }

    /// All that it holds.
    pub fn tables(&self) -> Vec<MemoryTable> {
        self.tables.borrow().clone()
    }

    fn indexes(&self, tables: &[StoreSchema]) -> Result<Vec<usize>> {
        let all = self.tables.borrow();
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
        let tables = self.tables.borrow();
        Ok(Schema {
            database: DatabaseSchema {
                name: self.name.clone(),
                version: self.version,
            },
            action_queue: None,
            stores: tables.iter().map(|table| table.schema.clone()).collect(),
        })
    }

    async fn read(
        &self,
        tables: &[StoreSchema],
        _consistency: Consistency,
    ) -> Result<MemorySnapshot> {
        self.steps.wait("read").await?;
        let indexes = self.indexes(tables)?;
        self.steps.begin(Kind::Transaction);
        let all = self.tables.borrow();
        let tables: Vec<_> = indexes
            .iter()
            .filter_map(|index| all.get(*index).cloned())
            .collect();
        Ok(MemorySnapshot {
            turns: (0..tables.len()).map(|table| (table, 0)).collect(),
            tables,
            steps: self.steps.clone(),
        })
    }

    async fn write(&self, tables: &[StoreSchema]) -> Result<MemoryTransaction> {
        self.steps.wait("write").await?;
        let indexes = self.indexes(tables)?;
        self.steps.begin(Kind::Transaction);
        Ok(MemoryTransaction {
            places: vec![HashMap::new(); indexes.len()],
            indexes,
            tables: self.tables.borrow().clone(),
            database: self.clone(),
        })
    }
}

/// A copy of the tables as they were, read in turns.
pub struct MemorySnapshot {
    tables: Vec<MemoryTable>,
    turns: VecDeque<(usize, usize)>,
    steps: Steps,
}

impl Snapshot for MemorySnapshot {
    async fn counts(&mut self) -> Result<Vec<u64>> {
        self.steps.wait("counts").await?;
        Ok(self
            .tables
            .iter()
            .map(|table| table.lines.len() as u64)
            .collect())
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        let Some((table, start)) = self.turns.pop_front() else {
            return Ok(None);
        };
        self.steps.wait("next").await?;
        let lines = self
            .tables
            .get(table)
            .map(|table| table.lines.as_slice())
            .unwrap_or_default();
        let rest = lines.get(start..).unwrap_or_default();
        let batch = rest.get(..BATCH_RECORDS).unwrap_or(rest);
        let last = start + batch.len() == lines.len();
        if !last {
            self.turns.push_back((table, start + batch.len()));
        }
        let keys = match batch {
            [] => None,
            [first, .., last] => Some((key_of(first)?, key_of(last)?)),
            [only] => Some((key_of(only)?, key_of(only)?)),
        };
        Ok(Some(Batch {
            table,
            lines: batch.concat().into_bytes(),
            records: batch.len() as u64,
            keys,
            last,
        }))
    }

    async fn close(self) {
        self.steps.end(Kind::Transaction);
    }
}

/// A copy of all tables, which replaces them at the commit.
pub struct MemoryTransaction {
    indexes: Vec<usize>,
    tables: Vec<MemoryTable>,
    /// Where the record of each key is, for each table that was cleared.
    places: Vec<HashMap<String, usize>>,
    database: MemoryDatabase,
}

impl MemoryTransaction {
    fn table(&mut self, table: usize) -> Result<&mut MemoryTable> {
        let index = self.indexes.get(table).copied().unwrap_or(usize::MAX);
        self.tables.get_mut(index).ok_or_else(no_such_table)
    }
}

impl Transaction for MemoryTransaction {
    async fn clear(&mut self, table: usize) -> Result<()> {
        self.database.steps.wait("clear").await?;
        self.table(table)?.lines.clear();
        Ok(())
    }

    async fn put(&mut self, table: usize, lines: &[u8]) -> Result<()> {
        self.database.steps.wait("put").await?;
        let text = std::str::from_utf8(lines)
            .map_err(|error| Error::new(ErrorCode::RecordInvalid, error.to_string()))?;
        let mut places = self
            .places
            .get_mut(table)
            .map(std::mem::take)
            .ok_or_else(no_such_table)?;
        let kept = &mut self.table(table)?.lines;
        for line in text.split_inclusive('\n') {
            let key = key_of(line)?.get().to_owned();
            let place = *places.entry(key).or_insert(kept.len());
            match kept.get_mut(place) {
                Some(other) => line.clone_into(other),
                None => kept.push(line.to_owned()),
            }
        }
        if let Some(kept) = self.places.get_mut(table) {
            *kept = places;
        }
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
        self.database.tables.replace(self.tables);
        Ok(())
    }

    async fn abort(self) {
        self.database.steps.end(Kind::Transaction);
    }
}

fn no_such_table() -> Error {
    Error::new(ErrorCode::Internal, "No such table.")
}

/// A line's `k`, or else the `id` of its value. The rest of the value stays unread: strings may be what
/// Rust's cannot.
fn key_of(line: &str) -> Result<Box<RawValue>> {
    #[derive(Deserialize)]
    struct Line<'a> {
        #[serde(borrow)]
        v: &'a RawValue,
        #[serde(borrow)]
        k: Option<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Value<'a> {
        #[serde(borrow)]
        id: Option<&'a RawValue>,
    }
    let line: Line<'_> = serde_json::from_str(line)
        .map_err(|error| Error::new(ErrorCode::RecordInvalid, error.to_string()))?;
    let id = || serde_json::from_str::<Value<'_>>(line.v.get()).ok()?.id;
    line.k
        .or_else(id)
        .map(RawValue::to_owned)
        .ok_or_else(|| Error::new(ErrorCode::DatabaseFailed, "The record has no key."))
}
