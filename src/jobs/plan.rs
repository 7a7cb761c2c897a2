//! `PLAN_RESTORE`, and the first half of `RESTORE`: from a file to a plan.

use std::collections::HashSet;

use pos_backup_bridge::{
    AssetsPlan, BackupMetadata, Config, Error, ErrorCode, OnUnsupported, Phase, RestoreMode,
    RestoreOptions, RestorePlan, Result, SafetyPlan, Schema, StatusKind, StoreSchema, TablePlan,
    Validate, Warning,
};

use super::difference::{Difference, Fault};
use super::hashing::Hashing;
use super::{BackupAssets, select};
use crate::archive::{CheckedArchive, OpenedArchive, Table, check};
use crate::database::{Database, Decoder, ReadOptions, Snapshot};
use crate::job::{Job, Outcome, Stage, Stop};
use crate::limits::SAFETY_MARGIN;
use crate::storage::{ReadAt, Storage};

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

/// Compares a checked archive with the database. Nothing is written.
///
/// # Errors
///
/// The codes of the database, and those of a file that changed since it was checked.
pub async fn plan_restore<F: ReadAt>(
    job: &Job,
    database: &impl Database,
    storage: &impl Storage,
    mut prepared: Prepared<F>,
) -> Outcome<RestorePlan> {
    let (tables, safety_backup) = match &prepared.creates {
        Some(_) => {
            let tables = prepared.tables.iter();
            let plans = tables.map(|table| written_whole(table, 0, prepared.mode));
            (plans.collect::<Result<_>>()?, None)
        }
        None => {
            let compared = compare(job, database, &prepared, 1.0).await?;
            let safety = match prepared.safety_id {
                Some(_) => Some(plan_safety(storage, &prepared, compared.live).await),
                None => None,
            };
            (compared.plans, safety)
        }
    };
    if safety_backup.as_ref().is_some_and(|safety| !safety.fits) {
        prepared.warnings.push(Warning {
            code: Some(ErrorCode::QuotaExceeded),
            message: "The browser's storage is too short to keep what is replaced. Free some space, or restore without the copy: the restore could then not be undone.".to_owned(),
            table: None,
        });
    }
    Ok(RestorePlan {
        metadata: prepared.archive.opened().metadata.clone(),
        creates_database: prepared.creates.is_some(),
        tables,
        assets: assets(&prepared),
        safety_backup,
        warnings: prepared.warnings,
    })
}

/// Compares a checked archive with a database that exists.
pub(super) async fn compare<F: ReadAt>(
    job: &Job,
    database: &impl Database,
    prepared: &Prepared<F>,
    until: f64,
) -> Outcome<Compared> {
    let Prepared {
        archive,
        tables,
        mode,
        ..
    } = prepared;
    job.enter(Stage {
        status: StatusKind::Validating,
        phase: Phase::Planning,
        message: "Comparing the archive with the database.",
        until,
        records_total: tables.iter().map(|table| table.records).sum(),
        bytes_total: None,
    });
    let schemas: Vec<_> = tables.iter().map(|table| table.schema.clone()).collect();
    let options = ReadOptions {
        on_unsupported: OnUnsupported::Omit,
        ..ReadOptions::default()
    };
    let mut snapshot = job.or_cancel(database.read(&schemas, options)).await?;
    archive.forget();
    let compared = compare_all(job, &mut snapshot, archive, tables, *mode).await;
    snapshot.close().await;
    compared
}

