//! The archive's JSON documents.

use pos_backup_bridge::{BackupManifest, BackupMetadata, Error, ErrorCode, Result, Schema, json};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{EntryName, FORMAT_MAJOR};

/// A document that an archive must hold.
pub(super) trait Document: DeserializeOwned {
    const NAME: EntryName;
    const INVALID: ErrorCode;
    /// Whether the document has its own `version`, to be looked at before anything else.
    const VERSIONED: bool;
}

impl Document for BackupManifest {
    const NAME: EntryName = EntryName::Manifest;
    const INVALID: ErrorCode = ErrorCode::ManifestInvalid;
    const VERSIONED: bool = true;
}

impl Document for BackupMetadata {
    const NAME: EntryName = EntryName::Metadata;
    const INVALID: ErrorCode = ErrorCode::MetadataInvalid;
    const VERSIONED: bool = true;
}

impl Document for Schema {
    const NAME: EntryName = EntryName::Schema;
    const INVALID: ErrorCode = ErrorCode::SchemaInvalid;
    const VERSIONED: bool = false;
}

/// Reads a document.
///
/// # Errors
///
/// `FORMAT_TOO_NEW`, or the document's own code with the field's path.
pub(super) fn parse<T: Document>(content: &[u8]) -> Result<T> {
    if T::VERSIONED {
        check_version::<T>(content)?;
    }
    if content.trim_ascii_start().starts_with(b"[") {
        return Err(invalid::<T>("The archive's document is no object.")
            .with(|c| c.path = Some(String::new()))
            .expected("an object", "an array"));
    }
    json::read_bytes(content).map_err(|fault| {
        invalid::<T>(format!(
            "The archive's document cannot be understood: {fault}."
        ))
        .with(|c| c.path = Some(fault.path()))
    })
}

/// An error about a document.
pub(super) fn invalid<T: Document>(message: impl Into<String>) -> Error {
    Error::new(T::INVALID, message).in_entry(&T::NAME.to_string())
}

/// A newer format may mean anything by its fields, so its version is looked at alone.
fn check_version<T: Document>(content: &[u8]) -> Result<()> {
    #[derive(Deserialize)]
    struct Versioned {
        version: serde_json::Value,
    }
    let Ok(Versioned { version }) = json::read_bytes(content) else {
        return Ok(());
    };
    let major = version
        .as_str()
        .and_then(|text| text.split('.').next()?.parse::<u32>().ok());
    match major {
        Some(FORMAT_MAJOR) => Ok(()),
        Some(major) if major > FORMAT_MAJOR => Err(Error::new(
            ErrorCode::FormatTooNew,
            "The archive's format is newer than this version can read.",
        )
        .in_entry(&T::NAME.to_string())
        .expected(FORMAT_MAJOR, version)),
        _ => Err(invalid::<T>("The archive's format version is not known.")
            .with(|c| c.path = Some("/version".into()))
            .expected(super::FORMAT_VERSION, version)),
    }
}
