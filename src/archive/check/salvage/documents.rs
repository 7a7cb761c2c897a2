//! The documents of a damaged archive, and what stands in for those that are lost.

use std::collections::{BTreeMap, HashSet};

use pos_backup_bridge::{
    BackupManifest, BackupMetadata, Consistency, Error, Result, Schema, sort_by,
};

use super::{Known, Listed, Salvaging, is_damage, unexpected};
use crate::archive::check::contents::compare;
use crate::archive::check::schema::check_schema;
use crate::archive::check::structure::disagrees;
use crate::archive::documents::{Document, parse};
use crate::archive::{EntryName, FORMAT_VERSION, entries_checksum};
use crate::codec::Codec;
use crate::limits::{FILE_MAX_BYTES, OMISSIONS_MAX, SAFE_INTEGER_MAX};
use crate::storage::ReadAt;

/// In place of the code's own.
const HINT_UNKNOWN: &str = "So much of the archive is damaged that it does not say any more of which app and version it is. Use another copy of it, or an older backup.";

/// The documents of a damaged archive.
pub(super) struct Documents {
    pub(super) manifest: Option<BackupManifest>,
    pub(super) metadata: Option<BackupMetadata>,
    /// The archive's, or else the database's.
    pub(super) schema: Schema,
    /// Whether it is the archive's.
    pub(super) is_own_schema: bool,
}

impl Documents {
    /// What the manifest lists.
    pub(super) fn listed(&self) -> Option<Listed<'_>> {
        let manifest = self.manifest.as_ref()?;
        let entries = manifest.entries.iter();
        Some(entries.map(|entry| (entry.path.as_str(), entry)).collect())
    }

    /// When the backup was made (milliseconds since the Unix epoch), or 0.
    pub(super) fn timestamp(&self) -> f64 {
        self.manifest
            .as_ref()
            .map_or(0.0, |manifest| manifest.timestamp)
    }

    /// Whether it is known what the archive held beside tables.
    pub(super) fn says_others(&self) -> bool {
        self.manifest.is_some() || self.metadata.is_some()
    }

    /// The paths of what the archive held beside tables, as far as that is known.
    pub(super) fn others(&self, listed: &Option<Listed<'_>>) -> Vec<String> {
        let mut paths: Vec<_> = match (listed, &self.metadata) {
            (Some(listed), _) => {
                let is_other = |path: &&&str| {
                    let name = EntryName::parse(path);
                    name.is_ok_and(|name| name.is_asset() || matches!(name, EntryName::Blob { .. }))
                };
                let others = listed.keys().filter(is_other);
                others.map(|path| (*path).to_owned()).collect()
            }
            (None, Some(metadata)) => {
                let files = metadata.file_assets.iter().map(|name| match name.as_str() {
                    "localStorage.json" => EntryName::LocalStorage,
                    "sessionStorage.json" => EntryName::SessionStorage,
                    _ => EntryName::File(name.clone()),
                });
                let config = metadata.config.then_some(EntryName::Config);
                files.chain(config).map(|name| name.to_string()).collect()
            }
            (None, None) => Vec::new(),
        };
        sort_by(&mut paths, Ord::cmp);
        paths
    }

    /// How many records a table had, if that is known.
    pub(super) fn count(&self, table: &str) -> Option<u64> {
        let metadata = self.metadata.as_ref()?;
        match self.is_queue(table) {
            true => Some(metadata.action_queue_count),
            false => metadata.tables.get(table).copied(),
        }
    }

    /// The tables that the metadata name, and how many records each had.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&String, u64)> {
        let tables = self.metadata.iter().flat_map(|metadata| &metadata.tables);
        tables.map(|(table, count)| (table, *count))
    }

    pub(super) fn is_queue(&self, table: &str) -> bool {
        self.schema.action_queue.as_deref() == Some(table)
    }

    /// The metadata, or what can still be said of a backup whose metadata are lost.
    pub(super) fn metadata_or_unknown(&self, known: &Known<'_>) -> BackupMetadata {
        if let Some(metadata) = &self.metadata {
            return metadata.clone();
        }
        let version = self.schema.database.version;
        BackupMetadata {
            version: FORMAT_VERSION.to_owned(),
            id: String::new(),
            timestamp: self.timestamp(),
            app_version: String::new(),
            // That the databases are of one version was made sure of.
            schema_version: known.config.schema_version.unwrap_or(version),
            database: self.schema.database.name.clone(),
            consistency: Consistency::default(),
            checksum: String::new(),
            size: 0,
            tables: BTreeMap::new(),
            action_queue_count: 0,
            file_assets: Vec::new(),
            config: false,
            omissions: Vec::new(),
        }
    }
}

