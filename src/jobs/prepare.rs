//! The first half of a restore, and of its plan: from a file to a checked archive that fits the database.

use std::collections::HashSet;

use pos_backup_bridge::{
    BackupMetadata, Config, Error, ErrorCode, RestoreMode, RestoreOptions, Result, Schema,
    StoreSchema, Validate, Warning,
};

use super::{BackupAssets, select};
use crate::archive::{CheckedArchive, OpenedArchive, Table, check};
use crate::database::{Database, Decoder};
use crate::job::{Job, Outcome, Stop};
use crate::storage::ReadAt;

/// What to restore into, and how.
pub struct RestoreRequest {
    /// What the app said at `INIT`.
    pub config: Config,
    /// How.
    pub options: RestoreOptions,
    /// What the page has outside the database, if it says.
    pub assets: Option<BackupAssets>,
    /// The id of the backup of what is replaced, unless none is to be kept.
    pub safety_id: Option<String>,
}

impl RestoreRequest {
    /// Everything, in place of what is there.
    pub fn of(config: Config) -> Self {
        Self {
            config,
            options: RestoreOptions::default(),
            assets: None,
            safety_id: None,
        }
    }
}

/// A checked archive that fits the database: the only thing that [`restore`](super::restore()) takes.
pub struct Prepared<F> {
    pub(super) archive: CheckedArchive<F>,
    pub(super) tables: Vec<Table>,
    /// The names of live tables in which two records must not have the same in some index.
    pub(super) unique: HashSet<String>,
    pub(super) mode: RestoreMode,
    pub(super) validate: Validate,
    /// Whether localStorage, sessionStorage, config and files are restored too.
    pub(super) with_assets: bool,
    /// What the page has of them.
    pub(super) present: Option<BackupAssets>,
    pub(super) config: Config,
    pub(super) safety_id: Option<String>,
    /// The whole schema, if the database is to be created from it.
    pub(super) creates: Option<Schema>,
    /// Live tables that the archive does not hold.
    pub(super) untouched: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

impl<F: ReadAt> Prepared<F> {
    /// A checked archive for a database that is created from it, whatever the app's own is like.
    pub(super) fn by_itself(archive: CheckedArchive<F>, config: Config) -> Self {
        Self {
            unique: HashSet::new(),
            tables: archive.opened().tables().to_vec(),
            mode: RestoreMode::Replace,
            validate: Validate::default(),
            with_assets: false,
            present: None,
            config,
            safety_id: None,
            creates: Some(archive.opened().schema.clone()),
            untouched: Vec::new(),
            warnings: Vec::new(),
            archive,
        }
    }
}

/// Checks all of an archive, and that it fits the database. Nothing is written.
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
    request: RestoreRequest,
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
    check_fit(&opened.metadata, version, &request)?;
    let creates = match live {
        Some(_) => None,
        None => Some(creatable(&opened.schema, &request)?),
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
    let has_unique = |store: &&StoreSchema| store.indexes.iter().any(|index| index.unique);
    let unique = live.stores.iter().filter(has_unique);
    let untouched = untouched(&archive, &live);
    Ok(Prepared {
        unique: unique.map(|store| store.name.clone()).collect(),
        warnings: warnings(&archive, &untouched),
        untouched,
        archive,
        tables,
        mode: request.options.mode,
        validate: request.options.validate,
        with_assets: wanted.is_none(),
        present: request.assets,
        config: request.config,
        safety_id: request.safety_id,
        creates,
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

fn untouched<F: ReadAt>(archive: &CheckedArchive<F>, live: &Schema) -> Vec<String> {
    let is_archived = |store: &&StoreSchema| {
        let mut tables = archive.opened().tables().iter();
        tables.any(|table| table.schema.name == store.name)
    };
    let untouched = live.stores.iter().filter(|store| !is_archived(store));
    untouched.map(|store| store.name.clone()).collect()
}

fn warnings<F: ReadAt>(archive: &CheckedArchive<F>, untouched: &[String]) -> Vec<Warning> {
    let mut warnings: Vec<_> = untouched
        .iter()
        .map(|table| Warning {
            code: None,
            message: "The archive does not hold this table; it stays as it is.".to_owned(),
            table: Some(table.clone()),
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
    warnings
}
