//! Reads tables side by side, each table's next read on its way while a batch is worked on.

use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures::future::{LocalBoxFuture, join_all, ready};
use futures::stream::FuturesUnordered;
use futures::{StreamExt, join};
use js_sys::Array;
use pos_backup::database::{Batch, Snapshot};
use pos_backup::limits::{
    BATCH_FIRST_RECORDS, BATCH_GROWTH_FACTOR, BATCH_MAX_RECORDS, BATCH_TARGET_BYTES,
    TABLES_SIDE_BY_SIDE,
};
use pos_backup_bridge::{Consistency, Error, ErrorCode, Result, StoreSchema};
use rexie::{KeyRange, Rexie, Store, Transaction, TransactionMode};
use wasm_bindgen::JsValue;

use super::key_at;
use super::records::{Records, encode};
use crate::dom::{idb_error, rexie_error};

const DOING: &str = "Reading the database";

/// Reads tables. See [`Snapshot`].
pub struct IdbSnapshot {
    database: Rc<Rexie>,
    consistency: Consistency,
    /// The one transaction of a snapshot.
    transaction: Option<Rc<Transaction>>,
    tables: Vec<TableReader>,
    waiting: VecDeque<usize>,
    reads: FuturesUnordered<LocalBoxFuture<'static, Read>>,
    counts: Option<LocalBoxFuture<'static, Result<Vec<u64>>>>,
}

struct TableReader {
    schema: StoreSchema,
    /// The table's own transaction, or the snapshot's.
    transaction: Option<Rc<Transaction>>,
    limit: u32,
}

struct Read {
    table: usize,
    limit: u32,
    result: Result<Records>,
}

impl IdbSnapshot {
    pub(super) fn begin(
        database: Rexie,
        tables: &[StoreSchema],
        consistency: Consistency,
    ) -> Result<Self> {
        let database = Rc::new(database);
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        let transaction = match consistency {
            Consistency::Snapshot if !names.is_empty() => Some(begin(&database, &names)?),
            _ => None,
        };
        let readers = tables.iter().map(|schema| TableReader {
            schema: schema.clone(),
            transaction: transaction.clone(),
            limit: BATCH_FIRST_RECORDS,
        });
        let mut snapshot = Self {
            consistency,
            tables: readers.collect(),
            transaction,
            waiting: (0..tables.len()).collect(),
            reads: FuturesUnordered::new(),
            counts: None,
            database,
        };
        for _ in 0..TABLES_SIDE_BY_SIDE {
            snapshot.begin_next_table()?;
        }
        snapshot.counts = Some(snapshot.start_counting(&names)?);
        Ok(snapshot)
    }

    fn begin_next_table(&mut self) -> Result<()> {
        match self.waiting.pop_front() {
            Some(table) => self.start_read(table, None),
            None => Ok(()),
        }
    }

    /// Issues a table's next read, at once.
    fn start_read(&mut self, table: usize, after: Option<&JsValue>) -> Result<()> {
        let Some(reader) = self.tables.get_mut(table) else {
            return Ok(());
        };
        let name = reader.schema.name.as_str();
        let transaction = match &reader.transaction {
            Some(transaction) => Rc::clone(transaction),
            None => begin(&self.database, &[name])?,
        };
        if self.consistency == Consistency::Table {
            reader.transaction = Some(Rc::clone(&transaction));
        }
        let store = transaction
            .store(name)
            .map_err(|error| rexie_error(&error, DOING).in_table(name))?;
        let range = || {
            after
                .map(|key| KeyRange::lower_bound(key, Some(true)))
                .transpose()
                .map_err(|error| idb_error(&error, DOING))
        };
        let (range_of_values, range_of_keys) = (range()?, range()?);
        let limit = reader.limit;
        let out_of_line = reader.schema.key_path.is_none();
        let read = started(async move {
            let result =
                read_batch(&store, range_of_values, range_of_keys, limit, out_of_line).await;
            Read {
                table,
                limit,
                result,
            }
        });
        self.reads.push(read);
        Ok(())
    }

