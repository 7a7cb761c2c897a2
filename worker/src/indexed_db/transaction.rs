//! A restore's transaction: puts are issued without waiting for each, in a bounded window.

mod end;
mod generator;
mod live;
mod window;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use idb::{Database, ObjectStore, TransactionMode};
use pos_backup::database::{BlobSink, BlobSource, KeyRange, LiveBatch, Transaction};
use pos_backup_bridge::{Error, ErrorCode, Result, Sorted, StoreSchema};
use wasm_bindgen::JsValue;
use web_sys::IdbRequest;

use super::create::{self, Creation};
use super::open;
use super::records::{Decoded, RecordDecoder, Records, Step, key_at, key_for_error, key_from_json};
use super::wanted::fetch;
use crate::dom::idb_error;
use crate::pace::Pace;
use crate::page::PageHelp;
pub(super) use end::TransactionEnd;
use end::aborted;
pub(super) use generator::NO_NEXT_KEY;
use generator::Placeholder;
use live::Live;
use window::{Chunk, Window};

/// A restore's transaction. See [`Transaction`].
pub struct IdbWriteTransaction {
    database: Database,
    /// The database's opening, when this transaction is the one that creates it.
    creation: Option<Creation>,
    /// In place of stores, in a database that has none.
    no_store: Option<create::Placeholder>,
    page: PageHelp,
    /// None when there is no table to write to: IndexedDB has no transaction over nothing.
    end: Option<TransactionEnd>,
    tables: Vec<Table>,
    window: Window,
    /// Tables that are being read.
    reading: Sorted<usize, Live>,
    /// When messages were let in last.
    pace: Pace,
    /// A request that is no put, waited for one at a time.
    request: Option<LocalBoxFuture<'static, Result<f64>>>,
}

#[derive(Clone)]
pub(super) struct Table {
    schema: StoreSchema,
    store: ObjectStore,
}

impl IdbWriteTransaction {
    /// A transaction over tables of a database that exists.
    pub(super) fn begin(
        database: Database,
        tables: &[StoreSchema],
        page: PageHelp,
    ) -> Result<Self> {
        let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
        let opened = match tables {
            [] => Ok((None, Vec::new())),
            _ => database
                .transaction(&names, TransactionMode::ReadWrite)
                .and_then(|transaction| {
                    let stores = stores(&transaction, tables)?;
                    Ok((Some(TransactionEnd::watch(transaction.into())), stores))
                }),
        };
        match opened {
            Ok((end, tables)) => Ok(Self::over(database, end, tables, page)),
            Err(error) => {
                database.close();
                Err(idb_error(&error, "Opening a transaction"))
            }
        }
    }

    /// Waits until all others that write to these tables have ended, but not for ever.
    ///
    /// # Errors
    ///
    /// `DATABASE_BLOCKED`.
    pub(super) async fn granted(mut self, name: &str) -> Result<Self> {
        // What is dropped of it stays in the transaction until it is answered.
        let granted = open::unless_blocked(self.keep_open()).await;
        let error = match granted.map_err(drop) {
            Ok(Ok(())) => return Ok(self),
            Ok(Err(error)) => error,
            Err(()) => open::blocked(name),
        };
        self.abort().await;
        Err(error)
    }

    /// The transaction that creates a database, and writes to these tables of it.
    pub(super) fn creating(
        transaction: idb::Transaction,
        creation: Creation,
        tables: Vec<Table>,
        page: PageHelp,
    ) -> Self {
        let database = transaction.database();
        let end = TransactionEnd::watch(transaction.into());
        let created = Self::over(database, Some(end), tables, page);
        Self {
            creation: Some(creation),
            ..created
        }
    }

    fn over(
        database: Database,
        end: Option<TransactionEnd>,
        tables: Vec<Table>,
        page: PageHelp,
    ) -> Self {
        Self {
            database,
            creation: None,
            no_store: None,
            page,
            end,
            tables,
            window: Window::default(),
            reading: Sorted::new(),
            pace: Pace::begin(),
            request: None,
        }
    }

    fn table(&self, table: usize) -> Result<&Table> {
        self.tables
            .get(table)
            .ok_or_else(|| Error::new(ErrorCode::Internal, "No such table in the transaction."))
    }

    fn issue(&self, table: usize, records: Records, bytes: usize) -> Result<Option<Chunk>> {
        let Table { schema, store } = self.table(table)?;
        // A generator would give a record without a key a new one; not all lines say theirs.
        let needs_key = schema.key_path.as_ref().filter(|_| schema.auto_increment);
        let mut requests = Vec::with_capacity(records.values.length() as usize);
        for (index, value) in records.values.iter().enumerate() {
            let key = records.keys.as_ref().map(|keys| keys.get(index as u32));
            if needs_key.is_some_and(|path| key_at(&value, path).is_undefined()) {
                let message = "A record in the archive lacks its key.";
                let error = Error::new(ErrorCode::RecordInvalid, message);
                return Err(error.in_table(&schema.name));
            }
            match store.put(&value, key.as_ref()) {
                Ok(request) => requests.push(IdbRequest::from(request)),
                Err(error) => {
                    let error = idb_error(&error, "Putting a record");
                    return Err(self.refused(table, &records, index, error));
                }
            }
        }
        Ok(Chunk::of_puts(table, records, bytes, requests))
    }

