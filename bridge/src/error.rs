//! The error that crosses every boundary. The rules:
//!
//! - An error has a stable [`ErrorCode`]; a page decides by the code, never by the message.
//! - The message says what happened, in one sentence without the context's details repeated.
//! - What was expected and what was found, the table, key, path and archive entry are fields of
//!   [`ErrorContext`], not prose.
//! - The hint tells what to do next; it belongs to the code, or to a case of it that the code's own would mislead. Where the
//!   call or the data is at fault it speaks to the developer, else to the person.
//! - `retryable` means: the same call may succeed later with nothing changed by the caller.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The result of everything that can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure with a stable code, its context and a way out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ErrorDetails"))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Error {
    /// What kind of failure this is; stable across versions.
    pub code: ErrorCode,
    /// What happened, for a person.
    pub message: String,
    /// What can be done about it.
    pub hint: String,
    /// Where it happened, and what was expected and found.
    pub context: Box<ErrorContext>,
    /// Whether the same call may succeed later with nothing changed.
    pub retryable: bool,
}

/// Where a failure happened, and what was expected and found. Every field is optional.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ErrorContext {
    /// The database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// The table (object store).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The record's key, as it is written in an archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub key: Option<Value>,
    /// JSON Pointer (RFC 6901) to the value in its record, message or document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The archive's entry, or the storage's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The line of the entry, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The migration that was under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration: Option<SchemaVersions>,
    /// What was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub expected: Option<Value>,
    /// What was found instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub found: Option<Value>,
    /// The browser's own error behind this one: the name of the DOMException.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// When the job that stands in the way began (milliseconds since the Unix epoch).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<f64>,
}

/// A migration, by its schema versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SchemaVersions {
    /// The one that it begins with.
    pub from: u64,
    /// The one that it leads to.
    pub to: u64,
}

/// Whose fault a failure is, and so who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// The call's: the app's code has to change.
    Call,
    /// The archive's: another file is needed, or another version of the app.
    Archive,
    /// The data's: a value cannot be kept as it is.
    Data,
    /// The machine's: the browser, its storage, what else is open or running there.
    Machine,
    /// This software's.
    Software,
}

