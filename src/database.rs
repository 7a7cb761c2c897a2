//! The database that is backed up and restored.

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use pos_backup_bridge::{
    Consistency, Handle, Omission, OnUnsupported, Result, Schema, StoreSchema, Warning,
};
use serde_json::value::RawValue;

use crate::journal::RecordAt;
use crate::record::Key;
use crate::storage::ReadAt;

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

    /// The lines of single records, each with its LF, as they are read to be compared; `None` for a record that is not
    /// there, and of which nothing can be kept.
    ///
    /// # Errors
    ///
    /// `DATABASE_NOT_FOUND`, `DATABASE_FAILED`.
    async fn lines(&self, records: &[RecordAt]) -> Result<Vec<Option<Vec<u8>>>>;

    /// Begins to read these tables.
    async fn read(&self, tables: &[StoreSchema], options: ReadOptions) -> Result<Self::Snapshot>;

    /// Begins to write to these tables, in one transaction. The list may be empty.
    async fn write(&self, tables: &[StoreSchema]) -> Result<Self::Transaction>;

    /// Creates the database, which does not exist, with all stores of the schema, in one transaction
    /// that writes to these tables of it. It exists once that is committed.
    ///
    /// # Errors
    ///
    /// `DATABASE_FAILED`, also when it exists by now.
    async fn create(&self, schema: &Schema, tables: &[StoreSchema]) -> Result<Self::Transaction>;

    /// Removes the database with all that it holds, if it exists. Only ever a scratch one.
    ///
    /// # Errors
    ///
    /// `DATABASE_FAILED`, `DATABASE_BLOCKED`.
    async fn remove(&self) -> Result<()>;
}

/// How tables are read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions {
    /// What they are consistent with.
    pub consistency: Consistency,
    /// What becomes of a value that cannot be kept.
    pub on_unsupported: OnUnsupported,
}

/// What is done between two pieces of a long work: it lets messages in.
pub trait Pause {
    /// Does it.
    fn pause(&mut self) -> LocalBoxFuture<'_, Result<()>>;
}

impl<F: AsyncFnMut() -> Result<()>> Pause for F {
    fn pause(&mut self) -> LocalBoxFuture<'_, Result<()>> {
        self().boxed_local()
    }
}

/// Keeps large binary values of records, each once. (A trait object: generic code for each kind of sink made the
/// WebAssembly larger by a twentieth.)
pub trait BlobSink {
    /// A binary value of this many bytes or more is to be kept here, not in its record's line.
    fn blob_bytes(&self) -> u32;

    /// Keeps a value, unless it is kept already, and gives its SHA-256 in lower-case hexadecimal.
    /// `pause` is called after every piece.
    ///
    /// # Errors
    ///
    /// Those of the archive's file, of `content` and of `pause`. Nothing is written before `content` was read
    /// to its end once.
    fn keep<'a>(
        &'a mut self,
        content: &'a dyn ReadAt,
        pause: &'a mut dyn Pause,
    ) -> LocalBoxFuture<'a, Result<String>>;
}

/// Gives back what a [`BlobSink`] has kept. Blobs are named by their SHA-256.
pub trait BlobSource {
    /// A blob as a part of the archive's file, where nothing needs to be read for that.
    fn slice(&self, sha256: &str) -> Option<Handle>;

    /// Reads a blob piece by piece and compares its checksum at the end. `pause` is called after every piece.
    ///
    /// # Errors
    ///
    /// `ARCHIVE_DAMAGED`, `CHECKSUM_MISMATCH`, and those of the file, of `take` and of `pause`.
    async fn read(
        &self,
        sha256: &str,
        take: &mut impl FnMut(&[u8]) -> Result<()>,
        pause: &mut dyn Pause,
    ) -> Result<()>;
}

/// Reads tables batch by batch. You MUST call [`close`](Self::close), also after the future of another
/// call was dropped before its end, as a cancel does.
pub trait Snapshot {
    /// About how many records each table has, counted only where nothing else tells, as that takes a tenth of the time of
    /// reading them. To be asked before the first batch, if at all.
    async fn about(&mut self) -> Result<Vec<u64>>;

