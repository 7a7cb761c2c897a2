//! The documents of a good archive, to be changed while everything else stays right.

use pos_backup::bridge::ErrorCode;
use serde_json::Value;

use super::archive::Archive;
use super::world::{World, till};

pub const PART: &str = "database/products/000000.ndjson";
pub const MANIFEST: &str = "manifest.json";
pub const METADATA: &str = "metadata.json";
pub const SCHEMA: &str = "schema.json";
/// The place of `PART` in the manifest.
pub const PART_INDEX: usize = 10;

pub fn good() -> Archive {
    let archive = Archive::read(&World::new(till()).archive());
    assert_eq!(archive.json(MANIFEST)["entries"][PART_INDEX]["path"], PART);
    archive
}

/// What else is right again after a change of this document.
pub fn settle(archive: &mut Archive, document: &str) {
    match document {
        METADATA => _ = archive.remeasure_metadata(),
        SCHEMA => _ = archive.consistent(),
        _ => {}
    }
}

/// The archive with a change in one of its documents.
pub fn changed(document: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut archive = good();
    archive.edit(document, change);
    settle(&mut archive, document);
    archive.sealed()
}

/// The code of a document that cannot be understood.
pub fn invalid(document: &str) -> ErrorCode {
    match document {
        MANIFEST => ErrorCode::ManifestInvalid,
        METADATA => ErrorCode::MetadataInvalid,
        _ => ErrorCode::SchemaInvalid,
    }
}
