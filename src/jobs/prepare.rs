//! The first half of a restore, and of its plan: from a file to a checked archive that fits the database.

mod versions;
mod warned;

use std::collections::HashMap;
use std::rc::Rc;

use pos_backup_bridge::{
    AppVersions, BackupMetadata, Config, Error, ErrorCode, KeyPath, Migration, MigrationReport,
    RestoreMode, RestoreOptions, Result, SalvageReport, Schema, SortedSet, StoreSchema, Validate,
    Warning, json,
};

use super::BackupAssets;
use super::backup::check_names;
use super::migrate::{AllBlobs, Made, Migrated, Migrating, Route, chain, routes};
use crate::archive::{
    CheckedArchive, EntryName, Known, OpenedArchive, Parts, Table, check_but_tables, is_damage,
    salvage,
};
use crate::codec::Codec;
use crate::database::Database;
use crate::job::{Job, Outcome, Stop};
use crate::page::Assets;
use crate::storage::{PartFile, ReadAt, SharedFile, Storage};
use versions::app_versions;
use warned::Warned;

/// Of an archive that is migrated, its check has this share of the progress until it is ready to be restored.
const CHECKING_SHARE: f64 = 0.4;

/// In place of the code's own.
const HINT_CREATE_FIRST: &str = "Open the app once, so that it creates its database in its own version; the restore then migrates the archive to it.";

/// In place of the code's own.
const HINT_STEP: &str = "A migration has to say what becomes of this table: with a step `rename-table` or `drop-table`.";

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
    /// The id of the file in which migrated records wait, if there are any.
    pub migrated_id: String,
    /// Whether parts of a sealed archive may be left to [`restore`](super::restore()), which checks them while it compares
    /// them.
    pub may_check_later: bool,
}

impl RestoreRequest {
    /// Everything, in place of what is there.
    pub fn of(config: Config, migrated_id: String) -> Self {
        Self {
            config,
            options: RestoreOptions::default(),
            assets: None,
            safety_id: None,
            migrated_id,
            may_check_later: false,
        }
    }
}

/// An archive that is whole and fits the database: the only thing that [`restore`](super::restore()) takes. You MUST give it to
/// a job, or [`discard`](Self::discard) it.
pub struct Prepared<F, P> {
    pub(super) archive: CheckedArchive<F>,
    pub(super) tables: Vec<Table>,
    /// Holds those of which records were migrated.
    pub(super) made: Option<Made<P>>,
    /// The schema that they are of.
    pub(super) schema: Schema,
    pub(super) app_version: AppVersions,
    pub(super) migration: Option<MigrationReport>,
    /// What is missing of the archive, if it is damaged.
    pub(super) salvage: Option<SalvageReport>,
    /// Whether it is known what the archive held beside tables.
    says_others: bool,
    /// The key paths of the unique indexes of live tables that have some.
    pub(super) unique: HashMap<String, Vec<KeyPath>>,
    pub(super) mode: RestoreMode,
    pub(super) validate: Validate,
    /// Whether localStorage, sessionStorage, config and files are restored too.
    pub(super) with_assets: bool,
    /// What the page has of them.
    pub(super) present: Option<BackupAssets>,
    pub(super) config: Config,
    pub(super) safety_id: Option<String>,
    /// Whether the database is to be created from the schema.
    pub(super) creates: bool,
    /// Live tables that the archive does not hold.
    pub(super) untouched: Vec<String>,
    pub(super) warnings: Vec<Warning>,
}

impl<F: ReadAt, P: PartFile> Prepared<F, P> {
    /// A checked archive for a database that is created from it, whatever the app's own is like.
    pub(super) fn by_itself(archive: CheckedArchive<F>, config: Config) -> Self {
        let opened = archive.opened();
        Self {
            tables: opened.tables().to_vec(),
            made: None,
            schema: opened.schema.clone(),
            app_version: app_versions(&opened.metadata, &config),
            migration: None,
            salvage: None,
            says_others: true,
            unique: HashMap::new(),
            mode: RestoreMode::Replace,
            validate: Validate::default(),
            with_assets: false,
            present: None,
            config,
            safety_id: None,
            creates: true,
            untouched: Vec::new(),
            warnings: Vec::new(),
            archive,
        }
    }

