//! `CREATE_BACKUP`: everything into an archive.

mod assets;
mod reporting;
mod tables;

use std::collections::HashSet;
use std::rc::Rc;

use pos_backup_bridge::{
    BackupMetadata, BackupOptions, BackupResult, Config, Consistency, Error, ErrorCode, Phase,
    Result, Schema, StatusKind, StoreSchema, Warning,
};
use serde_json::json;

use crate::archive::{ArchiveWriter, Checking, EntryName, FORMAT_VERSION, OpenedArchive};
use crate::codec::NoCodec;
use crate::database::{Database, ReadOptions, Snapshot};
use crate::job::{Job, Outcome, Stage, Stop};
use crate::limits::SECOND_WORKER_MIN_RECORDS;
use crate::storage::{PartFile, ReadAt, SharedFile, Storage};
pub use assets::BackupAssets;
pub(super) use assets::add_assets;
pub(super) use reporting::Reporting;
pub(super) use tables::{TablesWriter, WrittenTables};

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
/// `DATABASE_NOT_FOUND`, `TABLE_NOT_FOUND`, `UNSUPPORTED_VALUE`, `VALUE_TOO_LARGE`, `INVALID_MESSAGE` for
/// assets that cannot be kept, `QUOTA_EXCEEDED` and the codes of the database and the storage.
pub async fn backup(
    job: &Job,
    database: &impl Database,
    storage: &impl Storage,
    request: BackupRequest,
) -> Outcome<BackupResult> {
    let schema = job.or_cancel(database.schema(true)).await?;
    let mut warnings = missing_queue(&schema, &request.config);
    let stores = select(schema.stores.clone(), request.options.tables.as_deref())?;
    let schema = archived(schema, stores, &request.config);
    let file = storage.create(&request.id).await?;
    let mut archive = ArchiveWriter::new(file);
    let written = write_archive(job, database, &mut archive, &schema, &request).await;
    let archive_bytes = archive.archive_bytes();
    let file = archive.into_file();
    let (metadata, of_tables) = match written {
        Ok(written) => written,
        Err(stop) => {
            // What stays behind is removed at the next start; the reason of the stop counts.
            let _ = file.discard().await;
            return Err(stop);
        }
    };
    let finished = file.finish().await?;
    warnings.extend(of_tables);
    warnings.extend(left_out(&metadata));
    Ok(BackupResult {
        backup_id: request.id,
        file: finished.file,
        archive_bytes,
        stored: finished.stored,
        metadata,
        warnings,
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
    let names = stores.iter().map(|store| store.name.clone());
    check_names(&names.collect::<Vec<_>>(), tables)?;
    let wanted: HashSet<_> = tables.iter().collect();
    Ok(stores
        .into_iter()
        .filter(|store| wanted.contains(&store.name))
        .collect())
}

/// Checks that all tables that are asked for are there.
pub(super) fn check_names(names: &[String], wanted: &[String]) -> Result<()> {
    match wanted.iter().find(|table| !names.contains(table)) {
        None => Ok(()),
        Some(missing) => Err(Error::new(
            ErrorCode::TableNotFound,
            format!("The table {missing:?} is not there."),
        )
        .in_table(missing)
        .expected(names, missing.as_str())),
    }
}

/// The schema of an archive of these stores.
pub(super) fn archived(live: Schema, stores: Vec<StoreSchema>, config: &Config) -> Schema {
    let is_there = |queue: &String| stores.iter().any(|store| store.name == *queue);
    Schema {
        partial: stores.len() < live.stores.len(),
        action_queue: config.action_queue.clone().filter(is_there),
        stores,
        ..live
    }
}

/// Nothing is left out without a word: the app may have misspelt its queue's name.
fn missing_queue(schema: &Schema, config: &Config) -> Vec<Warning> {
    let missing = config
        .action_queue
        .iter()
        .filter(|queue| schema.stores.iter().all(|store| store.name != **queue));
    missing
        .map(|queue| Warning {
            code: Some(ErrorCode::TableNotFound),
            message: "The database does not have the store that `actionQueue` names; the backup holds no action queue."
                .to_owned(),
            table: Some(queue.clone()),
        })
        .collect()
}

fn left_out(metadata: &BackupMetadata) -> Option<Warning> {
    let message = match metadata.omissions.len() {
        0 => return None,
        1 => "1 value cannot be kept and was left out.".to_owned(),
        count => format!("{count} values cannot be kept and were left out."),
    };
    Some(Warning {
        code: Some(ErrorCode::UnsupportedValue),
        message,
        table: None,
    })
}

async fn write_archive<P: PartFile>(
    job: &Job,
    database: &impl Database,
    archive: &mut ArchiveWriter<P>,
    schema: &Schema,
    request: &BackupRequest,
) -> Outcome<(BackupMetadata, Vec<Warning>)> {
    archive.add_document(&EntryName::Schema, schema)?;
    let file_assets = add_assets(job, archive, &request.assets).await?;

    let options = ReadOptions {
        consistency: request.options.consistency,
        on_unsupported: request.options.on_unsupported,
    };
    let reading = database.read(&schema.stores, options);
    let mut snapshot = job.or_cancel(reading).await?;
    let mut tables = TablesWriter::new(job, schema);
    let read = read_tables(job, &mut snapshot, archive, schema, &mut tables).await;
    snapshot.close().await;
    let counts = read?;
    let finishing = tables.finish(archive, &counts, request.options.consistency);
    let mut written = job.or_cancel(finishing).await?;
    let warnings = std::mem::take(&mut written.warnings);
    let described = Described {
        id: &request.id,
        timestamp_ms: job.started_at_ms(),
        config: &request.config,
        schema,
        consistency: request.options.consistency,
        file_assets,
        has_config: request.assets.config.is_some(),
    };
    let metadata = archive.finish(described.metadata(written))?;
    let checking = Checking::of_archive(1.0);
    read_back(job, archive.file(), &metadata, checking).await?;
    job.announce(
        StatusKind::Validating,
        Phase::Finishing,
        "Giving the archive its name.",
    );
    job.check_cancel()?;
    Ok((metadata, warnings))
}

/// What an archive's metadata say beside its tables.
pub(super) struct Described<'a> {
    pub(super) id: &'a str,
    /// Milliseconds since the Unix epoch.
    pub(super) timestamp_ms: f64,
    pub(super) config: &'a Config,
    pub(super) schema: &'a Schema,
    pub(super) consistency: Consistency,
    pub(super) file_assets: Vec<String>,
    pub(super) has_config: bool,
}

impl Described<'_> {
    /// With what came of the tables. The archive adds its checksum and size.
    pub(super) fn metadata(self, written: WrittenTables) -> BackupMetadata {
        let WrittenTables {
            mut counts,
            omissions,
            ..
        } = written;
        let Self { config, schema, .. } = self;
        let action_queue_count = schema
            .action_queue
            .as_ref()
            .and_then(|queue| counts.remove(queue))
            .unwrap_or_default();
        BackupMetadata {
            version: FORMAT_VERSION.to_owned(),
            id: self.id.to_owned(),
            timestamp: self.timestamp_ms,
            app_version: config.app_version.clone(),
            schema_version: config.schema_version.unwrap_or(schema.database.version),
            database: schema.database.name.clone(),
            consistency: self.consistency,
            checksum: String::new(),
            size: 0,
            tables: counts,
            action_queue_count,
            file_assets: self.file_assets,
            config: self.has_config,
            omissions,
        }
    }
}

