//! `PLAN_RESTORE`, and the first half of `RESTORE`: from a file to a plan.

use std::collections::HashSet;

use pos_backup_bridge::{
    AssetsPlan, BackupMetadata, Config, Error, ErrorCode, Phase, RestoreOptions, RestorePlan,
    Result, Schema, StatusKind, StoreSchema, TablePlan, Warning,
};

use super::select;
use crate::archive::{CheckedArchive, OpenedArchive, Table, check};
use crate::database::{Database, Decoder, ReadOptions, Snapshot};
use crate::job::{Job, Outcome, Stop};
use crate::storage::ReadAt;

/// What to restore into, and how.
pub struct RestoreRequest {
    /// What the app said at `INIT`.
    pub config: Config,
    /// How.
    pub options: RestoreOptions,
}

/// A checked archive with the plan made from it: the only thing that [`restore`](super::restore()) takes.
pub struct Prepared<F> {
    pub(super) archive: CheckedArchive<F>,
    pub(super) tables: Vec<Table>,
    /// Whether localStorage, sessionStorage, config and files are restored too.
    pub(super) with_assets: bool,
    /// The whole schema, if the database is to be created from it.
    pub(super) creates: Option<Schema>,
    /// What the restore will do.
    pub plan: RestorePlan,
}

/// Checks all of an archive, compares it with the database and makes a plan. Nothing is written.
///
/// # Errors
///
/// The codes of damaged, altered and unknown archives; `DATABASE_MISMATCH`, `SCHEMA_TOO_NEW`, `MIGRATION_MISSING`,
/// `SCHEMA_MISMATCH`, `TABLE_NOT_FOUND`, and the codes of the database.
pub async fn prepare_restore<F: ReadAt>(
    job: &Job,
    database: &impl Database,
    decoder: &impl Decoder,
    file: F,
    request: &RestoreRequest,
    until: f64,
) -> Outcome<Prepared<F>> {
    let opened = OpenedArchive::open(job, file).await?;
    let live = match job.or_cancel(database.schema(false)).await {
        Ok(live) => Some(live),
        Err(Stop::Failed(error)) if error.code == ErrorCode::DatabaseNotFound => None,
        Err(stop) => return Err(stop),
    };
    // What is missing is created from the archive.
    let version = live.as_ref().map(|live| live.database.version);
    check_fit(&opened.metadata, version, request)?;
    let creates = match live {
        Some(_) => None,
        None => Some(creatable(&opened.schema, request)?),
    };
    let live = live.unwrap_or_else(|| opened.schema.clone());
    let wanted = request.options.tables.as_deref();
    let names: HashSet<_> = select(opened.schema.stores.clone(), wanted)?
        .into_iter()
        .map(|store| store.name)
        .collect();
    let tables: Vec<_> = opened
        .tables()
        .iter()
        .filter(|table| names.contains(&table.schema.name))
        .cloned()
        .collect();
    for table in &tables {
        check_table(&table.schema, &live)?;
    }
    let archive = check(job, opened, decoder, until).await?;

    job.announce(
        StatusKind::Validating,
        Phase::Planning,
        "Comparing the archive with the database.",
    );
    let counts = if creates.is_some() {
        vec![0; tables.len()]
    } else {
        let schemas: Vec<_> = tables.iter().map(|table| table.schema.clone()).collect();
        let reading = database.read(&schemas, ReadOptions::default());
        let mut snapshot = job.or_cancel(reading).await?;
        let counts = job.or_cancel(snapshot.counts()).await;
        snapshot.close().await;
        counts?
    };
    let mut plan = plan(&archive, &tables, &counts, &live, wanted.is_none())?;
    plan.creates_database = creates.is_some();
    Ok(Prepared {
        archive,
        tables,
        with_assets: wanted.is_none(),
        creates,
        plan,
    })
}

/// The schema to create a missing database from.
fn creatable(schema: &Schema, request: &RestoreRequest) -> Result<Schema> {
    if schema.partial {
        return Err(Error::new(
            ErrorCode::DatabaseNotFound,
            "The database does not exist, and an archive of some of its tables is not enough to create it.",
        )
        .with(|c| c.database = Some(request.config.database.clone())));
    }
    Ok(schema.clone())
}