    /// Where a table's parts are.
    pub(super) fn parts(&self, table: &Table) -> &dyn Parts {
        match &self.made {
            Some(made) if made.table(&table.schema.name).is_some() => &made.archive,
            _ => &self.archive,
        }
    }

    /// The large values of the records.
    pub(super) fn blobs(&self) -> AllBlobs<'_, F> {
        AllBlobs {
            archived: self.archive.blobs(),
            made: self.made.as_ref().map(|made| made.archive.blobs()),
        }
    }

    /// Reads all anew from here on: a file can change.
    pub(super) fn forget(&self) {
        self.archive.forget();
        if let Some(made) = &self.made {
            made.archive.forget();
        }
    }

    /// What the page is to take over. Files are all that it is to have: of a damaged archive those go with them that it has
    /// in place of what is missing; where it does not say which, files are left as they are.
    pub(super) fn read_assets(&self, present: Option<&Assets>) -> Result<Assets> {
        if !self.with_assets {
            return Ok(Assets::default());
        }
        let assets = self.archive.read_assets()?;
        let Some(salvage) = &self.salvage else {
            return Ok(assets);
        };
        let files = match (assets.files, present.and_then(|it| it.files.as_ref())) {
            (files, _) if !lacks_files(salvage, self.says_others) => files,
            (Some(mut files), Some(present)) => {
                let is_missing = |name: &String| {
                    let path = EntryName::File(name.clone()).to_string();
                    let mut missing = salvage.missing.iter();
                    !lists_files(salvage, self.says_others)
                        || missing.any(|missing| missing.entry == path)
                };
                for (name, content) in present.iter().filter(|(name, _)| is_missing(name)) {
                    let content = || content.clone();
                    files.or_insert_with(name.clone(), content);
                }
                Some(files)
            }
            _ => None,
        };
        Ok(Assets { files, ..assets })
    }

    /// Removes what was made of the archive.
    pub async fn discard(self) {
        if let Some(made) = self.made {
            made.discard().await;
        }
    }
}

/// Checks all of an archive (but see [`RestoreRequest::may_check_later`]), and that it fits the database; brings one of an older schema to the database's. Nothing is
/// written to the database.
///
/// # Errors
///
/// The codes of damaged, altered and unknown archives; `DATABASE_MISMATCH`, `SCHEMA_TOO_NEW`, `MIGRATION_MISSING`,
/// `MIGRATION_FAILED`, `SCHEMA_MISMATCH`, `TABLE_NOT_FOUND`, and the codes of the database and of the storage.
pub async fn prepare_restore<'f, S: Storage>(
    job: &Job,
    database: &impl Database,
    storage: &S,
    codec: &impl Codec,
    file: impl ReadAt + 'f,
    request: RestoreRequest,
    until: f64,
) -> Outcome<Prepared<SharedFile<'f>, S::PartFile>> {
    let file: SharedFile<'f> = Rc::new(file);
    let live = match job.or_cancel(database.schema(false)).await {
        Ok(live) => Some(live),
        Err(Stop::Failed(error)) if error.code == ErrorCode::DatabaseNotFound => None,
        Err(stop) => return Err(stop),
    };
    let whole = async {
        let opened = OpenedArchive::open(job, Rc::clone(&file)).await?;
        let fit = Fit::of(&opened.metadata, &opened.schema, live.as_ref(), &request)?;
        // A damaged file does not come as far as to be compared.
        let later = match request.may_check_later && opened.is_sealed() {
            true => fit.comparable(&request.options),
            false => SortedSet::new(),
        };
        let until = fit.checked_at(until);
        let archive = check_but_tables(job, opened, codec, &later, until).await?;
        Ok((archive, fit))
    };
    let mut says_others = true;
    let (archive, fit, salvage) = match whole.await {
        Ok((archive, fit)) => (archive, fit, None),
        Err(Stop::Failed(error)) if request.options.salvage && is_damage(error.code) => {
            let known = Known {
                live: live.as_ref(),
                config: &request.config,
            };
            let salvaged = salvage(job, file, codec, known, error, until).await?;
            says_others = salvaged.says_others;
            let (archive, report) = (salvaged.archive, salvaged.report);
            let opened = archive.opened();
            let fit = Fit::of(&opened.metadata, &opened.schema, live.as_ref(), &request)?;
            (archive, fit, Some(report))
        }
        Err(stop) => return Err(stop),
    };
    let Fit {
        chain,
        routes,
        untouched,
        live,
        creates,
    } = fit;
    let RestoreRequest {
        config, options, ..
    } = &request;
    let migrating = Migrating {
        job,
        storage,
        codec,
        archive: &archive,
        config,
        live: &live,
        chain: &chain,
        file_id: &request.migrated_id,
        until,
    };
    let Migrated {
        tables,
        made,
        report,
    } = migrating.migrate(&routes).await?;
    let unique = live.stores.iter().map(|store| {
        let indexes = store.indexes.iter().filter(|index| index.unique);
        let paths = indexes.map(|index| index.key_path.clone()).collect();
        (store.name.clone(), paths)
    });
    let app_version = app_versions(&archive.opened().metadata, config);
    let warned = Warned {
        app_version: &app_version,
        untouched: &untouched,
        migration: &report,
        salvage: salvage.as_ref(),
        says_others,
        with_files: options.tables.is_none() && has_files(&archive.opened().metadata),
        is_sealed: archive.sealed,
    };
    Ok(Prepared {
        unique: unique.collect(),
        warnings: warned.warnings(),
        schema: match chain.is_empty() {
            true => archive.opened().schema.clone(),
            false => Schema {
                stores: tables.iter().map(|table| table.schema.clone()).collect(),
                action_queue: None,
                ..live
            },
        },
        migration: (!chain.is_empty()).then_some(report),
        salvage,
        says_others,
        untouched,
        made,
        app_version,
        archive,
        tables,
        mode: options.mode,
        validate: options.validate,
        with_assets: options.tables.is_none(),
        present: request.assets,
        config: request.config,
        safety_id: request.safety_id,
        creates,
    })
}

