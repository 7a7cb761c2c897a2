//! The database that is backed up and restored.

use pos_backup_bridge::{Consistency, Result, Schema, StoreSchema};
use serde_json::value::RawValue;

/// A database with its tables.
pub trait Database {
    /// A backup's view of it.
    type Snapshot: Snapshot;
    /// A restore's transaction.
    type Transaction: Transaction;

    /// Its name, version, stores and indexes, with the next keys of its generators when asked for.
    ///
    /// # Errors
    ///
    /// `DATABASE_NOT_FOUND`, `DATABASE_FAILED`.
    async fn schema(&self, next_keys: bool) -> Result<Schema>;

    /// Begins to read these tables.
    async fn read(
        &self,
        tables: &[StoreSchema],
        consistency: Consistency,
    ) -> Result<Self::Snapshot>;

    /// Begins to write to these tables, in one transaction. The list may be empty.
    async fn write(&self, tables: &[StoreSchema]) -> Result<Self::Transaction>;
}

/// Reads tables batch by batch. You MUST call [`close`](Self::close), also after the future of another
/// call was dropped before its end, as a cancel does.
pub trait Snapshot {
    /// The number of records in each table.
    async fn counts(&mut self) -> Result<Vec<u64>>;

    /// The next batch of any of the tables, in key order within each; `None` when all are read.
    /// The table's next read is on its way when this returns, so that encoding, compressing and
    /// writing a batch overlap with it.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED_VALUE` with table, key and path; `DATABASE_FAILED`.
    async fn next(&mut self) -> Result<Option<Batch>>;

    /// Ends the reading, also in the middle of it.
    async fn close(self);
}

/// Some records of a table, encoded.
#[derive(Debug)]
pub struct Batch {
    /// Index of the table in the list given to [`Database::read`].
    pub table: usize,
    /// The records' lines.
    pub lines: Vec<u8>,
    /// Their number.
    pub records: u64,
    /// The keys of the first and the last; `None` without records.
    pub keys: Option<(Box<RawValue>, Box<RawValue>)>,
    /// Whether the table ends here. Every table has exactly one such batch, perhaps an empty one.
    pub last: bool,
}

/// Replaces tables' content, all or nothing. You MUST call [`commit`](Self::commit) or
/// [`abort`](Self::abort), the latter also after the future of another call was dropped before its end,
/// as a cancel does. Tables are named by their index in the list given to [`Database::write`].
pub trait Transaction {
    /// Removes all records of a table. A key generator goes on at least at the `next_key` of the schema
    /// that was given for the table.
    async fn clear(&mut self, table: usize) -> Result<()>;

    /// Puts records, given as whole lines. It waits only while too many puts are unconfirmed, so an
    /// error may be that of an earlier put.
    ///
    /// # Errors
    ///
    /// `DATABASE_FAILED` with the table and, where it is known, the key of the refused record;
    /// `QUOTA_EXCEEDED`; `RECORD_INVALID`. The transaction is then lost.
    async fn put(&mut self, table: usize, lines: &[u8]) -> Result<()>;

    /// Waits until every put is confirmed.
    async fn flush(&mut self) -> Result<()>;

    /// The number of records in a table.
    async fn count(&mut self, table: usize) -> Result<u64>;

    /// Keeps the transaction open for a moment, so that something else can be waited for.
    async fn keep_open(&mut self) -> Result<()>;

    /// Makes everything final.
    async fn commit(self) -> Result<()>;

    /// Undoes everything, and returns when it is undone.
    async fn abort(self);
}
