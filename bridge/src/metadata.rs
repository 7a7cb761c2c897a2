//! `metadata.json` and `manifest.json` of an archive, format version 1.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::words::words;
use crate::{Consistency, strict};

/// What a backup holds (`metadata.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BackupMetadata {
    /// The archive format's version, `major.minor`.
    pub version: String,
    /// The backup's id.
    pub id: String,
    /// When the backup began (milliseconds since the Unix epoch).
    pub timestamp: f64,
    /// The app's version, as `INIT` gave it.
    pub app_version: String,
    /// The version of the app's schema: `INIT`'s, or else the database's.
    pub schema_version: u64,
    /// The database's name.
    pub database: String,
    /// What the tables are consistent with.
    #[serde(deserialize_with = "strict::word")]
    pub consistency: Consistency,
    /// SHA-256 over the entries, without this one and the manifest (see the format's description).
    pub checksum: String,
    /// The sum of those entries' sizes in bytes, uncompressed.
    pub size: u64,
    /// Records per table, the action queue not among them.
    pub tables: BTreeMap<String, u64>,
    /// Records in the action queue.
    pub action_queue_count: u64,
    /// The files kept: `localStorage.json`, `sessionStorage.json` and the names the page gave.
    pub file_assets: Vec<String>,
    /// Whether the app's config is kept.
    pub config: bool,
    /// Values left out because they cannot be kept.
    pub omissions: Vec<Omission>,
}

/// A value left out of a backup because it cannot be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Omission {
    /// The table.
    pub table: String,
    /// The record's key, as it is written in an archive.
    #[cfg_attr(feature = "typescript", ts(type = "unknown"))]
    pub key: Value,
    /// JSON Pointer (RFC 6901) to the value.
    pub path: String,
    /// What was found there.
    pub found: String,
}

/// The list of an archive's entries with their checksums (`manifest.json`).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BackupManifest {
    /// The archive format's version, `major.minor`.
    pub version: String,
    /// When the backup began (milliseconds since the Unix epoch).
    pub timestamp: f64,
    /// SHA-256 over all entries (see the format's description).
    pub checksum: String,
    /// Every entry but `manifest.json`, in the archive's order.
    pub entries: Vec<ManifestEntry>,
}

/// One entry of an archive.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct ManifestEntry {
    /// The entry's name in the ZIP.
    pub path: String,
    /// SHA-256 of the uncompressed content, in lower-case hexadecimal.
    pub checksum: String,
    /// Uncompressed size in bytes.
    pub size: u64,
    /// What the entry is.
    #[serde(rename = "type", deserialize_with = "strict::word")]
    pub entry_type: EntryType,
    /// The table of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The number of records in a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// The first key of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub first_key: Option<Box<RawValue>>,
    /// The last key of a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub last_key: Option<Box<RawValue>>,
}

words! {
    /// What an entry is.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    pub enum EntryType {
        /// A part of a table, or a large value of one.
        Database,
        /// localStorage, sessionStorage or a user's file.
        File,
        /// The config, the schema and the metadata.
        Config,
        /// A part of the action queue.
        ActionQueue,
    }
}
