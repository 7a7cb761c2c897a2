//! Page → worker.

mod parse;

pub use parse::Rejected;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::words::words;
use crate::{Assets, Handle, Migration, json, strict};

/// What the page asks of the worker. Read one with [`Command::from_json`].
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Command {
    /// Says which database; the first message.
    Init(Init),
    /// Backs everything up.
    CreateBackup(CreateBackup),
    /// Says what a restore would do.
    PlanRestore(PlanRestore),
    /// Puts an archive's content in place of what is there.
    Restore(Restore),
    /// Brings back what the last restore has replaced.
    UndoRestore(UndoRestore),
    /// Checks an archive.
    Verify(Verify),
    /// Says what an archive holds.
    Inspect(Inspect),
    /// Ends a job.
    Cancel(Cancel),
    /// Answers `APPLY_ASSETS`.
    AssetsApplied(AssetsApplied),
    /// Answers `MAKE_FILE_LIST`.
    FileListMade(FileListMade),
    /// Answers `CHECK_NULLS`.
    NullsChecked(NullsChecked),
}

/// The `type` of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CommandKind {
    /// See [`Command::Init`].
    Init,
    /// See [`Command::CreateBackup`].
    CreateBackup,
    /// See [`Command::PlanRestore`].
    PlanRestore,
    /// See [`Command::Restore`].
    Restore,
    /// See [`Command::UndoRestore`].
    UndoRestore,
    /// See [`Command::Verify`].
    Verify,
    /// See [`Command::Inspect`].
    Inspect,
    /// See [`Command::Cancel`].
    Cancel,
    /// See [`Command::AssetsApplied`].
    AssetsApplied,
    /// See [`Command::FileListMade`].
    FileListMade,
    /// See [`Command::NullsChecked`].
    NullsChecked,
}

/// Says which database; the first message.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Init {
    /// What to back up.
    pub config: Config,
}

/// What to back up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// The IndexedDB database of the app.
    pub database: String,
    /// The store in it that holds the queue of pending actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_queue: Option<String>,
    /// The app's version, kept in every backup.
    pub app_version: String,
    /// The version of the app's schema; the database's own by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_version: Option<u64>,
    /// How archives of older schema versions become ones of this: they are gone through one after another, from the
    /// archive's version to the app's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<Migration>>"))]
    pub migrations: Vec<Migration>,
}

/// Backs everything up.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateBackup {
    /// The job, chosen by the page.
    pub job_id: String,
    /// How.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<BackupOptions>"))]
    pub options: BackupOptions,
    /// What lies outside IndexedDB.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Assets>"))]
    pub assets: Assets,
}

/// How to back up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BackupOptions {
    /// Only these tables; what lies outside IndexedDB all the same. All tables by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<String>>,
    /// What the tables are consistent with.
    #[serde(deserialize_with = "strict::word")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Consistency>"))]
    pub consistency: Consistency,
    /// What becomes of a value that cannot be kept.
    #[serde(deserialize_with = "strict::word")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<OnUnsupported>"))]
    pub on_unsupported: OnUnsupported,
}

words! {
    /// What becomes of a value that an archive cannot keep.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    pub enum OnUnsupported {
        /// The backup fails with `UNSUPPORTED_VALUE`.
        #[default]
        Fail,
        /// It is left out and listed in the metadata's `omissions`.
        Omit,
    }
}

words! {
    /// What the tables of a backup are consistent with, and so how long a writer may have to wait.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    pub enum Consistency {
        /// All tables show the same moment; writers wait until all are read.
        #[default]
        Snapshot,
        /// Each table shows one moment; a writer waits until its table is read.
        Table,
        /// Each batch of records shows one moment; a writer waits for one batch at most.
        Batch,
    }
}

/// An archive: a file, or the id of a backup that the browser keeps.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum Source {
    /// A backup that the browser keeps.
    #[serde(rename_all = "camelCase")]
    Stored {
        /// Its id.
        backup_id: String,
    },
    /// A Blob or File.
    #[cfg_attr(feature = "typescript", ts(type = "Blob"))]
    File(Handle),
}

// serde's own code for such an enum reads everything into a copy first, and tries that.
impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase", deny_unknown_fields)]
        struct Either {
            backup_id: Option<String>,
            #[serde(rename = "$handle")]
            file: Option<u64>,
        }
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let source = match json::read(text.get()) {
            Ok(Either {
                backup_id: Some(backup_id),
                file: None,
            }) => Some(Self::Stored { backup_id }),
            Ok(Either {
                backup_id: None,
                file: Some(index),
            }) => Handle::at(index).map(Self::File),
            _ => None,
        };
        source.ok_or_else(|| D::Error::custom("expected a Blob or { backupId: string }"))
    }
}

