//! What a page keeps outside IndexedDB: localStorage, sessionStorage, config and files.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Handle, Sorted};

/// What the page gives to be backed up.
///
/// The JSON of localStorage, sessionStorage and config is kept as it came, undecoded, so that
/// strings which are no valid Unicode come back exactly.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Assets {
    /// All of localStorage, key to value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "Record<string, string>"))]
    pub local_storage: Option<Box<RawValue>>,
    /// All of sessionStorage, key to value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "Record<string, string>"))]
    pub session_storage: Option<Box<RawValue>>,
    /// Files by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "Record<string, Blob>"))]
    pub files: Option<Sorted<String, Handle>>,
    /// The app's config: any JSON value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub config: Option<Box<RawValue>>,
}

/// What the worker gives back to the page, with the same fields; absent ones stay as they are.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct RestoredAssets {
    /// All of localStorage, key to value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "Record<string, string>"))]
    pub local_storage: Option<Handle>,
    /// All of sessionStorage, key to value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "Record<string, string>"))]
    pub session_storage: Option<Handle>,
    /// Files by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "Record<string, Blob>"))]
    pub files: Option<Sorted<String, Handle>>,
    /// The app's config.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "typescript", ts(optional, type = "unknown"))]
    pub config: Option<Handle>,
}
