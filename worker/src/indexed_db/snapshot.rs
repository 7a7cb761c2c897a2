//! Reads tables side by side, each table's next read on its way while a batch is worked on.

use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures::future::{LocalBoxFuture, Shared, join_all, ready};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt, join};
use js_sys::Array;
use pos_backup::database::{Batch, BlobSink, ReadOptions, Snapshot};
use pos_backup::limits::{
    BATCH_FIRST_RECORDS, BATCH_GROWTH_FACTOR, BATCH_MAX_RECORDS, BATCH_TARGET_BYTES,
    TABLES_SIDE_BY_SIDE,
};
use pos_backup_bridge::{
    Consistency, Error, ErrorCode, Omission, OnUnsupported, Result, StoreSchema,
};
use rexie::{KeyRange, Rexie, Store, Transaction, TransactionMode};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::IdbTransaction;

use super::nulls::{Nulls, UNREADABLE, still_null, unanswered, unreadable};
use super::records::{RecordEncoder, Records, Step, key_at, key_for_error};
use super::wanted::keep;
use crate::dom::{idb_error, rexie_error};
use crate::host::next_task;
use crate::pace::Pace;
use crate::page::PageHelp;

const DOING: &str = "Reading the database";

#[wasm_bindgen(module = "/js/guard.js")]
extern "C" {
    #[wasm_bindgen(js_name = lastTransaction)]
    fn last_transaction() -> IdbTransaction;
}

/// A transaction of rexie, and the browser's own beneath it, which can be aborted at any moment.
pub(super) struct Reading {
    pub(super) rexie: Transaction,
    browser: IdbTransaction,
}

