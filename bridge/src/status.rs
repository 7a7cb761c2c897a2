//! `BackupStatus`: how a job stands.

use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{BackupMetadata, Error};

/// How a job stands. `progress` never goes down; the last one of a job says how it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BackupStatus {
    /// The job's id.
    pub id: String,
    /// Where the job stands as a whole.
    pub status: StatusKind,
    /// 0 to 1.
    pub progress: f64,
    /// One short sentence for a person.
    pub message: String,
    /// When this was said (milliseconds since the Unix epoch).
    pub timestamp: f64,
    /// What the job is doing.
    pub phase: Phase,
    /// The table being worked on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Records done in this phase.
    pub records_done: u64,
    /// Records to do in this phase; while tables are read for a backup, about so many.
    pub records_total: u64,
    /// Bytes done in this phase, uncompressed.
    pub bytes_done: u64,
    /// Bytes to do in this phase, uncompressed, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_total: Option<u64>,
    /// Estimated time left of the whole job, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta_ms: Option<f64>,
    /// The backup's metadata, once they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Box<BackupMetadata>>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Box<Error>>,
}

impl BackupStatus {
    /// The first status of a job.
    pub fn pending(id: &str, timestamp: f64) -> Self {
        Self {
            id: id.to_owned(),
            status: StatusKind::Pending,
            progress: 0.0,
            message: "Waiting to start.".to_owned(),
            timestamp,
            phase: Phase::Starting,
            table: None,
            records_done: 0,
            records_total: 0,
            bytes_done: 0,
            bytes_total: None,
            eta_ms: None,
            metadata: None,
            error: None,
        }
    }
}

words! {
    /// Where a job stands as a whole.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    pub enum StatusKind {
        /// Accepted, not begun.
        Pending,
        /// Reading and writing a backup.
        InProgress,
        /// Checking an archive.
        Validating,
        /// Writing to the database.
        Restoring,
        /// Ended well.
        Completed,
        /// Ended with an error.
        Failed,
        /// Ended by `CANCEL`: whatever was begun is, or is being, undone.
        Cancelled,
    }
}

words! {
    /// What a job is doing.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    #[non_exhaustive]
    pub enum Phase {
        /// Waiting for the lock, opening the database and the storage.
        Starting,
        /// Reading tables and writing them to the archive.
        Reading,
        /// Reading the finished archive back and checking it.
        Checking,
        /// Bringing an archive of an older schema to the app's.
        Migrating,
        /// Comparing the archive with the database.
        Planning,
        /// Comparing tables with the archive and writing what differs.
        Writing,
        /// Reading what was written and comparing it with the archive.
        Validating,
        /// Reading the copy of what is replaced back and checking it.
        CheckingCopy,
        /// Handing localStorage, sessionStorage, config and files to the page.
        ApplyingAssets,
        /// Making the result final: renaming the file, committing the transaction.
        Finishing,
        /// `CANCEL` has arrived.
        Cancelling,
        /// The browser is undoing what was written.
        RollingBack,
        /// Nothing more will happen.
        Ended,
    }
}
