//! Reads tables side by side, each table's next read on its way while a batch is worked on.

use std::rc::Rc;

use futures::future::{LocalBoxFuture, Shared, join_all};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use pos_backup::database::{Batch, BlobSink, ReadOptions, Snapshot};
use pos_backup::limits::{BATCH_FIRST_RECORDS, TABLES_SIDE_BY_SIDE};
use pos_backup_bridge::{Consistency, Error, ErrorCode, OnUnsupported, Result, StoreSchema};
use rexie::Rexie;
use wasm_bindgen::JsValue;

use super::counting::{Counted, Counting};
use super::encoding::Encoding;
use super::nulls::Nulls;
use super::open;
use super::reading::{About, Answer, Reading};
use super::records::{RecordEncoder, Records};
use crate::host::next_task;
use crate::page::PageHelp;

/// Reads tables. See [`Snapshot`].
pub struct IdbSnapshot {
    database: Rexie,
    options: ReadOptions,
    tables: Vec<TableReader>,
    /// Tables whose reading has not begun.
    waiting: Vec<usize>,
    reads: FuturesUnordered<LocalBoxFuture<'static, Read>>,
    encoding: Option<TableEncoding>,
    asked_about: Option<AskedAbout>,
    counting: Counting,
    last_turn: LastTurn,
    nulls: Nulls,
}

struct TableReader {
    schema: StoreSchema,
    /// The transaction of the last read: the snapshot's, the table's, or the batch's.
    transaction: Option<Rc<Reading>>,
    limit: u32,
    /// The records that were read so far.
    read: u64,
    counted: Counted,
}

struct Read {
    table: usize,
    limit: u32,
    result: Result<Records>,
}

/// The last request that was issued for a turn. It is kept until it is answered, also when nobody waits for
/// it any more.
type LastTurn = Option<Shared<Answer<()>>>;

/// The read that is being encoded.
struct TableEncoding {
    table: usize,
    /// To be kept open meanwhile, unless it has nothing more to give.
    transaction: Option<Rc<Reading>>,
    /// Whether it is the table's last.
    last: bool,
    encoding: Encoding,
}

/// The question how many records there are, while it waits for its answer.
struct AskedAbout {
    transactions: Vec<Rc<Reading>>,
    about: LocalBoxFuture<'static, Vec<Result<About>>>,
}

