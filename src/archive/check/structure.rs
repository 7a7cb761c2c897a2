//! Opens an archive: the ZIP's structure, the entries' names, and the documents.

use std::collections::{BTreeMap, HashMap};

use pos_backup_bridge::{
    BackupManifest, BackupMetadata, EntryType, Error, ErrorCode, ManifestEntry, Result, Schema,
};

use super::{OpenedArchive, Part, Table};
use crate::archive::directory::ZipEntry;
use crate::archive::documents::{Document, invalid, parse};
use crate::archive::reader::ArchiveReader;
use crate::archive::{EntryName, entries_checksum};
use crate::limits::FILE_MAX_BYTES;
use crate::storage::ReadAt;

impl<F: ReadAt> OpenedArchive<F> {
    /// Opens an archive.
    ///
    /// # Errors
    ///
    /// Whatever can be wrong without reading the tables.
    pub fn open(file: F) -> Result<Self> {
        let reader = ArchiveReader::open(file)?;
        let (manifest, metadata, schema, tables) = Self::read_documents(&reader)?;
        Ok(Self {
            reader,
            metadata,
            schema,
            manifest,
            tables,
        })
    }

    fn read_documents(
        reader: &ArchiveReader<F>,
    ) -> Result<(BackupManifest, BackupMetadata, Schema, Vec<Table>)> {
        let mut by_path = HashMap::with_capacity(reader.entries().len());
        for entry in reader.entries() {
            by_path.insert(entry.name.as_str(), (entry, EntryName::parse(&entry.name)?));
        }
        let manifest: BackupManifest = read_document(reader, &by_path)?;
        let named = pair(&manifest, &by_path)?;
        if entries_checksum(&manifest.entries) != manifest.checksum {
            return Err(disagrees::<BackupManifest>("/checksum"));
        }
        let metadata: BackupMetadata = read_document(reader, &by_path)?;
        check_metadata(&metadata, &manifest, &named)?;
        let schema: Schema = read_document(reader, &by_path)?;
        let tables = collect_tables(&schema, &named)?;
        check_counts(&metadata, &schema, &tables)?;
        Ok((manifest, metadata, schema, tables))
    }
}

type ByPath<'a> = HashMap<&'a str, (&'a ZipEntry, EntryName)>;

/// An entry in the manifest, in the ZIP, and what its name says.
struct Named<'a> {
    listed: &'a ManifestEntry,
    entry: &'a ZipEntry,
    name: &'a EntryName,
}

fn read_document<T: Document>(
    reader: &ArchiveReader<impl ReadAt>,
    by_path: &ByPath<'_>,
) -> Result<T> {
    let path = T::NAME.to_string();
    let Some((entry, _)) = by_path.get(path.as_str()) else {
        return Err(invalid::<T>("The archive lacks this document."));
    };
    let mut content = Vec::new();
    reader.read(entry, FILE_MAX_BYTES, &mut content)?;
    parse(&content)
}

/// Every entry but the manifest is listed, and every listed one is there.
fn pair<'a>(manifest: &'a BackupManifest, by_path: &'a ByPath<'a>) -> Result<Vec<Named<'a>>> {
    let mut named = Vec::with_capacity(manifest.entries.len());
    let mut seen = std::collections::HashSet::with_capacity(manifest.entries.len());
    for listed in &manifest.entries {
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
        check_listing(listed, name)?;
        named.push(Named {
            listed,
            entry,
            name,
        });
    }
    let unlisted = by_path
        .iter()
        .find(|(path, (_, name))| *name != EntryName::Manifest && !seen.contains(**path));
    match unlisted {
        Some((path, _)) => Err(Error::new(
            ErrorCode::EntryUnexpected,
            "The archive holds an entry that the manifest does not list.",
        )
        .in_entry(path)),
        None => Ok(named),
    }
}

/// The manifest's words about an entry agree with its name.
fn check_listing(listed: &ManifestEntry, name: &EntryName) -> Result<()> {
    let expected = match name {
        EntryName::TablePart { .. } => EntryType::Database,
        EntryName::ActionQueuePart { .. } => EntryType::ActionQueue,
        EntryName::LocalStorage | EntryName::SessionStorage | EntryName::File(_) => EntryType::File,
        EntryName::Schema | EntryName::Metadata | EntryName::Config | EntryName::Manifest => {
            EntryType::Config
        }
    };
    let is_part = matches!(expected, EntryType::Database | EntryType::ActionQueue);
    let same_table = match name {
        EntryName::TablePart { table, .. } => listed.table.as_ref() == Some(table),
        EntryName::ActionQueuePart { .. } => listed.table.is_some(),
        _ => listed.table.is_none(),
    };
    if listed.entry_type != expected || !same_table || listed.records.is_some() != is_part {
        return Err(
            invalid::<BackupManifest>("The manifest does not agree with an entry's name.")
                .expected(
                    listed.path.as_str(),
                    format!("{:?} of {:?}", listed.entry_type, listed.table),
                ),
        );
    }
    Ok(())
}

