//! Worker → page.

use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{BackupMetadata, BackupStatus, Error, Handle, JobResult, RestoredAssets};

/// What the worker says to the page.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "WorkerEvent"))]
#[serde(
    tag = "type",
    rename_all = "SCREAMING_SNAKE_CASE",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// The WebAssembly is ready for messages.
    Loaded {
        /// [`crate::PROTOCOL_VERSION`].
        protocol_version: u32,
    },
    /// The answer to `INIT`.
    Ready {
        /// [`crate::PROTOCOL_VERSION`].
        protocol_version: u32,
        /// What this browser offers.
        capabilities: Capabilities,
        /// What was found and mended from a run that did not end.
        recovered: Recovered,
        /// The restore that `UNDO_RESTORE` undoes, if there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        undoable: Option<Box<UndoableRestore>>,
    },
    /// How a job stands; at most 20 a second and job.
    Status {
        /// The job.
        job_id: String,
        /// How it stands.
        status: Box<BackupStatus>,
    },
    /// The page is to take these over and answer with `ASSETS_APPLIED`.
    ApplyAssets {
        /// The job.
        job_id: String,
        /// What to take over.
        assets: RestoredAssets,
        /// Whether these were there before, as the restore is undone.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "typescript", ts(optional, as = "Option<bool>"))]
        undo: bool,
        /// At a later start, which does not know what the page has taken over: what its storages hold if not `assets`.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        instead: Option<RestoredAssets>,
    },
    /// The page is to make a FileList of these files, which a worker cannot, and answer with
    /// `FILE_LIST_MADE`.
    MakeFileList {
        /// The job.
        job_id: String,
        /// The files, in order.
        #[cfg_attr(feature = "typescript", ts(type = "File[]"))]
        files: Vec<Handle>,
    },
    /// The page is to read these records and to say which of them are not null, in `NULLS_CHECKED`. To a
    /// worker of Chromium a record that its stack is too small for looks like null.
    CheckNulls {
        /// The job.
        job_id: String,
        /// The database.
        database: String,
        /// The table.
        table: String,
        /// The records' keys, as IndexedDB has them.
        #[cfg_attr(feature = "typescript", ts(type = "IDBValidKey[]"))]
        keys: Vec<Handle>,
    },
    /// The job has ended well.
    Done {
        /// The job.
        job_id: String,
        /// What it ended with.
        result: Box<JobResult>,
    },
    /// The job, or a message, has failed; everything is as it was.
    Failed {
        /// The job; null for a message that has none.
        job_id: Option<String>,
        /// Why.
        error: Error,
    },
    /// The job has been cancelled; everything is as it was.
    Cancelled {
        /// The job.
        job_id: String,
    },
}

/// What this browser offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Capabilities {
    /// Archives are written to and kept on disk (the origin private file system).
    pub opfs: bool,
    /// One job at a time across all tabs (Web Locks); without it, across this worker only.
    pub locks: bool,
}

impl Capabilities {
    /// What this browser offers.
    pub fn new(opfs: bool, locks: bool) -> Self {
        Self { opfs, locks }
    }
}

/// What was found and mended from a run that did not end.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Recovered {
    /// The `.part` files of unfinished backups that were removed.
    pub removed_part_files: Vec<String>,
    /// The restore that did not end, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore: Option<Box<RecoveredRestore>>,
}

/// A restore that was cut off: by a crash, or by the page being closed. The tables hold all of the old data or all of the
/// new; what lies outside IndexedDB was brought in line with them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct RecoveredRestore {
    /// Its job.
    pub job_id: String,
    /// When the job began (milliseconds since the Unix epoch).
    pub since: f64,
    /// Of the archive that was being restored.
    pub metadata: BackupMetadata,
    /// What became of it.
    pub outcome: RestoreOutcome,
    /// Why the page could not do its part; it is tried again at the next start, and before the next job that writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
}

/// A restore that can be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct UndoableRestore {
    /// Its job.
    pub job_id: String,
    /// When it was complete (milliseconds since the Unix epoch).
    pub at: f64,
    /// Of the archive that was restored.
    pub metadata: BackupMetadata,
    /// The backup of what it replaced.
    pub backup_id: String,
}

words! {
    /// What became of a restore that was cut off.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    pub enum RestoreOutcome {
        /// All is as the archive has it.
        Finished,
        /// All is as it was before.
        Undone,
    }
}