/// How an archive fits the database.
struct Fit<'a> {
    /// The migrations that it goes through first.
    chain: Vec<&'a Migration>,
    /// Where its tables go.
    routes: Vec<Route>,
    /// Live tables that it does not hold.
    untouched: Vec<String>,
    /// The database's schema, or the one that it is created from.
    live: Schema,
    /// Whether it is to be created.
    creates: bool,
}

impl<'a> Fit<'a> {
    fn of(
        metadata: &BackupMetadata,
        schema: &Schema,
        live: Option<&Schema>,
        request: &'a RestoreRequest,
    ) -> Result<Self> {
        let chain = check_fit(metadata, live, request)?;
        let all_routes = routes(schema, &chain)?;
        // What is missing is created from the archive.
        let creates = live.is_none();
        let live = match live {
            Some(live) => live.clone(),
            None => creatable(schema, request)?,
        };
        let untouched = untouched(&all_routes, &live);
        let routes = select_routes(all_routes, request.options.tables.as_deref())?;
        for route in &routes {
            check_route(route, schema, &live, chain.is_empty())?;
        }
        Ok(Self {
            chain,
            routes,
            untouched,
            live,
            creates,
        })
    }

    /// The archive's tables that only have to be compared with those of the database.
    fn comparable(&self, options: &RestoreOptions) -> SortedSet<&str> {
        let is_checked_first = self.creates || !self.chain.is_empty() || options.salvage;
        let routes = self.routes.iter().filter(|_| !is_checked_first);
        routes
            .filter_map(|route| route.archived.as_deref())
            .collect()
    }

    /// The progress when the archive is checked.
    fn checked_at(&self, until: f64) -> f64 {
        match self.chain.is_empty() {
            true => until,
            false => until * CHECKING_SHARE,
        }
    }
}

fn has_files(metadata: &BackupMetadata) -> bool {
    let storages = ["localStorage.json", "sessionStorage.json"];
    let mut names = metadata.file_assets.iter();
    names.any(|name| !storages.contains(&name.as_str()))
}

/// Whether it says of all files whether they are missing.
fn lists_files(salvage: &SalvageReport, says_others: bool) -> bool {
    says_others && salvage.unlisted == 0
}

/// Whether files may be missing.
fn lacks_files(salvage: &SalvageReport, says_others: bool) -> bool {
    let mut missing = salvage.missing.iter();
    !lists_files(salvage, says_others) || missing.any(|missing| missing.entry.starts_with("files/"))
}