macro_rules! error_codes {
    ($($fault:ident {
        $($(#[doc = $doc:literal])+ $name:ident $retryable:literal $hint:literal,)+
    })+) => {
        /// What kind of failure; stable across versions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[non_exhaustive]
        pub enum ErrorCode { $($($(#[doc = $doc])+ $name,)+)+ }

        impl ErrorCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Self] = &[$($(Self::$name,)+)+];

            /// When it is given.
            pub fn meaning(self) -> &'static str {
                match self { $($(Self::$name => concat!($($doc),+).trim_start(),)+)+ }
            }

            /// What can be done about it.
            pub fn hint(self) -> &'static str {
                match self { $($(Self::$name => $hint,)+)+ }
            }

            /// Whether the same call may succeed later with nothing changed.
            pub fn retryable(self) -> bool {
                match self { $($(Self::$name => $retryable,)+)+ }
            }

            /// Whose fault it is.
            pub fn fault(self) -> Fault {
                match self { $($(Self::$name => Fault::$fault,)+)+ }
            }
        }
    };
}

error_codes! {
    Call {
        /// The message has no known `type`, or a field of it is missing, unknown or of the wrong type.
        InvalidMessage false "`context.path` names the field: compare the call with the client's types, or the message with the protocol.",
        /// A command came before `INIT`.
        NotInitialized false "Send `INIT` and wait for `READY` first.",
        /// A migration that the app registered did not come to its end, or makes records that the database cannot take.
        MigrationFailed false "Correct the migration that `context` names: `table` is the table's name then, `key` the record's in the archive, and `found` what is wrong, or what the function threw.",
        /// `options.tables` names a table that is not there.
        TableNotFound false "Check the spelling, or leave `tables` out to take all of them.",
    }

    Archive {
        /// The file is no ZIP archive at all.
        NotAnArchive false "Choose a .zip file made by this app's backup.",
        /// The archive ends too early.
        ArchiveTruncated false "The file was cut off while being copied or downloaded; get it again from where it was made.",
        /// The archive's structure is broken or was changed.
        ArchiveDamaged false "Get the file again from where it was made, or use an older backup.",
        /// An entry's name is not one an archive may hold.
        EntryNameInvalid false "The archive was altered; use another copy of it, or an older backup.",
        /// Two entries have the same name.
        EntryDuplicate false "The archive was altered; use another copy of it, or an older backup.",
        /// The manifest lists an entry that is not in the archive.
        EntryMissing false "The archive was altered; use another copy of it, or an older backup.",
        /// The archive holds an entry that the manifest does not list.
        EntryUnexpected false "The archive was altered; use another copy of it, or an older backup.",
        /// An entry's content is not what the manifest says.
        ChecksumMismatch false "The archive was damaged or edited; use another copy of it, or an older backup.",
        /// `manifest.json` is missing or cannot be understood.
        ManifestInvalid false "The archive was damaged or edited; use another copy of it, or an older backup.",
        /// `metadata.json` is missing or cannot be understood.
        MetadataInvalid false "The archive was damaged or edited; use another copy of it, or an older backup.",
        /// `schema.json` is missing or cannot be understood.
        SchemaInvalid false "The archive was damaged or edited; use another copy of it, or an older backup.",
        /// A record's line cannot be decoded.
        RecordInvalid false "The archive was damaged or edited; use another copy of it, or an older backup.",
        /// The archive's format is newer than this version can read.
        FormatTooNew false "Update the app, then restore again.",
        /// The archive was made by a newer version of the app's database.
        SchemaTooNew false "Update the app to the version that made the backup, then restore again.",
        /// The archive is older than the app's database, and no migration leads from it.
        MigrationMissing false "Register a migration from the version that `context` names, as IndexedDB counts (Dexie's versions times ten); or restore with the app version that made the backup, then update the app.",
        /// The archive's tables do not fit the database's.
        SchemaMismatch false "The backup was made by another app or another version of this one; restore it there.",
        /// The archive was made from a database of another name.
        DatabaseMismatch false "To restore it into this database all the same, pass `anyDatabase: true`.",
    }

    Data {
        /// A value cannot be kept in an archive.
        UnsupportedValue false "Change the record named in `context`, leave its table out of the backup, or have such values left out with `onUnsupported: 'omit'`.",
        /// A value or record is larger than the limit.
        ValueTooLarge false "Keep large files outside the record, or leave its table out of the backup.",
    }

    Machine {
        /// The stored backup is not there.
        BackupNotFound false "It may have been removed by the browser or by hand; choose another backup.",
        /// The database does not exist.
        DatabaseNotFound false "Open the app once so that it creates its database, then try again.",
        /// Another backup or restore of this database is running, perhaps in another tab.
        BackupInProgress true "Wait until it is done, or cancel it where it was started.",
        /// The browser's storage is full.
        QuotaExceeded true "Free some space on this device, then try again.",
        /// The browser refused or failed a database operation.
        DatabaseFailed true "Try again; if it stays, reload the app.",
        /// Another tab holds the database so that it cannot be opened.
        DatabaseBlocked true "Close the other tabs of this app, then try again.",
        /// The browser refused or failed a storage operation.
        StorageFailed true "Try again; if it stays, check the disk and reload the app.",
        /// After writing, the database did not hold what the archive holds.
        ValidationFailed true "Nothing was changed. Try again; if it stays, report it with the archive.",
        /// The page did not take over the restored localStorage, sessionStorage, config or files.
        AssetsNotApplied true "Nothing was changed. Keep the page open during a restore, and check the space of localStorage.",
        /// The worker could not be started, or stopped answering, or the client was closed.
        WorkerFailed true "Reload the page; check that the worker's files are served from the same origin and that the Content-Security-Policy allows WebAssembly ('wasm-unsafe-eval').",
    }

    Software {
        /// A defect of this software.
        Internal false "Report it with the message and the steps that led here.",
    }
}

impl Error {
    /// An error with the code's own hint and an empty context.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: code.hint().to_owned(),
            context: Box::default(),
            retryable: code.retryable(),
        }
    }

    /// A hint of its own, where the code's would mislead.
    #[must_use]
    pub fn with_hint(mut self, hint: &str) -> Self {
        hint.clone_into(&mut self.hint);
        self
    }

    /// Adds to the context.
    #[must_use]
    pub fn with(mut self, fill: impl FnOnce(&mut ErrorContext)) -> Self {
        fill(&mut self.context);
        self
    }

    /// Adds the table, unless a more exact place was named before.
    #[must_use]
    pub fn in_table(self, table: &str) -> Self {
        self.with(|context| {
            context.table.get_or_insert_with(|| table.to_owned());
        })
    }

    /// Adds the archive's entry or the storage's file, unless it was named before.
    #[must_use]
    pub fn in_entry(self, entry: &str) -> Self {
        self.with(|context| {
            context.entry.get_or_insert_with(|| entry.to_owned());
        })
    }

    /// Adds what was expected and what was found.
    #[must_use]
    pub fn expected(self, expected: impl Into<Value>, found: impl Into<Value>) -> Self {
        self.with(|context| {
            context.expected = Some(expected.into());
            context.found = Some(found.into());
        })
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.code, self.message)?;
        let context = crate::json::text(&self.context);
        if context != "{}" {
            write!(f, " {context}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