    /// Waits for the oldest puts.
    async fn settle_oldest(&mut self) -> Result<()> {
        match self.window.settle_oldest().await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.explain(idb_error(&error, "Putting a record")).await),
        }
    }

    /// The error behind an aborted transaction: that of the request that failed first, if one did.
    async fn explain(&mut self, error: Error) -> Error {
        let Some(end) = &self.end else {
            return error;
        };
        let cause = end.cause().await;
        let error = cause.error.unwrap_or(match is_over(&error) {
            true => aborted(),
            false => error,
        });
        match cause.request.and_then(|request| self.window.find(&request)) {
            Some((chunk, index)) => self.refused(chunk.table, &chunk.records, index, error),
            None => error,
        }
    }

    /// The error itself, unless the transaction has ended: then what has ended it.
    async fn or_cause(&mut self, error: Error) -> Error {
        match &self.end {
            Some(end) if end.is_aborted() || is_over(&error) => {
                // If it is not over after all, nothing of it is to stay.
                end.give_up();
                self.explain(error).await
            }
            _ => error,
        }
    }

    fn refused(&self, table: usize, records: &Records, index: usize, error: Error) -> Error {
        let Ok(Table { schema, .. }) = self.table(table) else {
            return error;
        };
        let key = records.key(index as u32, schema.key_path.as_ref());
        error
            .in_table(&schema.name)
            .with(|context| context.key = key_for_error(&key))
    }

    /// Waits for a request that is no put. It stays here until it is answered, also when this
    /// future is dropped before.
    async fn answer(
        &mut self,
        request: impl Future<Output = Result<f64, idb::Error>> + 'static,
        doing: &'static str,
    ) -> Result<f64> {
        let request = request.map(move |result| result.map_err(|error| idb_error(&error, doing)));
        let result = self.request.insert(request.boxed_local()).await;
        self.request = None;
        match result {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.explain(error).await),
        }
    }

    /// Puts records, and waits while too many puts are unconfirmed.
    async fn put_records(&mut self, table: usize, records: Records, bytes: usize) -> Result<()> {
        match self.issue(table, records, bytes) {
            Ok(Some(chunk)) => self.push(chunk).await,
            Ok(None) => Ok(()),
            Err(error) => Err(self.or_cause(error).await),
        }
    }

    async fn push(&mut self, chunk: Chunk) -> Result<()> {
        self.window.push(chunk);
        while self.window.is_full() {
            self.settle_oldest().await?;
        }
        Ok(())
    }

    async fn close(self) {
        self.database.close();
        if let Some(creation) = self.creation {
            creation.end().await;
        }
    }

    async fn drain(&mut self) {
        if let Some(request) = self.request.take() {
            // Its answer is that of an aborted transaction.
            let _ = request.await;
        }
        self.window.drain().await;
    }
}

impl Transaction for IdbWriteTransaction {
    async fn advance_generator(&mut self, table: usize) -> Result<()> {
        let doing = "Setting a key generator";
        let Table { schema, store } = self.table(table)?.clone();
        let Some(Placeholder { record, key, last }) = Placeholder::new(&schema) else {
            return Ok(());
        };
        let failed = |error: idb::Error| idb_error(&error, doing);
        let found = store.get_key(last.clone()).map_err(failed)?.into_future();
        let is_there = found.map(|found| found.map(|key| key.map_or(0.0, |_| 1.0)));
        if self.answer(is_there, doing).await? > 0.0 {
            // The generator has come by there.
            return Ok(());
        }
        let put = store
            .put(&record, key.as_ref())
            .map_err(failed)?
            .into_future();
        let delete = store.delete(last).map_err(failed)?.into_future();
        // Both are waited for, whatever becomes of the first.
        let both = async move { put.await.and(delete.await.map(|()| 0.0)) };
        self.answer(both, doing).await?;
        Ok(())
    }

    async fn clear(&mut self, table: usize) -> Result<()> {
        // What is left of a reading is none of what is there then.
        self.reading.remove(&table);
        let request = self
            .table(table)?
            .store
            .clear()
            .map_err(|error| idb_error(&error, "Clearing a table"))?;
        self.answer(
            request.into_future().map(|result| result.map(|()| 0.0)),
            "Clearing a table",
        )
        .await?;
        Ok(())
    }