impl<F: ReadAt, C: Codec> Salvaging<'_, F, C> {
    /// Reads the documents. `error` is why the archive is no whole one.
    ///
    /// # Errors
    ///
    /// `FORMAT_TOO_NEW`; `error` where so many are lost that it cannot be told of what the archive is.
    pub(super) fn documents(&mut self, known: &Known<'_>, error: Error) -> Result<Documents> {
        let manifest = self.document::<BackupManifest>(None, |manifest| {
            // One that was edited is no help.
            match entries_checksum(&manifest.entries) == manifest.checksum {
                true => Ok(()),
                false => Err(disagrees::<BackupManifest>("/checksum")),
            }
        })?;
        let listed = manifest.as_ref();
        let own = self.document::<Schema>(listed, check_own)?;
        let database = own.as_ref().map(|schema| schema.database.name.clone());
        let metadata = self.document::<BackupMetadata>(listed, |metadata| {
            let is_same = database
                .as_ref()
                .is_none_or(|name| *name == metadata.database);
            let is_within = metadata.schema_version <= SAFE_INTEGER_MAX
                && metadata.omissions.len() <= OMISSIONS_MAX;
            match is_same && is_within {
                true => Ok(()),
                false => Err(disagrees::<BackupMetadata>("")),
            }
        })?;
        let is_own_schema = own.is_some();
        let schema = match (own, &metadata) {
            (Some(schema), Some(_)) => Some(schema),
            (Some(schema), None) => is_known_version(&schema, known).then_some(schema),
            (None, Some(metadata)) => stand_in(metadata, known),
            (None, None) => None,
        };
        Ok(Documents {
            manifest,
            metadata,
            schema: schema.ok_or_else(|| match self.names.is_empty() {
                true => error,
                false => error.with_hint(HINT_UNKNOWN),
            })?,
            is_own_schema,
        })
    }

    /// A document, if it is whole and `check` finds no fault with it.
    fn document<T: Document>(
        &mut self,
        manifest: Option<&BackupManifest>,
        check: impl FnOnce(&T) -> Result<()>,
    ) -> Result<Option<T>> {
        let path = T::NAME.to_string();
        let read = || -> Result<T> {
            let entry = self.entry(&path).ok_or_else(|| self.lost(&path))?;
            let mut content = Vec::new();
            let checksum = self.reader.read(entry, FILE_MAX_BYTES, &mut content)?;
            if let Some(manifest) = manifest {
                let mut listed = manifest.entries.iter();
                let listed = listed.find(|listed| listed.path == path);
                compare(entry, &listed.ok_or_else(unexpected)?.checksum, checksum)?;
            }
            let document = parse::<T>(&content)?;
            check(&document)?;
            Ok(document)
        };
        match read() {
            Ok(document) => Ok(Some(document)),
            Err(error) if is_damage(error.code) => {
                self.sink.missing.add_entry(&path, error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// What the rest of an archive is not asked about.
fn check_own(schema: &Schema) -> Result<()> {
    check_schema(schema)?;
    let mut names = HashSet::new();
    if !schema.stores.iter().all(|store| names.insert(&store.name)) {
        return Err(disagrees::<Schema>("/stores"));
    }
    match &schema.action_queue {
        Some(queue) if !names.contains(queue) => Err(disagrees::<Schema>("/actionQueue")),
        _ => Ok(()),
    }
}

/// Without metadata an archive does not say its schema version. It is the database's unless the app counts by itself; then it
/// is the app's if the database is of the same version.
fn is_known_version(schema: &Schema, known: &Known<'_>) -> bool {
    let is_same = |live: &Schema| live.database.version == schema.database.version;
    known.config.schema_version.is_none() || known.live.is_some_and(is_same)
}

/// The database's schema, where the archive is of the same version.
fn stand_in(metadata: &BackupMetadata, known: &Known<'_>) -> Option<Schema> {
    let live = known.live?;
    let version = known.config.schema_version;
    let version = version.unwrap_or(live.database.version);
    let queue = known.config.action_queue.clone();
    let is_there = |queue: &String| live.stores.iter().any(|store| store.name == *queue);
    (metadata.schema_version == version).then(|| {
        let mut schema = Schema {
            action_queue: queue.filter(is_there),
            partial: true,
            ..live.clone()
        };
        schema.database.name.clone_from(&metadata.database);
        // Of a table that it does not hold an archive says nothing.
        schema.stores.retain(|store| {
            let is_queue = schema.action_queue.as_ref() == Some(&store.name);
            is_queue || metadata.tables.contains_key(&store.name)
        });
        schema
    })
}
