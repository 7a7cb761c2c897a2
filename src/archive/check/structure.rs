//! Opens an archive: the ZIP's structure, the entries' names, and the documents.

use std::collections::HashMap;

use pos_backup_bridge::{BackupManifest, BackupMetadata, Error, Result, Schema, sort_by};

use super::listing::{ByPath, Named, pair};
use super::schema::check_schema;
use super::tables::{check_counts, collect_tables};
use super::{OpenedArchive, Table};
use crate::archive::documents::{Document, invalid, parse};
use crate::archive::reader::ArchiveReader;
use crate::archive::{EntryName, entries_checksum};
use crate::job::{Job, Outcome};
use crate::limits::{FILE_MAX_BYTES, OMISSIONS_MAX, SAFE_INTEGER_MAX};
use crate::storage::ReadAt;

impl<F: ReadAt> OpenedArchive<F> {
    /// Opens an archive.
    ///
    /// # Errors
    ///
    /// Whatever can be wrong without reading the tables.
    pub async fn open(job: &Job, file: F) -> Outcome<Self> {
        let reader = ArchiveReader::open(job, file).await?;
        job.breathe().await?;
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
        let named = pair(&manifest, reader.entries(), &by_path)?;
        if entries_checksum(&manifest.entries) != manifest.checksum {
            return Err(disagrees::<BackupManifest>("/checksum"));
        }
        let metadata: BackupMetadata = read_document(reader, &by_path)?;
        check_metadata(&metadata, &manifest, &named)?;
        let schema: Schema = read_document(reader, &by_path)?;
        if metadata.database != schema.database.name {
            return Err(disagrees::<BackupMetadata>("/database")
                .expected(schema.database.name.as_str(), metadata.database.as_str()));
        }
        check_schema(&schema)?;
        let tables = collect_tables(&schema, &named)?;
        check_counts(&metadata, &schema, &tables)?;
        Ok((manifest, metadata, schema, tables))
    }
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
    sort_by(&mut files, Ord::cmp);
    sort_by(&mut listed, Ord::cmp);
    if files != listed {
        return Err(disagrees::<BackupMetadata>("/fileAssets"));
    }
    if metadata.schema_version > SAFE_INTEGER_MAX {
        return Err(
            invalid::<BackupMetadata>("The metadata has a version that is none.")
                .with(|c| c.path = Some("/schemaVersion".to_owned()))
                .expected(
                    format!("at most {SAFE_INTEGER_MAX}"),
                    metadata.schema_version,
                ),
        );
    }
    if metadata.omissions.len() > OMISSIONS_MAX {
        return Err(disagrees::<BackupMetadata>("/omissions")
            .expected(format!("at most {OMISSIONS_MAX}"), metadata.omissions.len()));
    }
    if metadata.config != named.iter().any(|entry| *entry.name == EntryName::Config) {
        return Err(disagrees::<BackupMetadata>("/config"));
    }
    Ok(())
}

/// A document is sound by itself, and wrong about the rest.
pub(super) fn disagrees<T: Document>(path: &str) -> Error {
    invalid::<T>("The document does not agree with the rest of the archive.")
        .with(|c| c.path = Some(path.to_owned()))
}