/// The version is that of the database; a missing one is created in the archive's.
fn check_fit(
    metadata: &BackupMetadata,
    live_version: Option<u64>,
    request: &RestoreRequest,
) -> Result<()> {
    if metadata.database != request.config.database && !request.options.any_database {
        return Err(Error::new(
            ErrorCode::DatabaseMismatch,
            "The archive was made from a database of another name.",
        )
        .expected(request.config.database.as_str(), metadata.database.as_str()));
    }
    let version = request
        .config
        .schema_version
        .or(live_version)
        .unwrap_or(metadata.schema_version);
    if metadata.schema_version == version {
        return Ok(());
    }
    let (code, message) = if metadata.schema_version > version {
        (
            ErrorCode::SchemaTooNew,
            "The archive was made by a newer version of the app's database.",
        )
    } else {
        (
            ErrorCode::MigrationMissing,
            "The archive is older than the app's database, and there is no migration from it.",
        )
    };
    Err(Error::new(code, message)
        .with(|c| c.database = Some(metadata.database.clone()))
        .expected(
            format!("schema version {version}"),
            format!(
                "schema version {} of app version {}",
                metadata.schema_version, metadata.app_version
            ),
        ))
}

/// The database has the table, with keys of the same kind.
fn check_table(archived: &StoreSchema, live: &Schema) -> Result<()> {
    let mismatch =
        |message| Error::new(ErrorCode::SchemaMismatch, message).in_table(&archived.name);
    let Some(store) = live.stores.iter().find(|store| store.name == archived.name) else {
        let names: Vec<_> = live
            .stores
            .iter()
            .map(|store| store.name.as_str())
            .collect();
        return Err(
            mismatch("The database does not have a table of the archive.")
                .expected(archived.name.as_str(), names),
        );
    };
    if (&store.key_path, store.auto_increment) == (&archived.key_path, archived.auto_increment) {
        return Ok(());
    }
    let keys = |store: &StoreSchema| serde_json::json!({ "keyPath": store.key_path, "autoIncrement": store.auto_increment });
    Err(
        mismatch("A table of the database has other keys than the archive's.")
            .expected(keys(archived), keys(store)),
    )
}

/// Every table is cleared and written anew.
fn plan<F: ReadAt>(
    archive: &CheckedArchive<F>,
    tables: &[Table],
    counts: &[u64],
    live: &Schema,
    with_assets: bool,
) -> Result<RestorePlan> {
    let opened = archive.opened();
    let metadata = opened.metadata.clone();
    let files = metadata.file_assets.iter().filter(|_| with_assets);
    let has = |name: &str| with_assets && metadata.file_assets.iter().any(|file| file == name);
    let assets = AssetsPlan {
        local_storage: has("localStorage.json"),
        session_storage: has("sessionStorage.json"),
        config: with_assets && metadata.config,
        files: files
            .filter(|name| !matches!(name.as_str(), "localStorage.json" | "sessionStorage.json"))
            .cloned()
            .collect(),
    };
    let mut warnings: Vec<_> = live
        .stores
        .iter()
        .filter(|store| {
            !opened
                .tables()
                .iter()
                .any(|table| table.schema.name == store.name)
        })
        .map(|store| Warning {
            code: None,
            message: "The archive does not hold this table; it stays as it is.".to_owned(),
            table: Some(store.name.clone()),
        })
        .collect();
    if !archive.sealed {
        warnings.push(Warning {
            code: None,
            message: "The archive was packed anew by another tool. Its contents are whole."
                .to_owned(),
            table: None,
        });
    }
    let tables = tables
        .iter()
        .zip(counts)
        .map(|(table, &count)| TablePlan {
            table: table.schema.name.clone(),
            unchanged: 0,
            add: table.records,
            change: 0,
            delete: count,
        })
        .collect();
    Ok(RestorePlan {
        metadata,
        creates_database: false,
        tables,
        assets,
        warnings,
    })
}
