//! `CREATE_BACKUP`: everything into an archive.

mod tables;

use std::collections::BTreeMap;

use pos_backup_bridge::{
    BackupMetadata, BackupOptions, BackupResult, Config, EntryType, Error, ErrorCode, Phase,
    Result, Schema, StatusKind, StoreSchema,
};

use crate::archive::{
    ArchiveWriter, Depth, EntryName, EntryWriter, FORMAT_VERSION, OpenedArchive, is_string_map,
};
use crate::database::{Database, Snapshot};
use crate::job::{Job, Outcome, Stage, Stop};
use crate::limits::{FILE_MAX_BYTES, READ_BYTES};
use crate::storage::{PartFile, ReadAt, Storage};

/// What the page gave to be kept beside the tables.
#[derive(Default)]
pub struct BackupAssets {
    /// JSON text of an object of strings.
    pub local_storage: Option<String>,
    /// JSON text of an object of strings.
    pub session_storage: Option<String>,
    /// JSON text.
    pub config: Option<String>,
    /// Files by name.
    pub files: BTreeMap<String, Box<dyn ReadAt>>,
}

/// What to back up, and how.
pub struct BackupRequest {
    /// The backup's id, unique and fit for a file name.
    pub id: String,
    /// What the app said at `INIT`.
    pub config: Config,
    /// How.
    pub options: BackupOptions,
    /// What lies outside the database.
    pub assets: BackupAssets,
}

/// Reading has this share of a backup's progress; checking has the rest.
const READING_UNTIL: f64 = 0.85;

/// Makes a backup. It exists once the archive is read back, checked and renamed; on any failure or
/// cancel its file is removed.
///
/// # Errors
///
/// `DATABASE_NOT_FOUND`, `TABLE_NOT_FOUND`, `UNSUPPORTED_VALUE`, `QUOTA_EXCEEDED` and the codes of the database
/// and the storage.
pub async fn backup(
    job: &Job,
    database: &impl Database,
    storage: &impl Storage,
    request: BackupRequest,
) -> Outcome<BackupResult> {
    let mut schema = database.schema(true).await?;
    schema.stores = select(schema.stores, request.options.tables.as_deref())?;
    schema.action_queue = request
        .config
        .action_queue
        .clone()
        .filter(|queue| schema.stores.iter().any(|store| store.name == *queue));
    job.check_cancel()?;
    let file = storage.create(&request.id).await?;
    let mut archive = ArchiveWriter::new(file);
    let written = write_archive(job, database, &mut archive, &schema, &request).await;
    let archive_bytes = archive.archive_bytes();
    let file = archive.into_file();
    let metadata = match written {
        Ok(metadata) => metadata,
        Err(stop) => {
            // What stays behind is removed at the next start; the reason of the stop counts.
            let _ = file.discard().await;
            return Err(stop);
        }
    };
    let finished = file.finish().await?;
    Ok(BackupResult {
        backup_id: request.id,
        file: finished.file,
        archive_bytes,
        stored: finished.stored,
        metadata,
        warnings: Vec::new(),
        duration_ms: job.duration_ms(),
    })
}

/// The stores of these names, or all.
///
/// # Errors
///
/// `TABLE_NOT_FOUND`.
pub fn select(stores: Vec<StoreSchema>, tables: Option<&[String]>) -> Result<Vec<StoreSchema>> {
    let Some(tables) = tables else {
        return Ok(stores);
    };
    let names: Vec<_> = stores.iter().map(|store| store.name.clone()).collect();
    if let Some(missing) = tables.iter().find(|table| !names.contains(table)) {
        return Err(Error::new(
            ErrorCode::TableNotFound,
            "A table that was asked for is not there.",
        )
        .in_table(missing)
        .expected(names, missing.as_str()));
    }
    Ok(stores
        .into_iter()
        .filter(|store| tables.contains(&store.name))
        .collect())
}