impl IdbSnapshot {
    /// Begins to read a database, which is to be of this version.
    pub(super) async fn begin(
        database: Rexie,
        version: Option<u64>,
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
            asked_about: None,
            counting: Counting::default(),
            last_turn: None,
            nulls: Nulls::new(page, tables),
        };
        match snapshot.begin_reading(version, tables) {
            Ok(()) => Ok(snapshot),
            Err(error) => {
                snapshot.close().await;
                Err(error)
            }
        }
    }

    fn begin_reading(&mut self, version: Option<u64>, tables: &[StoreSchema]) -> Result<()> {
        // A transaction needs a store.
        if tables.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        let expect = |found: u64| open::expect_version(&self.database.name(), version, found);
        // rexie cannot tell one beyond 32 bits. The transaction can, but may want a table that is gone.
        if let Ok(found) = self.database.version() {
            expect(found.into())?;
        }
        let transaction = Reading::begin(&self.database, &names)?;
        expect(transaction.version())?;
        let is_shared = self.options.consistency == Consistency::Snapshot;
        for schema in tables {
            self.tables.push(TableReader {
                schema: schema.clone(),
                transaction: is_shared.then(|| Rc::clone(&transaction)),
                limit: BATCH_FIRST_RECORDS,
                read: 0,
                counted: Counted::default(),
            });
        }
        if is_shared {
            // Before what else is asked, which then keeps the transaction open until the reads' answers
            // are taken.
            self.begin_tables()?;
        }
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

    /// The one whose generator has given most keys: were it among the last, nothing would be left to be read beside it.
    fn begin_next_table(&mut self) -> Result<()> {
        let next_key = |table: &usize| {
            let reader = self.tables.get(*table);
            reader.and_then(|reader| reader.schema.next_key)
        };
        let waiting = self.waiting.iter().enumerate().rev();
        let largest = waiting.max_by(|(_, a), (_, b)| {
            let (a, b) = (next_key(a), next_key(b));
            a.unwrap_or_default().total_cmp(&b.unwrap_or_default())
        });
        match largest.map(|(at, _)| at) {
            Some(at) => {
                let table = self.waiting.remove(at);
                self.start_read(table, None)
            }
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
            _ => Reading::begin(&self.database, &[name])?,
        };
        reader.transaction = Some(Rc::clone(&transaction));
        let limit = reader.limit;
        let out_of_line = reader.schema.key_path.is_none();
        let batch = transaction.batch(name, after, limit, out_of_line)?;
        let read = Box::pin(async move {
            Read {
                table,
                limit,
                result: batch.await,
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
        let reader = self.tables.get_mut(table).ok_or_else(lost)?;
        let records = result.map_err(|error| error.in_table(&reader.schema.name))?;
        let transaction = reader.transaction.clone().ok_or_else(lost)?;
        let key_path = reader.schema.key_path.clone();
        if key_path.is_none() {
            self.nulls.note(table, &records);
        }
        let count = records.values.length();
        reader.read += u64::from(count);
        let last = count < limit;
        let last_key = (!last).then(|| records.key(count - 1, key_path.as_ref()));
        match &last_key {
            Some(last_key) => self.start_read(table, Some(last_key))?,
            None if self.options.consistency != Consistency::Table => self.begin_next_table()?,
            None => {}
        }
        // What is written meanwhile would be counted too.
        if self.options.consistency != Consistency::Batch
            && let Some(reader) = self.tables.get_mut(table)
        {
            let counted = &mut reader.counted;
            if counted.is_due(reader.read, last) {
                let (name, range) = (&reader.schema.name, counted.next(reader.read, last_key));
                self.counting.push(table, transaction.count(name, range)?);
            }
        }
        self.counting.take_answered()?;
        let omit = self.options.on_unsupported == OnUnsupported::Omit;
        let encoder = RecordEncoder::of(&records, key_path.as_ref(), omit);
        // A batch's own transaction has nothing more to give, and may be over.
        let kept_open = (self.options.consistency != Consistency::Batch).then_some(transaction);
        self.encoding = Some(TableEncoding {
            table,
            last,
            transaction: kept_open,
            encoding: Encoding::begin(encoder, limit),
        });
        Ok(())
    }

    /// Encodes as many records as make a batch.
    async fn encode(&mut self, blobs: &mut dyn BlobSink) -> Result<Option<Batch>> {
        let Some(TableEncoding {
            table,
            last,
            transaction,
            encoding,
        }) = &mut self.encoding
        else {
            return Ok(None);
        };
        let Some(reader) = self.tables.get_mut(*table) else {
            return Ok(None);
        };
        let name = &reader.schema.name;
        let last_turn = &mut self.last_turn;
        let mut turn = async || match transaction.as_ref() {
            Some(transaction) => last_turn.insert(transaction.turn(name)?).clone().await,
            None => {
                next_task().await;
                Ok(())
            }
        };
        let (batch, end) = encoding.next(name, blobs, &mut turn).await?;
        let batch = Batch {
            table: *table,
            last: *last && end,
            ..batch
        };
        if batch.last {
            reader.transaction = None;
        } else if end {
            reader.limit = encoding.next_limit(reader.read);
        }
        if end {
            self.encoding = None;
        }
        Ok(Some(batch))
    }

    /// When all is read: a batch of what was left out, for each table with records that only seemed to be null.
    async fn check_nulls(&mut self) -> Result<Option<Batch>> {
        self.counting.finish().await?;
        // The page's reading must not wait for a writer that waits for ours.
        for reader in &mut self.tables {
            reader.transaction = None;
        }
        self.nulls
            .check(&self.database, self.options.on_unsupported)
            .await
    }
}

impl Snapshot for IdbSnapshot {
    async fn about(&mut self) -> Result<Vec<u64>> {
        let mut asked = Vec::with_capacity(self.tables.len());
        let mut transactions = Vec::with_capacity(self.tables.len());
        // A writer waits for one batch at most.
        let may_count = self.options.consistency != Consistency::Batch;
        for reader in &self.tables {
            let transaction = match &reader.transaction {
                Some(transaction) => Rc::clone(transaction),
                // Its own, so that who writes to other tables does not wait.
                None => Reading::begin(&self.database, &[&reader.schema.name])?,
            };
            let about = transaction.about(&reader.schema, may_count);
            asked.push(about.map_err(|error| error.in_table(&reader.schema.name))?);
            transactions.push(transaction);
        }
        let asked = self.asked_about.insert(AskedAbout {
            transactions,
            about: join_all(asked).boxed_local(),
        });
        let answers = (&mut asked.about).await;
        self.asked_about = None;
        let is_shared = self.options.consistency == Consistency::Snapshot;
        let mut about = Vec::with_capacity(answers.len());
        for (index, answer) in answers.into_iter().enumerate() {
            let counted = answer?;
            if is_shared
                && let About::Exactly(records) = counted
                && let Some(reader) = self.tables.get_mut(index)
            {
                reader.counted = Counted::as_a_whole();
                self.counting.add(index, records);
            }
            let (About::Exactly(records) | About::Perhaps(records)) = counted;
            about.push(records);
        }
        Ok(about)
    }

    async fn next(&mut self, blobs: &mut dyn BlobSink) -> Result<Option<Batch>> {
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

    async fn keep_open(&mut self) -> Result<()> {
        let mut open = self.tables.iter().filter_map(|table| {
            let transaction = table.transaction.as_ref()?;
            Some((transaction, table.schema.name.as_str()))
        });
        match open.next() {
            // Some transaction is enough: it is one, or else the next one is not begun before the next batch.
            Some((transaction, table)) => {
                self.last_turn
                    .insert(transaction.turn(table)?)
                    .clone()
                    .await
            }
            None => {
                next_task().await;
                Ok(())
            }
        }
    }

    async fn counts(&mut self) -> Result<Vec<u64>> {
        self.counting.finish().await?;
        let tables = self.tables.iter().enumerate();
        Ok(tables
            .map(|(index, table)| match self.options.consistency {
                Consistency::Batch => table.read,
                Consistency::Snapshot | Consistency::Table => self.counting.of(index),
            })
            .collect())
    }

    /// A request must not be dropped before it is answered: all are aborted and waited for.
    async fn close(mut self) {
        let readers = self
            .tables
            .iter()
            .filter_map(|table| table.transaction.as_ref());
        let asked_about = self
            .asked_about
            .iter()
            .flat_map(|asked| &asked.transactions);
        let encoding = self.encoding.as_ref();
        let encoding = encoding.and_then(|it| it.transaction.as_ref());
        for transaction in readers.chain(asked_about).chain(encoding) {
            transaction.abort();
        }
        // What they were does not matter any more.
        if let Some(asked) = self.asked_about {
            let _ = asked.about.await;
        }
        let _ = self.counting.finish().await;
        if let Some(turn) = self.last_turn {
            let _ = turn.await;
        }
        while self.reads.next().await.is_some() {}
        self.database.close();
    }
}