async fn compare_all<F: ReadAt>(
    job: &Job,
    snapshot: &mut impl Snapshot,
    archive: &CheckedArchive<F>,
    tables: &[Table],
    mode: RestoreMode,
) -> Outcome<Compared> {
    let mut live = LiveBytes::default();
    let counts = job.or_cancel(snapshot.counts()).await?;
    let mut comparisons: Vec<_> = tables
        .iter()
        .map(|table| Comparison::Going(Box::new(Difference::new(archive, table, mode, false))))
        .collect();
    let mut hashing = Hashing::default();
    while let Some(batch) = job.or_cancel(snapshot.next(&mut hashing)).await? {
        let index = batch.table;
        live.lines += batch.lines.len() as u64;
        let (Some(comparison), Some(table)) = (comparisons.get_mut(index), tables.get(index))
        else {
            continue;
        };
        let Comparison::Going(difference) = comparison else {
            continue;
        };
        let name = table.schema.name.as_str();
        let mut compared = difference.take(batch);
        while compared.is_ok() {
            match difference.next() {
                Ok(Some(changes)) => job.advance(Some(name), changes.compared, 0),
                Ok(None) => break,
                Err(fault) => compared = Err(fault),
            }
            let mut turn = async || snapshot.keep_open().await;
            job.breathe_by(&mut turn).await?;
        }
        match compared {
            Ok(()) if difference.has_all() => *comparison = Comparison::Done(difference.plan()),
            Ok(()) => {}
            Err(Fault::Incomparable) => {
                let live = counts.get(index).copied().unwrap_or_default();
                *comparison = Comparison::Done(written_whole(table, live, mode)?);
            }
            Err(Fault::Error(error)) => return Err(error.in_table(name).into()),
        }
    }
    let plans = comparisons.into_iter().map(|comparison| match comparison {
        Comparison::Going(difference) => difference.plan(),
        Comparison::Done(plan) => plan,
    });
    live.large = hashing.bytes;
    Ok(Compared {
        plans: plans.collect(),
        live,
    })
}

/// What came of a comparison.
pub(super) struct Compared {
    pub(super) plans: Vec<TablePlan>,
    live: LiveBytes,
}

/// How much the live tables hold.
#[derive(Default)]
pub(super) struct LiveBytes {
    /// The records' lines.
    lines: u64,
    /// The large values.
    large: u64,
}

/// What keeping the live tables takes, if they compress as the archive's do and large values do not at all.
async fn plan_safety<F: ReadAt>(
    storage: &impl Storage,
    prepared: &Prepared<F>,
    live: LiveBytes,
) -> SafetyPlan {
    let opened = prepared.archive.opened();
    let ratio = opened.archive_bytes() as f64 / opened.metadata.size.max(1) as f64;
    let bytes = live.lines as f64 * ratio.min(1.0) * SAFETY_MARGIN + live.large as f64;
    let bytes = bytes as u64;
    SafetyPlan {
        bytes,
        fits: storage.has_room(bytes).await,
    }
}

/// A table that is compared, or was.
enum Comparison<'a, F> {
    Going(Box<Difference<'a, F>>),
    Done(TablePlan),
}

/// The plan of a table that is cleared and written anew, where it holds so many records.
///
/// # Errors
///
/// `UNSUPPORTED_VALUE` where other records were to stay.
pub(super) fn written_whole(table: &Table, live: u64, mode: RestoreMode) -> Result<TablePlan> {
    if live > 0 && mode != RestoreMode::Replace {
        return Err(Error::new(
            ErrorCode::UnsupportedValue,
            "A table can only be replaced as a whole: not all of its records can be read and told apart.",
        )
        .in_table(&table.schema.name));
    }
    Ok(TablePlan {
        add: table.records,
        delete: live,
        ..TablePlan::new(&table.schema.name)
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

fn assets<F: ReadAt>(prepared: &Prepared<F>) -> AssetsPlan {
    if !prepared.with_assets {
        return AssetsPlan::default();
    }
    let metadata = &prepared.archive.opened().metadata;
    let mut plan = AssetsPlan {
        config: metadata.config,
        ..AssetsPlan::default()
    };
    for name in &metadata.file_assets {
        match name.as_str() {
            "localStorage.json" => plan.local_storage = true,
            "sessionStorage.json" => plan.session_storage = true,
            _ => plan.files.push(name.clone()),
        }
    }
    plan
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
