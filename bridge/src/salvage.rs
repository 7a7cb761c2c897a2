//! What is missing of a damaged archive.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Error;

/// What a restore with `salvage: true` does not bring back, because the archive is damaged. What the database, or the page,
/// has in its place stays: in a table that lacks a part, records between the part before it and the part after it are not
/// deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SalvageReport {
    /// Whether this is known to be all: not where the archive's manifest is lost and it does not say how many records a
    /// table had.
    pub complete: bool,
    /// What is missing, in the archive's order; at most 10,000 of it.
    pub missing: Vec<Missing>,
    /// How much more is missing than is listed.
    pub unlisted: u64,
}

/// Something that is missing: an entry of the archive, or one record of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Missing {
    /// The entry; of several at the end of a table of which only the number of records is known, the first.
    pub entry: String,
    /// The table that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// How many records are missing, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u64>,
    /// Key of the first record of a part that is missing, as `docs/format.md` writes keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "unknown"))]
    pub first_key: Option<Value>,
    /// Key of the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "unknown"))]
    pub last_key: Option<Value>,
    /// Key of a record that is missing by itself, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(type = "unknown"))]
    pub key: Option<Value>,
    /// What is wrong with it.
    pub error: Error,
}
