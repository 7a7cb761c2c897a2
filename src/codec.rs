//! What can be done with records only where the browser's values are: lines are decoded to them, and encoded again.

use pos_backup_bridge::{Error, ErrorCode, KeyPath, MigrationStep, Result};
use serde::Serialize;

use crate::database::{BlobSink, BlobSource, Pause};

/// Decodes and encodes records.
pub trait Codec {
    /// The migration of a table's records.
    type Migration: RecordMigration;

    /// Whether a sound line can be decoded here: some values exist in some browsers only.
    ///
    /// # Errors
    ///
    /// `RECORD_INVALID`, with the path.
    async fn try_line(&self, line: &[u8], blobs: &impl BlobSource) -> Result<()>;

    /// Makes ready what migrates a table's records. `pause` lets messages in meanwhile.
    ///
    /// # Errors
    ///
    /// `MIGRATION_FAILED` for a module that cannot be imported, or that has no `migrate`.
    async fn migration(
        &self,
        table: &TableMigration,
        pause: &mut dyn Pause,
    ) -> Result<Self::Migration>;
}

/// What the records of a table go through.
#[derive(Debug, Clone)]
pub struct TableMigration {
    /// Its name in the database.
    pub table: String,
    /// Where the records' keys are in the archive; `None` when they are out of line.
    pub archived_key_path: Option<KeyPath>,
    /// Where they are in the database.
    pub key_path: Option<KeyPath>,
    /// What is done to each record, in this order.
    pub operations: Vec<Operation>,
}

/// Something that is done to a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Operation {
    /// A step that is about a field.
    Step(MigrationStep),
    /// A function.
    Function(Function),
}

/// A function of the app, with what it is told of the table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Function {
    /// The URL of its module.
    pub module: String,
    /// The table's name at that point.
    pub table: String,
    /// The schema version that it migrates from.
    pub from: u64,
    /// The one that it migrates to.
    pub to: u64,
}

/// Migrates the records of one table.
pub trait RecordMigration {
    /// Migrates records, given as whole lines. Large values are read from `blobs` and given to `kept`, which names them
    /// anew. `pause` is called now and then.
    ///
    /// # Errors
    ///
    /// `MIGRATION_FAILED` with table and key; `UNSUPPORTED_VALUE`; those of `blobs`, `kept` and `pause`.
    async fn migrate(
        &self,
        lines: &[u8],
        blobs: &impl BlobSource,
        kept: &mut dyn BlobSink,
        pause: &mut dyn Pause,
    ) -> Result<MigratedLines>;
}

/// Records that were migrated.
#[derive(Debug, Default)]
pub struct MigratedLines {
    /// The lines of those that are left, in their order.
    pub lines: Vec<u8>,
    /// Which of the lines that were given have none: their indexes, in order.
    pub removed: Vec<u32>,
}

/// Decodes nothing, and so refuses nothing: where there is no browser.
#[derive(Debug, Clone, Copy)]
pub struct NoCodec;

impl Codec for NoCodec {
    type Migration = Self;

    async fn try_line(&self, _line: &[u8], _blobs: &impl BlobSource) -> Result<()> {
        Ok(())
    }

    async fn migration(&self, table: &TableMigration, _pause: &mut dyn Pause) -> Result<Self> {
        let message = "Records cannot be migrated here.";
        Err(Error::new(ErrorCode::MigrationFailed, message).in_table(&table.table))
    }
}

impl RecordMigration for NoCodec {
    async fn migrate(
        &self,
        _lines: &[u8],
        _blobs: &impl BlobSource,
        _kept: &mut dyn BlobSink,
        _pause: &mut dyn Pause,
    ) -> Result<MigratedLines> {
        Err(Error::new(
            ErrorCode::MigrationFailed,
            "Records cannot be migrated here.",
        ))
    }
}