/// Reads the tables to their end; the number of records that the database counts in each.
async fn read_tables<P: PartFile>(
    job: &Job,
    snapshot: &mut impl Snapshot,
    archive: &mut ArchiveWriter<P>,
    schema: &Schema,
    tables: &mut TablesWriter<'_>,
) -> Outcome<Vec<u64>> {
    let mut records = job.or_cancel(snapshot.about()).await?;
    let mut done = vec![0; records.len()];
    let records_total = records.iter().sum();
    if records_total >= SECOND_WORKER_MIN_RECORDS
        && let Some(worker) = job.part_worker()
    {
        worker.begin();
    }
    job.enter(Stage {
        status: StatusKind::InProgress,
        phase: Phase::Reading,
        message: "Reading the tables.",
        until: READING_UNTIL,
        records_total,
        bytes_total: None,
    });
    while let Some(batch) = job
        .or_cancel(snapshot.next(&mut Reporting { job, archive }))
        .await?
    {
        tables.add(archive, &batch)?;
        let store = schema.stores.get(batch.table);
        let name = store.map(|store| store.name.as_str());
        if let Some(done) = done.get_mut(batch.table) {
            *done += batch.records;
            if let Some(about) = records.get_mut(batch.table)
                && (batch.last || *done > *about)
            {
                // Known exactly at its end; until then, half as many again may come.
                *about = if batch.last { *done } else { *done + *done / 2 };
                job.expect_records(records.iter().sum());
            }
        }
        job.advance(name, batch.records, batch.lines.len() as u64);
    }
    job.or_cancel(snapshot.counts()).await
}

/// Reads the finished archive back from where it was written, and checks every byte of it.
pub(super) async fn read_back(
    job: &Job,
    file: &impl ReadAt,
    metadata: &BackupMetadata,
    checking: Checking,
) -> Outcome<()> {
    let checked = async {
        let file: SharedFile<'_> = Rc::new(file);
        let opened = OpenedArchive::open(job, file).await?;
        let sealed = opened.check(job, None::<&NoCodec>, checking).await?;
        Ok((sealed, opened.metadata))
    };
    match checked.await {
        // The seal stands for every byte, and the id for this very backup.
        Ok((true, read)) if read.id == metadata.id && read.checksum == metadata.checksum => {
            job.check_cancel()
        }
        Ok(_) => Err(not_what_was_written().into()),
        Err(Stop::Failed(error)) if error.code != ErrorCode::StorageFailed => {
            Err(not_what_was_written()
                .with(|c| {
                    c.entry = error.context.entry;
                    c.found = Some(json!({ "code": error.code, "message": error.message }));
                })
                .into())
        }
        Err(stop) => Err(stop),
    }
}

fn not_what_was_written() -> Error {
    Error::new(
        ErrorCode::StorageFailed,
        "The archive read back is not the one that was written.",
    )
}