    /// The next batch of any of the tables, in key order within each; `None` when all are read.
    /// The table's next read is on its way when this returns, so that encoding, compressing and
    /// writing a batch overlap with it. Large binary values are given to `blobs` before.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED_VALUE` with table, key and path; `DATABASE_FAILED`.
    async fn next(&mut self, blobs: &mut dyn BlobSink) -> Result<Option<Batch>>;

    /// Lets messages in between two batches, and keeps open what is being read.
    async fn keep_open(&mut self) -> Result<()>;

    /// The number of records in each table, as the database counts them, which it does while they are read. To be asked when all are.
    ///
    /// # Errors
    ///
    /// `DATABASE_FAILED`.
    async fn counts(&mut self) -> Result<Vec<u64>>;

    /// Ends the reading, also in the middle of it.
    async fn close(self);
}

/// What a restore's transaction reads.
#[derive(Debug)]
pub enum LiveBatch {
    /// Some records.
    Records(Batch),
    /// The browser cannot give a record. The transaction is then lost: it cannot be committed any more, whatever
    /// else it does (Chromium 156).
    Unreadable,
}

/// All keys from one to another.
#[derive(Debug, Clone)]
pub struct KeyRange {
    /// The first one.
    pub first: Key,
    /// The last one; the range holds it too.
    pub last: Key,
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
    /// Whether a record in it is not a plain one: its lines are then checked before they count.
    pub unusual: bool,
    /// What was left out of the records, or instead of them.
    pub omissions: Vec<Omission>,
    /// Records that were left out as a whole.
    pub records_omitted: u64,
    /// What the person should know.
    pub warnings: Vec<Warning>,
    /// Whether the table ends here. Every table has one such batch, perhaps an empty one; after it
    /// comes only what else is to be said of the table.
    pub last: bool,
}

impl Batch {
    /// The only one of a table without records.
    pub(crate) fn empty(table: usize) -> Self {
        Self {
            table,
            lines: Vec::new(),
            records: 0,
            keys: None,
            unusual: false,
            omissions: Vec::new(),
            records_omitted: 0,
            warnings: Vec::new(),
            last: true,
        }
    }
}

/// Replaces tables' content, all or nothing. You MUST call [`commit`](Self::commit) or
/// [`abort`](Self::abort), the latter also after the future of another call was dropped before its end,
/// as a cancel does. Tables are named by their index in the list given to [`Database::write`].
pub trait Transaction {
    /// Lets a table's key generator go on at least at the `next_key` of the schema that was given for the table.
    async fn advance_generator(&mut self, table: usize) -> Result<()>;

    /// Removes all records of a table.
    async fn clear(&mut self, table: usize) -> Result<()>;

    /// Puts records, given as whole lines. It waits only while too many puts are unconfirmed, so an
    /// error may be that of an earlier put.
    ///
    /// # Errors
    ///
    /// `DATABASE_FAILED` with the table and, where it is known, the key of the refused record;
    /// `QUOTA_EXCEEDED`; `RECORD_INVALID`. The transaction is then lost.
    async fn put(&mut self, table: usize, lines: &[u8], blobs: &impl BlobSource) -> Result<()>;

    /// Waits until every put is confirmed.
    async fn flush(&mut self) -> Result<()>;

    /// The table's next records in the order of their keys, as a [`Snapshot`] gives them: from its first one on,
    /// and after the last one from the first one again. Several tables may be read side by side. What has been put or deleted since is not to be between those
    /// that were read and the end. Values that cannot be kept are left out of them; large ones are given to `blobs`.
    async fn read(&mut self, table: usize, blobs: &mut dyn BlobSink) -> Result<LiveBatch>;

    /// Deletes records.
    async fn delete(&mut self, table: usize, keys: &KeyRange) -> Result<()>;

    /// The number of records in a table.
    async fn count(&mut self, table: usize) -> Result<u64>;

    /// Keeps the transaction open for a moment, so that something else can be waited for.
    async fn keep_open(&mut self) -> Result<()>;

    /// Makes everything final.
    async fn commit(self) -> Result<()>;

    /// Undoes everything, and returns when it is undone.
    async fn abort(self);
}