/// The routes of the tables that are asked for, by their names in the database; all by default.
fn select_routes(routes: Vec<Route>, wanted: Option<&[String]>) -> Result<Vec<Route>> {
    let Some(wanted) = wanted else {
        return Ok(routes);
    };
    let names = routes.iter().filter_map(|route| route.table.clone());
    check_names(&names.collect::<Vec<_>>(), wanted)?;
    let is_wanted = |route: &Route| {
        let name = route.table.as_ref();
        name.is_some_and(|name| wanted.contains(name))
    };
    Ok(routes.into_iter().filter(is_wanted).collect())
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

/// The migrations that the archive goes through first. The version is that of the database; a missing one is created in
/// the archive's, for the app to upgrade.
fn check_fit<'a>(
    metadata: &BackupMetadata,
    live: Option<&Schema>,
    request: &'a RestoreRequest,
) -> Result<Vec<&'a Migration>> {
    let config = &request.config;
    if metadata.database != config.database && !request.options.any_database {
        return Err(Error::new(
            ErrorCode::DatabaseMismatch,
            "The archive was made from a database of another name.",
        )
        .expected(config.database.as_str(), metadata.database.as_str()));
    }
    let found = metadata.schema_version;
    let version = config
        .schema_version
        .or(live.map(|live| live.database.version))
        // Where neither says it, the app is in the version that its migrations lead to.
        .or(config.migrations.iter().map(|migration| migration.to).max())
        .map_or(found, |version| match live {
            None if config.schema_version.is_none() => version.max(found),
            _ => version,
        });
    let said = || {
        format!(
            "schema version {found} of app version {}",
            metadata.app_version
        )
    };
    if found > version {
        return Err(Error::new(
            ErrorCode::SchemaTooNew,
            "The archive was made by a newer version of the app's database.",
        )
        .with(|c| c.database = Some(metadata.database.clone()))
        .expected(format!("schema version {version}"), said()));
    }
    let chain = chain(&config.migrations, found, version)
        .map_err(|error| error.with(|c| c.database = Some(metadata.database.clone())))?;
    if !chain.is_empty() && live.is_none() {
        return Err(Error::new(
            ErrorCode::DatabaseNotFound,
            "The database does not exist, and an archive of an older schema says nothing of what it is to be like.",
        )
        .with(|c| c.database = Some(config.database.clone()))
        .expected(format!("schema version {version}"), said())
        .with_hint(HINT_CREATE_FIRST));
    }
    Ok(chain)
}

/// The database has the table, and, unless the archive is migrated, with keys of the same kind.
fn check_route(route: &Route, schema: &Schema, live: &Schema, is_same_version: bool) -> Result<()> {
    // One that is left out goes nowhere.
    let Some(name) = &route.table else {
        return Ok(());
    };
    let mismatch = |message| Error::new(ErrorCode::SchemaMismatch, message).in_table(name);
    let Some(store) = live.stores.iter().find(|store| store.name == *name) else {
        let names = live.stores.iter().map(|store| store.name.as_str());
        let error = mismatch("The database does not have a table of the archive.")
            .expected(name.as_str(), names.collect::<Vec<_>>());
        return Err(match is_same_version {
            true => error,
            false => error.with_hint(HINT_STEP),
        });
    };
    let archived = schema.stores.iter();
    let mut archived = archived.filter(|store| Some(&store.name) == route.archived.as_ref());
    let keys = |store: &StoreSchema| serde_json::json!({ "keyPath": json::to_value(&store.key_path), "autoIncrement": store.auto_increment });
    match archived.next() {
        Some(archived) if is_same_version && keys(archived) != keys(store) => Err(mismatch(
            "A table of the database has other keys than the archive's.",
        )
        .expected(keys(archived), keys(store))),
        _ => Ok(()),
    }
}

fn untouched(routes: &[Route], live: &Schema) -> Vec<String> {
    let is_restored = |store: &&StoreSchema| {
        let mut routes = routes.iter();
        routes.any(|route| route.table.as_ref() == Some(&store.name))
    };
    let untouched = live.stores.iter().filter(|store| !is_restored(store));
    untouched.map(|store| store.name.clone()).collect()
}