fn check_metadata(
    metadata: &BackupMetadata,
    manifest: &BackupManifest,
    named: &[Named<'_>],
) -> Result<()> {
    let covered = || {
        manifest
            .entries
            .iter()
            .filter(|entry| entry.path != "metadata.json")
    };
    if metadata.checksum != entries_checksum(covered()) {
        return Err(disagrees::<BackupMetadata>("/checksum"));
    }
    if metadata.size != covered().map(|entry| entry.size).sum::<u64>() {
        return Err(disagrees::<BackupMetadata>("/size"));
    }
    let mut files: Vec<_> = named
        .iter()
        .filter_map(|entry| match entry.name {
            EntryName::LocalStorage => Some("localStorage.json"),
            EntryName::SessionStorage => Some("sessionStorage.json"),
            EntryName::File(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut listed: Vec<_> = metadata.file_assets.iter().map(String::as_str).collect();
    files.sort_unstable();
    listed.sort_unstable();
    if files != listed {
        return Err(disagrees::<BackupMetadata>("/fileAssets"));
    }
    if metadata.config != named.iter().any(|entry| *entry.name == EntryName::Config) {
        return Err(disagrees::<BackupMetadata>("/config"));
    }
    Ok(())
}

/// The parts of each table, numbered without gaps.
fn collect_tables(schema: &Schema, named: &[Named<'_>]) -> Result<Vec<Table>> {
    let mut parts: BTreeMap<(&str, u32), &Named<'_>> = BTreeMap::new();
    for entry in named {
        match entry.name {
            EntryName::TablePart { table, number } => {
                parts.insert((table, *number), entry);
            }
            EntryName::ActionQueuePart { number } => {
                let table = entry.listed.table.as_deref().unwrap_or_default();
                if schema.action_queue.as_deref() != Some(table) {
                    return Err(disagrees::<Schema>("/actionQueue"));
                }
                parts.insert((table, *number), entry);
            }
            _ => {}
        }
    }
    let mut tables: Vec<Table> = Vec::with_capacity(schema.stores.len());
    for store in &schema.stores {
        let mut table = Table {
            schema: store.clone(),
            records: 0,
            bytes: 0,
            parts: Vec::new(),
        };
        for number in 0.. {
            let Some(part) = parts.remove(&(store.name.as_str(), number)) else {
                break;
            };
            let records = part.listed.records.unwrap_or_default();
            table.records += records;
            table.bytes += part.listed.size;
            table.parts.push(Part {
                entry: part.entry.clone(),
                checksum: part.listed.checksum.clone(),
                records,
            });
        }
        if table.parts.is_empty() || tables.iter().any(|other| other.schema.name == store.name) {
            return Err(
                invalid::<Schema>("The schema has a table without parts, or one twice.")
                    .in_table(&store.name),
            );
        }
        tables.push(table);
    }
    match parts.first_key_value() {
        Some(((table, number), _)) => Err(invalid::<BackupManifest>(
            "The archive has a part that belongs to no table, or a gap before it.",
        )
        .in_table(table)
        .expected("parts numbered from 0 of a table of the schema", *number)),
        None => Ok(tables),
    }
}

fn check_counts(metadata: &BackupMetadata, schema: &Schema, tables: &[Table]) -> Result<()> {
    let is_queue = |table: &&Table| schema.action_queue.as_ref() == Some(&table.schema.name);
    let counts: BTreeMap<_, _> = tables
        .iter()
        .filter(|table| !is_queue(table))
        .map(|table| (table.schema.name.clone(), table.records))
        .collect();
    if counts != metadata.tables {
        return Err(disagrees::<BackupMetadata>("/tables"));
    }
    let queued = tables
        .iter()
        .find(is_queue)
        .map_or(0, |table| table.records);
    if queued != metadata.action_queue_count {
        return Err(disagrees::<BackupMetadata>("/actionQueueCount"));
    }
    Ok(())
}

fn disagrees<T: Document>(path: &str) -> Error {
    invalid::<T>("The document does not agree with the rest of the archive.")
        .with(|c| c.path = Some(path.to_owned()))
}