    async fn read(&mut self, table: usize, blobs: &mut dyn BlobSink) -> Result<LiveBatch> {
        let mut reading = match self.reading.remove(&table) {
            Some(reading) => reading,
            None => Live::begin(table, self.table(table)?)?,
        };
        let opened = self.table(table)?.clone();
        let mut turn = async || self.keep_open().await;
        let batch = reading.next(&opened, blobs, &mut turn).await;
        match batch {
            Ok(read) => {
                if matches!(&read, LiveBatch::Records(batch) if !batch.last) {
                    self.reading.insert(table, reading);
                }
                Ok(read)
            }
            Err(error) => {
                // It may be a put's before it.
                let error = self.or_cause(error).await;
                Err(error.in_table(&opened.schema.name))
            }
        }
    }

    async fn delete(&mut self, table: usize, keys: &KeyRange) -> Result<()> {
        let failed = |error: idb::Error| idb_error(&error, "Deleting records");
        let range = idb::KeyRange::bound(
            &key_from_json(keys.first.to_json().get()),
            &key_from_json(keys.last.to_json().get()),
            None,
            None,
        );
        let store = &self.table(table)?.store;
        let request = range.and_then(|range| store.delete(range)).map_err(failed);
        match request {
            Ok(request) => self.push(Chunk::of_deletion(table, request)).await,
            Err(error) => Err(self.or_cause(error).await),
        }
    }

    async fn put(&mut self, table: usize, lines: &[u8], blobs: &impl BlobSource) -> Result<()> {
        let in_table = |error: Error, this: &Self| match this.table(table) {
            Ok(table) => error.in_table(&table.schema.name),
            Err(_) => error,
        };
        let decoder = RecordDecoder::new(lines);
        // The lines' own bytes are counted once, with the first records.
        let mut line_bytes = lines.len();
        loop {
            if self.pace.is_due() {
                self.keep_open().await?;
            }
            match decoder.step().map_err(|error| in_table(error, self))? {
                Step::Records {
                    records: Decoded { records, bytes },
                    end,
                } => {
                    let bytes = bytes + std::mem::take(&mut line_bytes);
                    self.put_records(table, records, bytes).await?;
                    if end {
                        return Ok(());
                    }
                }
                Step::Wanted(wanted) => {
                    let page = self.page.clone();
                    fetch(&wanted, blobs, &page, &mut async || self.keep_open().await)
                        .await
                        .map_err(|error| in_table(error, self))?;
                }
            }
        }
    }

    async fn flush(&mut self) -> Result<()> {
        while !self.window.is_empty() {
            self.settle_oldest().await?;
        }
        Ok(())
    }

    async fn count(&mut self, table: usize) -> Result<u64> {
        let doing = "Counting the records";
        let Table { schema, store } = self.table(table)?;
        let (name, request) = (schema.name.clone(), store.count(None));
        let request = request.map_err(|error| idb_error(&error, doing))?;
        let count = request.into_future().map(|result| result.map(f64::from));
        // An index that has just been created, and that the records do not fit, fails now.
        let count = self.answer(count, doing).await;
        Ok(count.map_err(|error| error.in_table(&name))? as u64)
    }

    async fn keep_open(&mut self) -> Result<()> {
        let doing = "Waiting for the page";
        let failed = |error: idb::Error| idb_error(&error, doing);
        if self.tables.is_empty() && self.creation.is_some() && self.no_store.is_none() {
            self.no_store = Some(create::Placeholder::create(&self.database).map_err(failed)?);
        }
        let first = self.tables.first().map(|table| &table.store);
        let Some(store) = first.or(self.no_store.as_ref().map(create::Placeholder::store)) else {
            crate::host::next_task().await;
            return Ok(());
        };
        // Any key does: what is found does not matter.
        let request = store.get_key(JsValue::from(0)).map_err(failed)?;
        self.answer(
            request.into_future().map(|result| result.map(|_| 0.0)),
            doing,
        )
        .await?;
        Ok(())
    }

    async fn commit(mut self) -> Result<()> {
        self.drain().await;
        if let Some(no_store) = self.no_store.take()
            && let Err(error) = no_store.remove(&self.database)
        {
            self.abort().await;
            return Err(idb_error(&error, "Creating the database"));
        }
        let result = match self.end.take() {
            Some(end) => end.commit().await,
            None => Ok(()),
        };
        self.close().await;
        result
    }

    async fn abort(mut self) {
        if let Some(end) = self.end.take() {
            end.abort().await;
        }
        self.drain().await;
        self.close().await;
    }
}

/// Whether a request was refused because its transaction has ended, which may not have been told yet.
fn is_over(error: &Error) -> bool {
    error.context.cause.as_deref() == Some("TransactionInactiveError")
}

/// These tables in a transaction.
pub(super) fn stores(
    transaction: &idb::Transaction,
    tables: &[StoreSchema],
) -> Result<Vec<Table>, idb::Error> {
    let stores = tables.iter().map(|schema| {
        let store = transaction.object_store(&schema.name)?;
        Ok(Table {
            schema: schema.clone(),
            store,
        })
    });
    stores.collect()
}
