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
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::IdbTransaction;

use super::key_at;
use super::records::{Records, encode};
use crate::dom::{idb_error, rexie_error};

const DOING: &str = "Reading the database";

#[wasm_bindgen(module = "/js/guard.js")]
extern "C" {
    #[wasm_bindgen(js_name = lastTransaction)]
    fn last_transaction() -> IdbTransaction;
}

/// A transaction of rexie, and the browser's own beneath it, which can be aborted at any moment.
struct Reading {
    rexie: Transaction,
    browser: IdbTransaction,
}

/// Reads tables. See [`Snapshot`].
pub struct IdbSnapshot {
    database: Rexie,
    consistency: Consistency,
    tables: Vec<TableReader>,
    /// Tables whose reading has not begun.
    waiting: VecDeque<usize>,
    reads: FuturesUnordered<LocalBoxFuture<'static, Read>>,
    /// What did not fit into the last batch.
    rest: Option<Rest>,
    counting: Option<Counting>,
}

struct TableReader {
    schema: StoreSchema,
    /// The transaction of the last read: the snapshot's, the table's, or the batch's.
    transaction: Option<Rc<Reading>>,
    limit: u32,
}

struct Read {
    table: usize,
    limit: u32,
    result: Result<Records>,
}

struct Rest {
    table: usize,
    records: Records,
    from: u32,
    last: bool,
}

struct Counting {
    transaction: Rc<Reading>,
    counts: LocalBoxFuture<'static, Result<Vec<u64>>>,
}

impl IdbSnapshot {
    pub(super) async fn begin(
        database: Rexie,
        tables: &[StoreSchema],
        consistency: Consistency,
    ) -> Result<Self> {
        let mut snapshot = Self {
            database,
            consistency,
            tables: Vec::with_capacity(tables.len()),
            waiting: (0..tables.len()).collect(),
            reads: FuturesUnordered::new(),
            rest: None,
            counting: None,
        };
        match snapshot.begin_reading(tables) {
            Ok(()) => Ok(snapshot),
            Err(error) => {
                snapshot.close().await;
                Err(error)
            }
        }
    }

    fn begin_reading(&mut self, tables: &[StoreSchema]) -> Result<()> {
        // A transaction needs a store.
        if tables.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        let transaction = begin(&self.database, &names)?;
        let is_shared = self.consistency == Consistency::Snapshot;
        for schema in tables {
            self.tables.push(TableReader {
                schema: schema.clone(),
                transaction: is_shared.then(|| Rc::clone(&transaction)),
                limit: BATCH_FIRST_RECORDS,
            });
        }
        if is_shared {
            // Before the counting, which then keeps the transaction open until the reads' answers
            // are taken.
            self.begin_tables()?;
        }
        self.counting = Some(Counting {
            counts: count(&transaction, &names)?,
            transaction,
        });
        Ok(())
    }

    /// Begins to read as many tables as are read side by side.
    fn begin_tables(&mut self) -> Result<()> {
        while self.reads.len() < TABLES_SIDE_BY_SIDE && !self.waiting.is_empty() {
            self.begin_next_table()?;
        }
        Ok(())
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
            Some(transaction) if self.consistency != Consistency::Batch => Rc::clone(transaction),
            _ => begin(&self.database, &[name])?,
        };
        reader.transaction = Some(Rc::clone(&transaction));
        let store = transaction
            .rexie
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

    fn take_batch(&mut self, read: Read) -> Result<Batch> {
        let Read {
            table,
            limit,
            result,
        } = read;
        let name = self
            .tables
            .get(table)
            .map(|reader| reader.schema.name.clone());
        let records = result.map_err(|error| error.in_table(&name.unwrap_or_default()))?;
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
        let batch = self.encode(Rest {
            table,
            records,
            from: 0,
            last,
        })?;
        if let Some(reader) = self.tables.get_mut(table)
            && !last
        {
            reader.limit = next_limit(limit, &batch);
        }
        Ok(batch)
    }

    /// Encodes as many records as make a batch, and keeps the rest for the next.
    fn encode(&mut self, rest: Rest) -> Result<Batch> {
        let Some(reader) = self.tables.get_mut(rest.table) else {
            return Err(Error::new(ErrorCode::Internal, "A read of no table."));
        };
        let schema = &reader.schema;
        let (batch, end) = encode(&rest.records, schema.key_path.as_ref(), rest.from)
            .map_err(|error| error.in_table(&schema.name))?;
        let is_whole = end == rest.records.values.length();
        let batch = Batch {
            table: rest.table,
            last: rest.last && is_whole,
            ..batch
        };
        if !is_whole {
            self.rest = Some(Rest { from: end, ..rest });
        } else if batch.last {
            reader.transaction = None;
        }
        Ok(batch)
    }
}

/// Aims at batches of one size in bytes, whatever the size of the records.
fn next_limit(limit: u32, batch: &Batch) -> u32 {
    let bytes = batch.lines.len().max(1) as f64;
    let fitting = BATCH_TARGET_BYTES as f64 * batch.records as f64 / bytes;
    let grown = limit
        .saturating_mul(BATCH_GROWTH_FACTOR)
        .min(BATCH_MAX_RECORDS);
    (fitting as u32).clamp(1, grown)
}

fn begin(database: &Rexie, names: &[&str]) -> Result<Rc<Reading>> {
    let rexie = database
        .transaction(names, TransactionMode::ReadOnly)
        .map_err(|error| rexie_error(&error, "Opening a transaction"))?;
    let browser = last_transaction();
    Ok(Rc::new(Reading { rexie, browser }))
}

fn count(
    transaction: &Reading,
    names: &[&str],
) -> Result<LocalBoxFuture<'static, Result<Vec<u64>>>> {
    let failed = |error| rexie_error(&error, "Counting the records");
    let stores = names
        .iter()
        .map(|name| transaction.rexie.store(name).map_err(failed));
    let stores: Vec<_> = stores.collect::<Result<_>>()?;
    Ok(started(async move {
        let counts = join_all(stores.iter().map(|store| store.count(None))).await;
        let counts = counts.into_iter();
        counts
            .map(|count| count.map(u64::from).map_err(failed))
            .collect()
    }))
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
        if self.tables.is_empty() {
            return Ok(Vec::new());
        }
        let Some(counting) = &mut self.counting else {
            return Err(Error::new(
                ErrorCode::Internal,
                "The records are counted once.",
            ));
        };
        let counts = (&mut counting.counts).await;
        self.counting = None;
        counts
    }

    async fn next(&mut self) -> Result<Option<Batch>> {
        if let Some(rest) = self.rest.take() {
            return self.encode(rest).map(Some);
        }
        if self.reads.is_empty() {
            self.begin_tables()?;
        }
        let Some(read) = self.reads.next().await else {
            return Ok(None);
        };
        self.take_batch(read).map(Some)
    }

    /// A request must not be dropped before it is answered: all are aborted and waited for.
    async fn close(mut self) {
        let readers = self
            .tables
            .iter()
            .filter_map(|table| table.transaction.as_ref());
        let counting = self.counting.as_ref().map(|counting| &counting.transaction);
        for transaction in readers.chain(counting) {
            // One that is over refuses.
            let _ = transaction.browser.abort();
        }
        if let Some(counting) = self.counting {
            // What it was does not matter any more.
            let _ = counting.counts.await;
        }
        while self.reads.next().await.is_some() {}
        self.database.close();
    }
}