async fn write_archive<P: PartFile>(
    job: &Job,
    database: &impl Database,
    archive: &mut ArchiveWriter<P>,
    schema: &Schema,
    request: &BackupRequest,
) -> Outcome<BackupMetadata> {
    archive.add_document(&EntryName::Schema, schema)?;
    let file_assets = add_assets(job, archive, &request.assets).await?;

    let mut snapshot = database
        .read(&schema.stores, request.options.consistency)
        .await?;
    let counts = read_tables(job, &mut snapshot, archive, schema, request).await;
    snapshot.close().await;
    let mut counts = counts?;

    let action_queue_count = schema
        .action_queue
        .as_ref()
        .and_then(|queue| counts.remove(queue))
        .unwrap_or_default();
    let metadata = archive.finish(BackupMetadata {
        version: FORMAT_VERSION.to_owned(),
        id: request.id.clone(),
        timestamp: job.started_at_ms(),
        app_version: request.config.app_version.clone(),
        schema_version: request
            .config
            .schema_version
            .unwrap_or(schema.database.version),
        database: schema.database.name.clone(),
        consistency: request.options.consistency,
        checksum: String::new(),
        size: 0,
        tables: counts,
        action_queue_count,
        file_assets,
        config: request.assets.config.is_some(),
        omissions: Vec::new(),
    })?;
    read_back(job, archive.file(), &metadata).await?;
    job.announce(
        StatusKind::Validating,
        Phase::Finishing,
        "Giving the archive its name.",
    );
    job.check_cancel()?;
    Ok(metadata)
}

async fn read_tables<P: PartFile>(
    job: &Job,
    snapshot: &mut impl Snapshot,
    archive: &mut ArchiveWriter<P>,
    schema: &Schema,
    request: &BackupRequest,
) -> Outcome<BTreeMap<String, u64>> {
    let counts = job.or_cancel(snapshot.counts()).await?;
    job.enter(Stage {
        status: StatusKind::InProgress,
        phase: Phase::Reading,
        message: "Reading the tables.",
        until: READING_UNTIL,
        records_total: counts.iter().sum(),
        bytes_total: None,
    });
    let mut tables = tables::TablesWriter::new(schema);
    while let Some(batch) = job.or_cancel(snapshot.next()).await? {
        let (table, records, bytes) = (batch.table, batch.records, batch.lines.len() as u64);
        tables.add(archive, batch)?;
        let name = schema.stores.get(table).map(|store| store.name.as_str());
        job.advance(name, records, bytes);
    }
    tables
        .finish(&counts, request.options.consistency)
        .map_err(Stop::from)
}

/// Adds files, localStorage, sessionStorage and config; returns the names of the first three.
async fn add_assets<P: PartFile>(
    job: &Job,
    archive: &mut ArchiveWriter<P>,
    assets: &BackupAssets,
) -> Outcome<Vec<String>> {
    let mut names = Vec::new();
    let mut content = EntryWriter::default();
    let storages = [
        (
            EntryName::LocalStorage,
            "localStorage.json",
            &assets.local_storage,
        ),
        (
            EntryName::SessionStorage,
            "sessionStorage.json",
            &assets.session_storage,
        ),
    ];
    for (name, file, text) in storages {
        let Some(text) = text else { continue };
        if !is_string_map(text.as_bytes()) {
            return Err(Error::new(
                ErrorCode::InvalidMessage,
                "What is to be kept of a storage is no object of strings.",
            )
            .with(|c| c.path = Some(format!("/assets/{}", file.trim_end_matches(".json"))))
            .into());
        }
        content.write(text.as_bytes())?;
        archive.add(&name, EntryType::File, &mut content)?;
        names.push(file.to_owned());
    }
    let mut buffer = vec![0; READ_BYTES];
    for (name, file) in &assets.files {
        let entry = EntryName::file(name)?;
        if file.size() > FILE_MAX_BYTES {
            return Err(
                Error::new(ErrorCode::ValueTooLarge, "A file is too large to be kept.")
                    .in_entry(name)
                    .expected(format!("at most {FILE_MAX_BYTES} bytes"), file.size())
                    .into(),
            );
        }
        let mut offset = 0;
        while offset < file.size() {
            job.breathe().await?;
            let length = (file.size() - offset).min(READ_BYTES as u64) as usize;
            let chunk = buffer.get_mut(..length).unwrap_or_default();
            file.read_at(offset, chunk)
                .map_err(|error| error.in_entry(name))?;
            content.write(chunk)?;
            offset += length as u64;
        }
        archive.add(&entry, EntryType::File, &mut content)?;
        names.push(name.clone());
    }
    if let Some(config) = &assets.config {
        content.write(config.as_bytes())?;
        archive.add(&EntryName::Config, EntryType::Config, &mut content)?;
    }
    Ok(names)
}

/// Reads the finished archive back from where it was written, and checks every byte of it.
async fn read_back(job: &Job, file: &impl ReadAt, metadata: &BackupMetadata) -> Outcome<()> {
    let opened = OpenedArchive::open(file)?;
    let sealed = opened.check(job, Depth::Bytes, 1.0).await?;
    if sealed && opened.metadata == *metadata {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::StorageFailed,
        "The archive read back is not the one that was written.",
    )
    .into())
}
