//! The manifest against the ZIP's directory: every entry but the manifest is listed, every listed one
//! is there, and both say the same of it.

use std::collections::{HashMap, HashSet};

use pos_backup_bridge::{BackupManifest, EntryType, Error, ErrorCode, ManifestEntry, Result, json};
use serde_json::value::RawValue;

use crate::archive::EntryName;
use crate::archive::directory::ZipEntry;
use crate::archive::documents::invalid;
use crate::limits::{FILE_MAX_BYTES, PART_MAX_BYTES};
use crate::record::Key;

/// A ZIP's entries by name.
pub(super) type ByPath<'a> = HashMap<&'a str, (&'a ZipEntry, EntryName)>;

/// An entry in the manifest, in the ZIP, and what its name says.
pub(super) struct Named<'a> {
    pub(super) listed: &'a ManifestEntry,
    pub(super) entry: &'a ZipEntry,
    pub(super) name: &'a EntryName,
}

/// The largest content an entry may have, in bytes, uncompressed.
pub(super) fn limit_bytes(name: &EntryName) -> u64 {
    match name {
        EntryName::TablePart { .. } | EntryName::ActionQueuePart { .. } => PART_MAX_BYTES,
        // Never held as a whole.
        EntryName::Blob { .. } => u64::MAX,
        _ => FILE_MAX_BYTES,
    }
}

/// Brings the manifest's words and the ZIP's entries together.
pub(super) fn pair<'a>(
    manifest: &'a BackupManifest,
    entries: &[ZipEntry],
    by_path: &'a ByPath<'a>,
) -> Result<Vec<Named<'a>>> {
    let mut named = Vec::with_capacity(manifest.entries.len());
    let mut seen = HashSet::with_capacity(manifest.entries.len());
    for (index, listed) in manifest.entries.iter().enumerate() {
        let Some((entry, name)) = by_path.get(listed.path.as_str()) else {
            return Err(Error::new(
                ErrorCode::EntryMissing,
                "The manifest lists an entry that is not in the archive.",
            )
            .in_entry(&listed.path));
        };
        if *name == EntryName::Manifest || !seen.insert(listed.path.as_str()) {
            return Err(
                invalid::<BackupManifest>("The manifest lists an entry twice, or itself.")
                    .with(|c| c.path = Some(format!("/entries/{index}/path")))
                    .expected("each entry once", listed.path.as_str()),
            );
        }
        if entry.bytes != listed.size {
            return Err(Error::new(
                ErrorCode::ChecksumMismatch,
                "An entry does not have the size that the manifest says.",
            )
            .in_entry(&listed.path)
            .expected(listed.size, entry.bytes));
        }
        check_listing(listed, name, index)?;
        named.push(Named {
            listed,
            entry,
            name,
        });
    }
    let unlisted = entries
        .iter()
        .find(|entry| entry.name != "manifest.json" && !seen.contains(entry.name.as_str()));
    match unlisted {
        Some(entry) => Err(Error::new(
            ErrorCode::EntryUnexpected,
            "The archive holds an entry that the manifest does not list.",
        )
        .in_entry(&entry.name)),
        None => Ok(named),
    }
}

/// The manifest's words about an entry agree with its name and with one another.
fn check_listing(listed: &ManifestEntry, name: &EntryName, index: usize) -> Result<()> {
    let disagrees = |field: &str| {
        invalid::<BackupManifest>("The manifest does not agree with an entry.")
            .with(|c| c.path = Some(format!("/entries/{index}/{field}")))
    };
    let entry_type = match name {
        EntryName::TablePart { .. } => EntryType::Database,
        EntryName::ActionQueuePart { .. } => EntryType::ActionQueue,
        EntryName::LocalStorage
        | EntryName::SessionStorage
        | EntryName::File(_)
        | EntryName::Blob { .. } => EntryType::File,
        EntryName::Schema | EntryName::Metadata | EntryName::Config | EntryName::Manifest => {
            EntryType::Config
        }
    };
    if listed.entry_type != entry_type {
        return Err(disagrees("type").with(|c| {
            c.expected = json::to_value(&entry_type);
            c.found = json::to_value(&listed.entry_type);
        }));
    }
    if let EntryName::Blob { sha256 } = name
        && listed.checksum != *sha256
    {
        return Err(disagrees("checksum").expected(sha256.as_str(), listed.checksum.as_str()));
    }
    if listed.size > limit_bytes(name) {
        return Err(Error::new(
            ErrorCode::ArchiveDamaged,
            "An entry is larger than the limit for its kind.",
        )
        .in_entry(&listed.path)
        .expected(format!("at most {} bytes", limit_bytes(name)), listed.size));
    }
    let (table_fits, is_part) = match name {
        EntryName::TablePart { table, .. } => (listed.table.as_ref() == Some(table), true),
        EntryName::ActionQueuePart { .. } => (listed.table.is_some(), true),
        _ => (listed.table.is_none(), false),
    };
    if !table_fits {
        return Err(disagrees("table").expected(listed.path.as_str(), listed.table.clone()));
    }
    // A record has more than one byte, so counts cannot add up beyond what a number holds.
    if listed.records.is_some() != is_part || listed.records > Some(listed.size) {
        return Err(disagrees("records").expected(listed.path.as_str(), listed.records));
    }
    let has_records = listed.records > Some(0);
    check_listed_key(listed.first_key.as_deref(), has_records)
        .map_err(|found| disagrees("firstKey").with(|c| c.found = Some(found.into())))?;
    check_listed_key(listed.last_key.as_deref(), has_records)
        .map_err(|found| disagrees("lastKey").with(|c| c.found = Some(found.into())))
}

fn check_listed_key(key: Option<&RawValue>, has_records: bool) -> Result<(), String> {
    match (key, has_records) {
        (Some(key), true) => Key::read(key).map(drop),
        // A long one is left out.
        (None, _) => Ok(()),
        (Some(_), false) => Err("a key of a part without records".to_owned()),
    }
}