    fn start_counting(&self, names: &[&str]) -> Result<LocalBoxFuture<'static, Result<Vec<u64>>>> {
        if names.is_empty() {
            return Ok(Box::pin(async { Ok(Vec::new()) }));
        }
        let transaction = match &self.transaction {
            Some(transaction) => Rc::clone(transaction),
            None => begin(&self.database, names)?,
        };
        let stores = names.iter().map(|name| {
            transaction
                .store(name)
                .map_err(|error| rexie_error(&error, DOING))
        });
        let stores: Vec<_> = stores.collect::<Result<_>>()?;
        Ok(started(async move {
            let counts = stores.iter().map(|store| store.count(None));
            let counts = join_all(counts).await;
            counts
                .into_iter()
                .map(|count| {
                    count
                        .map(u64::from)
                        .map_err(|error| rexie_error(&error, "Counting the records"))
                })
                .collect()
        }))
    }

    fn take_batch(&mut self, read: Read) -> Result<Batch> {
        let Read {
            table,
            limit,
            result,
        } = read;
        let records = result?;
        let Some(reader) = self.tables.get_mut(table) else {
            return Err(Error::new(ErrorCode::Internal, "A read of no table."));
        };
        let count = records.values.length();
        let last = count < limit;
        if last {
            self.begin_next_table()?;
        } else {
            let last_key = match (&records.keys, &reader.schema.key_path) {
                (Some(keys), _) => keys.get(count - 1),
                (None, Some(path)) => key_at(&records.values.get(count - 1), path),
                (None, None) => JsValue::UNDEFINED,
            };
            self.start_read(table, Some(&last_key))?;
        }
        let Some(reader) = self.tables.get_mut(table) else {
            return Err(Error::new(ErrorCode::Internal, "A read of no table."));
        };
        let batch = encode(&records, reader.schema.key_path.as_ref())
            .map_err(|error| error.in_table(&reader.schema.name))?;
        if last {
            reader.transaction = None;
        } else {
            reader.limit = next_limit(limit, count, batch.lines.len());
        }
        Ok(Batch {
            table,
            last,
            ..batch
        })
    }
}

/// Aims at batches of one size in bytes, whatever the size of the records.
fn next_limit(limit: u32, records: u32, bytes: usize) -> u32 {
    let fitting = BATCH_TARGET_BYTES as f64 * f64::from(records) / bytes.max(1) as f64;
    let grown = limit
        .saturating_mul(BATCH_GROWTH_FACTOR)
        .min(BATCH_MAX_RECORDS);
    (fitting as u32).clamp(1, grown)
}

fn begin(database: &Rexie, names: &[&str]) -> Result<Rc<Transaction>> {
    let transaction = database.transaction(names, TransactionMode::ReadOnly);
    transaction
        .map(Rc::new)
        .map_err(|error| rexie_error(&error, "Opening a transaction"))
}

async fn read_batch(
    store: &Store,
    range_of_values: Option<KeyRange>,
    range_of_keys: Option<KeyRange>,
    limit: u32,
    out_of_line: bool,
) -> Result<Records> {
    let values = store.get_all(range_of_values, Some(limit));
    let (values, keys) = if out_of_line {
        let keys = store.get_all_keys(range_of_keys, Some(limit));
        let (values, keys) = join!(values, keys);
        (values, Some(keys))
    } else {
        (values.await, None)
    };
    let array = |values: rexie::Result<Vec<JsValue>>| -> Result<Array> {
        let values = values.map_err(|error| rexie_error(&error, DOING))?;
        Ok(values.into_iter().collect())
    };
    Ok(Records {
        values: array(values)?,
        keys: keys.map(array).transpose()?,
    })
}

/// A future whose first step is taken now: its requests are issued before anything else is done.
fn started<T: 'static>(future: impl Future<Output = T> + 'static) -> LocalBoxFuture<'static, T> {
    let mut future = Box::pin(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(output) => Box::pin(ready(output)),
        Poll::Pending => future,
    }
}

impl Snapshot for IdbSnapshot {
    async fn counts(&mut self) -> Result<Vec<u64>> {
        let Some(counts) = &mut self.counts else {
            return Err(Error::new(
                ErrorCode::Internal,
                "The records are counted once.",
            ));
        };
        let counted = counts.await;
        self.counts = None;
        counted
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        let Some(read) = self.reads.next().await else {
            return Ok(None);
        };
        let name = self
            .tables
            .get(read.table)
            .map(|reader| reader.schema.name.clone())
            .unwrap_or_default();
        self.take_batch(read)
            .map(Some)
            .map_err(|error| error.in_table(&name))
    }

    /// A request must not be dropped before it is answered, so all are waited for.
    async fn close(mut self) {
        let unfinished = !self.reads.is_empty() || self.counts.is_some();
        let own: Vec<_> = self
            .tables
            .iter_mut()
            .filter_map(|reader| reader.transaction.take())
            .collect();
        if unfinished {
            // The snapshot's transaction is the same one for all tables; the last of its owners aborts it.
            for transaction in own.into_iter().chain(self.transaction.take()) {
                if let Some(transaction) = Rc::into_inner(transaction) {
                    // It may just have ended by itself.
                    let _ = transaction.abort().await;
                }
            }
        }
        if let Some(counts) = self.counts {
            // What it was does not matter any more.
            let _ = counts.await;
        }
        while self.reads.next().await.is_some() {}
        if let Ok(database) = Rc::try_unwrap(self.database) {
            database.close();
        }
    }
}
