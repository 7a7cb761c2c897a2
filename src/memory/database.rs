//! A database in memory. Its records are lines, so that no value is needed to stand for them.

use std::cell::RefCell;
use std::rc::Rc;

use pos_backup_bridge::{
    Consistency, DatabaseSchema, Error, ErrorCode, KeyPath, Result, Schema, StoreSchema,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Steps;
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
        let find = |store: &StoreSchema| {
            all.iter()
                .position(|table| table.schema.name == store.name)
                .ok_or_else(|| {
                    Error::new(ErrorCode::Internal, "No such table.").in_table(&store.name)
                })
        };
        tables.iter().map(find).collect()
    }
}

impl Database for MemoryDatabase {
    type Snapshot = MemorySnapshot;
    type Transaction = MemoryTransaction;

    async fn schema(&self, _next_keys: bool) -> Result<Schema> {
        self.steps.take("schema")?;
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
        self.steps.take("read")?;
        let indexes = self.indexes(tables)?;
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
        self.steps.take("write")?;
        Ok(MemoryTransaction {
            indexes: self.indexes(tables)?,
            tables: self.tables.borrow().clone(),
            database: self.clone(),
        })
    }
}

/// A copy of the tables as they were, read in turns.
pub struct MemorySnapshot {
    tables: Vec<MemoryTable>,
    turns: std::collections::VecDeque<(usize, usize)>,
    steps: Steps,
}

impl Snapshot for MemorySnapshot {
    async fn counts(&mut self) -> Result<Vec<u64>> {
        self.steps.take("counts")?;
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
        self.steps.take("next")?;
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

    async fn close(self) {}
}

/// A copy of all tables, which replaces them at the commit.
pub struct MemoryTransaction {
    indexes: Vec<usize>,
    tables: Vec<MemoryTable>,
    database: MemoryDatabase,
}

impl MemoryTransaction {
    fn table(&mut self, table: usize) -> Result<&mut MemoryTable> {
        let index = self.indexes.get(table).copied().unwrap_or(usize::MAX);
        self.tables
            .get_mut(index)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "No such table."))
    }
}

impl Transaction for MemoryTransaction {
    async fn clear(&mut self, table: usize) -> Result<()> {
        self.database.steps.take("clear")?;
        self.table(table)?.lines.clear();
        Ok(())
    }

    async fn put(&mut self, table: usize, lines: &[u8]) -> Result<()> {
        self.database.steps.take("put")?;
        let text = String::from_utf8_lossy(lines).into_owned();
        let table = self.table(table)?;
        for line in text.split_inclusive('\n') {
            let key = key_of(line)?;
            let same = table
                .lines
                .iter()
                .position(|other| key_of(other).is_ok_and(|other| other.get() == key.get()));
            match same.and_then(|index| table.lines.get_mut(index)) {
                Some(other) => line.clone_into(other),
                None => table.lines.push(line.to_owned()),
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        self.database.steps.take("flush")
    }

    async fn count(&mut self, table: usize) -> Result<u64> {
        self.database.steps.take("count")?;
        Ok(self.table(table)?.lines.len() as u64)
    }

    async fn keep_open(&mut self) -> Result<()> {
        self.database.steps.take("keep_open")
    }

    async fn commit(self) -> Result<()> {
        self.database.steps.take("commit")?;
        self.database.tables.replace(self.tables);
        Ok(())
    }

    async fn abort(self) {}
}

/// A line's `k`, or else the `id` of its value.
fn key_of(line: &str) -> Result<Box<RawValue>> {
    let line: Value = serde_json::from_str(line)
        .map_err(|error| Error::new(ErrorCode::RecordInvalid, error.to_string()))?;
    let key = line
        .get("k")
        .or_else(|| line.get("v")?.get("id"))
        .unwrap_or(&Value::Null);
    serde_json::value::to_raw_value(key)
        .map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))
}