/// Says what a restore would do.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanRestore {
    /// The job, chosen by the page.
    pub job_id: String,
    /// The archive.
    pub source: Source,
    /// How.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<RestoreOptions>"))]
    pub options: RestoreOptions,
}

/// Puts an archive's content in place of what is there.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Restore {
    /// The job, chosen by the page.
    pub job_id: String,
    /// The archive.
    pub source: Source,
    /// How.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<RestoreOptions>"))]
    pub options: RestoreOptions,
    /// What lies outside IndexedDB now: put back when the restore is cut off before its commit.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "strict::some"
    )]
    pub assets: Option<Assets>,
}

/// Brings back what the last restore has replaced, as that restore kept it.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UndoRestore {
    /// The job, chosen by the page.
    pub job_id: String,
    /// How.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<UndoOptions>"))]
    pub options: UndoOptions,
    /// As for `RESTORE`.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "strict::some"
    )]
    pub assets: Option<Assets>,
}

/// How to undo a restore.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct UndoOptions {
    /// Whether what is replaced is kept in its turn, so that the undo can be undone; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_backup: Option<bool>,
}

/// How to restore.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RestoreOptions {
    /// Only these tables, and nothing outside IndexedDB; everything in the archive by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tables: Option<Vec<String>>,
    /// Accepts an archive made from a database of another name, and restores it into this one.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub any_database: bool,
    /// What becomes of records that the archive does not hold, and of those that it holds otherwise.
    #[cfg_attr(feature = "typescript", ts(as = "Option<RestoreMode>"))]
    pub mode: RestoreMode,
    /// Whether what is replaced is kept for `UNDO_RESTORE`; true by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub safety_backup: Option<bool>,
    /// What of the written tables is checked before they are committed.
    #[serde(deserialize_with = "strict::word")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Validate>"))]
    pub validate: Validate,
    /// Brings back what is whole of a damaged archive, which is refused otherwise. What is missing is listed.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub salvage: bool,
}

impl RestoreOptions {
    /// Whether what is replaced is kept.
    pub fn keeps_copy(&self) -> bool {
        self.safety_backup != Some(false)
    }
}

words! {
    /// What of the written tables is checked before they are committed.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    pub enum Validate {
        /// That each has as many records as it is to have.
        #[default]
        Counts,
        /// That each record is what it is to be, or with mode `fill` that it is there: all are read once more.
        Full,
    }
}

words! {
    /// What becomes of records that the archive does not hold, and of those that it holds otherwise.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    pub enum RestoreMode {
        /// The tables become what the archive holds.
        #[default]
        Replace,
        /// What the archive holds is put; other records stay.
        Merge,
        /// What is missing is put; records that are there stay as they are.
        Fill,
    }
}

/// Checks an archive.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Verify {
    /// The job, chosen by the page.
    pub job_id: String,
    /// The archive.
    pub source: Source,
    /// How.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<VerifyOptions>"))]
    pub options: VerifyOptions,
}

/// How to check an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VerifyOptions {
    /// Compares it with the database too: whether the backup is current.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub live: bool,
    /// Restores it into a scratch database, compares what is there then, and removes that again.
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub rehearse: bool,
}

/// Says what an archive holds.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Inspect {
    /// The job, chosen by the page.
    pub job_id: String,
    /// The archive.
    pub source: Source,
}

/// Ends a job, at any moment.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cancel {
    /// The job.
    pub job_id: String,
}

/// Answers `APPLY_ASSETS`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssetsApplied {
    /// The job.
    pub job_id: String,
    /// What was there before, so that it can be put back.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Assets>"))]
    pub previous: Assets,
    /// Why they could not be taken over; nothing must then have been changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Answers `MAKE_FILE_LIST`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileListMade {
    /// The job.
    pub job_id: String,
    /// A FileList of the files; absent when it could not be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "FileList"))]
    pub list: Option<Handle>,
    /// Why it could not be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Answers `CHECK_NULLS`.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NullsChecked {
    /// The job.
    pub job_id: String,
    /// The indexes of the keys, among those asked for, whose records are not null; absent when they
    /// could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null: Option<Vec<u32>>,
}
