//! What a job ends with, in `DONE`.

use serde::{Deserialize, Serialize};

use crate::{
    AppVersions, BackupMetadata, ErrorCode, Handle, MigrationReport, RestorePlan, SalvageReport,
    Schema, TablePlan,
};

/// What a job ends with; which one it is follows from the command.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum JobResult {
    /// Of `CREATE_BACKUP`.
    Backup(BackupResult),
    /// Of `PLAN_RESTORE`.
    Plan(RestorePlan),
    /// Of `RESTORE`.
    Restore(RestoreResult),
    /// Of `VERIFY`.
    Verify(VerifyReport),
    /// Of `INSPECT`.
    Inspect(Inspection),
}

/// Of `CREATE_BACKUP`: a checked archive.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BackupResult {
    /// The backup's id; where the browser has OPFS, a `source` for later commands.
    pub backup_id: String,
    /// The archive; disk-backed where the browser has OPFS.
    #[cfg_attr(feature = "typescript", ts(type = "File"))]
    pub file: Handle,
    /// The archive's size in bytes, compressed.
    pub archive_bytes: u64,
    /// Whether the browser keeps the archive (in OPFS); if not, `file` is the only copy.
    pub stored: bool,
    /// What the archive holds.
    pub metadata: BackupMetadata,
    /// What the person should know.
    pub warnings: Vec<Warning>,
    /// How long the job took, in milliseconds.
    pub duration_ms: f64,
}

/// Of `RESTORE` and `UNDO_RESTORE`.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct RestoreResult {
    /// The archive's metadata.
    pub metadata: BackupMetadata,
    /// The app's versions: the one that made the archive, and this one.
    pub app_version: AppVersions,
    /// What a damaged archive did not bring back, with `salvage`; absent for one that is whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salvage: Option<SalvageReport>,
    /// What migrations made of the archive first, where its schema was an older one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration: Option<MigrationReport>,
    /// What was written, table by table.
    pub tables: Vec<RestoredTable>,
    /// What was there before, unless that was declined or there was no database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_backup: Option<SafetyBackup>,
    /// What the person should know.
    pub warnings: Vec<Warning>,
    /// How long the job took, in milliseconds.
    pub duration_ms: f64,
}

/// A backup of what a restore has replaced: the tables concerned and, where they were replaced, what lies outside
/// IndexedDB. `UNDO_RESTORE` brings it back; the next restore's takes its place.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SafetyBackup {
    /// Its id; where the browser has OPFS, a `source` for later commands.
    pub backup_id: String,
    /// The archive; disk-backed where the browser has OPFS.
    #[cfg_attr(feature = "typescript", ts(type = "File"))]
    pub file: Handle,
    /// The archive's size in bytes, compressed.
    pub archive_bytes: u64,
    /// Whether the browser keeps the archive (in OPFS); if not, `file` is the only copy, and `UNDO_RESTORE` knows none.
    pub stored: bool,
}

/// What was written to one table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RestoredTable {
    /// The table.
    pub table: String,
    /// Records that it now holds.
    pub records: u64,
    /// Bytes of their lines in the archive.
    pub bytes: u64,
    /// How long writing it took, in milliseconds.
    pub duration_ms: f64,
    /// Records that were left as they were.
    pub unchanged: u64,
    /// Records written that were not there.
    pub add: u64,
    /// Records overwritten.
    pub change: u64,
    /// Records removed.
    pub delete: u64,
}

/// Of `VERIFY`: the archive is whole; a damaged one ends with `FAILED`, and so does one that did not pass its rehearsal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// The archive's metadata.
    pub metadata: BackupMetadata,
    /// Entries checked.
    pub entries: u64,
    /// Records decoded.
    pub records: u64,
    /// Bytes checked, uncompressed.
    pub bytes: u64,
    /// Whether the file as a whole, container included, is what was written (the archive's seal);
    /// false for an archive that another tool has packed anew.
    pub sealed: bool,
    /// What the database holds otherwise, if that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<LiveComparison>,
    /// When this backup was last proven restorable by a rehearsal in this browser (milliseconds since the Unix epoch).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsed_at: Option<f64>,
    /// How long the job took, in milliseconds.
    pub duration_ms: f64,
}

/// An archive beside the database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct LiveComparison {
    /// Whether the archive's tables hold exactly what the database's do.
    pub current: bool,
    /// What a restore would do to each table, in the archive's order.
    pub tables: Vec<TablePlan>,
}

/// Of `INSPECT`: what an archive says of itself. Its contents are not checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The archive's metadata.
    pub metadata: BackupMetadata,
    /// The database's shape.
    pub schema: Schema,
    /// The archive's size in bytes, compressed.
    pub archive_bytes: u64,
    /// The number of entries.
    pub entries: u64,
    /// As in the report of `VERIFY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsed_at: Option<f64>,
}

/// Something the person should know although the job succeeded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// The code of the error that it would have been, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<ErrorCode>,
    /// What there is to know.
    pub message: String,
    /// The table concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
}