/// Reads tables. See [`Snapshot`].
pub struct IdbSnapshot {
    database: Rexie,
    options: ReadOptions,
    tables: Vec<TableReader>,
    /// Tables whose reading has not begun.
    waiting: VecDeque<usize>,
    reads: FuturesUnordered<LocalBoxFuture<'static, Read>>,
    /// What is being encoded.
    encoding: Option<Encoding>,
    counting: Option<Counting>,
    /// The last request of [`take_turn`].
    turn: Option<TurnRequest>,
    nulls: Nulls,
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

/// A read whose records are being encoded.
struct Encoding {
    table: usize,
    encoder: RecordEncoder,
    /// The transaction of the read.
    transaction: Rc<Reading>,
    limit: u32,
    last: bool,
    records: u64,
    bytes: u64,
    pace: Pace,
}

type TurnRequest = Shared<LocalBoxFuture<'static, Result<()>>>;

struct Counting {
    transaction: Rc<Reading>,
    counts: LocalBoxFuture<'static, Result<Vec<u64>>>,
}

impl IdbSnapshot {
    pub(super) async fn begin(
        database: Rexie,
        tables: &[StoreSchema],
        options: ReadOptions,
        page: PageHelp,
    ) -> Result<Self> {
        let mut snapshot = Self {
            database,
            options,
            tables: Vec::with_capacity(tables.len()),
            waiting: (0..tables.len()).collect(),
            reads: FuturesUnordered::new(),
            encoding: None,
            counting: None,
            turn: None,
            nulls: Nulls::new(page, tables.len()),
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
        let is_shared = self.options.consistency == Consistency::Snapshot;
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
        // A table's own transaction would end while another table's large values are kept, so the next one is
        // begun when the last one's are.
        let side_by_side = match self.options.consistency {
            Consistency::Table => 1,
            Consistency::Snapshot | Consistency::Batch => TABLES_SIDE_BY_SIDE,
        };
        while self.reads.len() < side_by_side && !self.waiting.is_empty() {
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
            Some(transaction) if self.options.consistency != Consistency::Batch => {
                Rc::clone(transaction)
            }
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

    /// Issues the table's next read, and begins to encode this one.
    fn take_read(&mut self, read: Read) -> Result<()> {
        let Read {
            table,
            limit,
            result,
        } = read;
        let lost = || Error::new(ErrorCode::Internal, "A read of no table.");
        let reader = self.tables.get(table).ok_or_else(lost)?;
        let records = result.map_err(|error| error.in_table(&reader.schema.name))?;
        let transaction = reader.transaction.clone().ok_or_else(lost)?;
        let key_path = reader.schema.key_path.clone();
        if key_path.is_none() {
            self.nulls.note(table, &records);
        }
        let count = records.values.length();
        let last = count < limit;
        if last {
            if self.options.consistency != Consistency::Table {
                self.begin_next_table()?;
            }
        } else {
            let last_key = match (&records.keys, &key_path) {
                (Some(keys), _) => keys.get(count - 1),
                (None, Some(path)) => key_at(&records.values.get(count - 1), path),
                (None, None) => JsValue::UNDEFINED,
            };
            self.start_read(table, Some(&last_key))?;
        }
        let omit = self.options.on_unsupported == OnUnsupported::Omit;
        self.encoding = Some(Encoding {
            table,
            encoder: RecordEncoder::of(&records, key_path.as_ref(), omit),
            transaction,
            limit,
            last,
            records: 0,
            bytes: 0,
            pace: Pace::begin(),
        });
        Ok(())
    }

    /// Encodes as many records as make a batch.
    async fn encode(&mut self, blobs: &mut impl BlobSink) -> Result<Option<Batch>> {
        let Some(encoding) = &mut self.encoding else {
            return Ok(None);
        };
        let Some(reader) = self.tables.get_mut(encoding.table) else {
            return Ok(None);
        };
        let name = reader.schema.name.as_str();
        // A batch's own transaction has nothing more to give, and may be over.
        let transaction = (self.options.consistency != Consistency::Batch)
            .then(|| Rc::clone(&encoding.transaction));
        if encoding.pace.is_due() {
            take_turn(transaction.as_deref(), name, &mut self.turn).await?;
        }
        loop {
            let (batch, end) = match encoding.encoder.step(name, blobs.blob_bytes())? {
                Step::Records { records, end } => (records, end),
                Step::Wanted(wanted) => {
                    let turn =
                        async || take_turn(transaction.as_deref(), name, &mut self.turn).await;
                    encoding.bytes += keep(&wanted, blobs, turn)
                        .await
                        .map_err(|error| error.in_table(name))?;
                    continue;
                }
            };
            encoding.records += batch.records;
            encoding.bytes += batch.lines.len() as u64;
            let batch = Batch {
                table: encoding.table,
                last: encoding.last && end,
                ..batch
            };
            if batch.last {
                reader.transaction = None;
            } else if end {
                reader.limit = next_limit(encoding.limit, encoding.records, encoding.bytes);
            }
            if end {
                self.encoding = None;
            }
            return Ok(Some(batch));
        }
    }
}

impl IdbSnapshot {
    /// When all is read: a batch of what was left out, for each table that has records which only
    /// seemed to be null.
    async fn check_nulls(&mut self) -> Result<Option<Batch>> {
        // The page's reading must not wait for a writer that waits for ours.
        self.counting = None;
        for reader in &mut self.tables {
            reader.transaction = None;
        }
        while let Some((table, keys)) = self.nulls.take() {
            let Some(TableReader { schema, .. }) = self.tables.get(table) else {
                continue;
            };
            let name = schema.name.as_str();
            let mut batch = Batch {
                table,
                lines: Vec::new(),
                records: 0,
                keys: None,
                unusual: false,
                omissions: Vec::new(),
                records_omitted: 0,
                warnings: Vec::new(),
                last: true,
            };
            match self.nulls.ask(&self.database.name(), name, &keys).await? {
                Some(not_null) => {
                    let transaction = begin(&self.database, &[name])?;
                    for key in still_null(transaction, name, not_null).await? {
                        batch.omissions.push(Omission {
                            table: name.to_owned(),
                            key: key_for_error(&key).unwrap_or_default(),
                            path: String::new(),
                            found: UNREADABLE.to_owned(),
                        });
                    }
                }
                None => batch.warnings.push(unanswered(name)),
            }
            if let Some(first) = batch.omissions.first()
                && self.options.on_unsupported == OnUnsupported::Fail
            {
                return Err(unreadable().in_table(name).with(|context| {
                    context.key = Some(first.key.clone());
                    context.path = Some(String::new());
                }));
            }
            if !batch.omissions.is_empty() || !batch.warnings.is_empty() {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}

/// Lets messages in and keeps the transaction open meanwhile: by a request that costs next to nothing.
/// It is kept until it is answered, also when nobody waits for it any more.
async fn take_turn(
    transaction: Option<&Reading>,
    table: &str,
    kept: &mut Option<TurnRequest>,
) -> Result<()> {
    let Some(transaction) = transaction else {
        next_task().await;
        return Ok(());
    };
    let failed = |error| rexie_error(&error, DOING);
    let store = transaction.rexie.store(table).map_err(failed)?;
    let request = async move {
        let answer = store.key_exists(JsValue::from(0)).await;
        answer.map(drop).map_err(failed)
    };
    let request = request.boxed_local().shared();
    *kept = Some(request.clone());
    request.await
}

/// Aims at batches of one size in bytes, whatever the size of the records.
fn next_limit(limit: u32, records: u64, bytes: u64) -> u32 {
    let fitting = BATCH_TARGET_BYTES as f64 * records as f64 / bytes.max(1) as f64;
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
    let array = |values: rexie::Result<Vec<JsValue>>| -> Result<Array> {
        let values = values.map_err(|error| rexie_error(&error, DOING))?;
        Ok(values.into_iter().collect())
    };
    let values = store.get_all(range_of_values, Some(limit));
    if out_of_line {
        let keys = store.get_all_keys(range_of_keys, Some(limit));
        let (values, keys) = join!(values, keys);
        return Ok(Records {
            values: array(values)?,
            keys: Some(array(keys)?),
        });
    }
    let values = array(values.await)?;
    // A record that holds its key is not null: it is one that could not be read, and is to be named.
    let keys = match values.index_of(&JsValue::NULL, 0) {
        -1 => None,
        _ => Some(array(store.get_all_keys(range_of_keys, Some(limit)).await)?),
    };
    Ok(Records { values, keys })
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

    async fn next(&mut self, blobs: &mut impl BlobSink) -> Result<Option<Batch>> {
        if self.encoding.is_none() {
            if self.reads.is_empty() {
                self.begin_tables()?;
            }
            let Some(read) = self.reads.next().await else {
                return self.check_nulls().await;
            };
            self.take_read(read)?;
        }
        self.encode(blobs).await
    }

    /// A request must not be dropped before it is answered: all are aborted and waited for.
    async fn close(mut self) {
        let readers = self
            .tables
            .iter()
            .filter_map(|table| table.transaction.as_ref());
        let counting = self.counting.as_ref().map(|counting| &counting.transaction);
        let encoding = self.encoding.as_ref().map(|encoding| &encoding.transaction);
        for transaction in readers.chain(counting).chain(encoding) {
            // One that is over refuses.
            let _ = transaction.browser.abort();
        }
        if let Some(counting) = self.counting {
            // What it was does not matter any more.
            let _ = counting.counts.await;
        }
        if let Some(turn) = self.turn {
            let _ = turn.await;
        }
        while self.reads.next().await.is_some() {}
        self.database.close();
    }
}
