//! Creates the app's database from an archive's schema, its records in the same transaction: it exists
//! with all of them, or not at all.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{Either, LocalBoxFuture, select};
use idb::request::OpenDatabaseRequest;
use idb::{Database, Event, Factory, IndexParams, ObjectStore, ObjectStoreParams, Request};
use pos_backup_bridge::{Error, ErrorCode, KeyPath, Result, Schema, StoreSchema};
use web_sys::IdbFactory;

use super::open;
use super::transaction::{IdbWriteTransaction, stores};
use crate::dom::idb_error;
use crate::page::PageHelp;
use crate::spawn::spawn;

const DOING: &str = "Creating the database";

/// The opening of a database that is being created. It ends when the transaction does.
pub(super) struct Creation(LocalBoxFuture<'static, Result<Database, idb::Error>>);

impl Creation {
    pub(super) async fn end(self) {
        // The transaction knows how it ended.
        if let Ok(database) = self.0.await {
            database.close();
        }
    }
}

/// Begins to create the database of this name, with all stores of the schema.
///
/// # Errors
///
/// `DATABASE_FAILED`, also when the database exists by now; `DATABASE_BLOCKED`.
pub(super) async fn create(
    name: &str,
    schema: &Schema,
    tables: &[StoreSchema],
    page: PageHelp,
) -> Result<IdbWriteTransaction> {
    let failed = |error: idb::Error| idb_error(&error, DOING);
    // Asked for in a version, a database that has come to be would be taken from the tabs that hold it.
    match open::existing(name, None).await {
        Ok(database) => {
            database.close();
            return Err(exists(name));
        }
        Err(error) if error.code == ErrorCode::DatabaseNotFound => {}
        Err(error) => return Err(error),
    }
    let upgrade = upgrade(name, schema.database.version).map_err(failed)?;
    let upgrade = open::in_time(name, upgrade, |late| {
        if let Some(upgrade) = late {
            spawn(upgrade.abort());
        }
    });
    let Some(upgrade) = upgrade.await?.map_err(failed)? else {
        return Err(exists(name));
    };
    if !upgrade.is_new {
        // It is of an older version, and stays what it is.
        upgrade.abort().await;
        return Err(exists(name));
    }
    let database = upgrade.transaction.database();
    let created = schema
        .stores
        .iter()
        .try_for_each(|store| create_store(&database, store));
    if let Err(error) = created {
        upgrade.abort().await;
        return Err(error);
    }
    let stores = match stores(&upgrade.transaction, tables) {
        Ok(stores) => stores,
        Err(error) => {
            upgrade.abort().await;
            return Err(failed(error));
        }
    };
    let Upgrade {
        transaction,
        creation,
        ..
    } = upgrade;
    Ok(IdbWriteTransaction::creating(
        transaction,
        creation,
        stores,
        page,
    ))
}

/// The database in the transaction that changes its version.
struct Upgrade {
    transaction: idb::Transaction,
    /// Whether there was none before.
    is_new: bool,
    creation: Creation,
}

impl Upgrade {
    /// The database stays what it was.
    async fn abort(self) {
        // A transaction that has ended refuses.
        let _ = self.transaction.abort();
        self.creation.end().await;
    }
}

/// Opens the database in this version. None: it is of this version already.
fn upgrade(
    name: &str,
    version: u64,
) -> Result<impl Future<Output = Result<Option<Upgrade>, idb::Error>> + 'static, idb::Error> {
    // idb's own `open` takes 32 bits.
    let factory = IdbFactory::from(Factory::new()?);
    let request = factory
        .open_with_f64(name, version as f64)
        .map_err(idb::Error::IndexedDbOpenFailed)?;
    let mut request = OpenDatabaseRequest::from(request);
    let (sender, upgrade) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    request.on_upgrade_needed(move |event| {
        let is_new = event.old_version().is_ok_and(|version| version == 0);
        let transaction = event
            .target()
            .ok()
            .and_then(|request| request.transaction());
        if let (Some(sender), Some(transaction)) = (sender.take(), transaction) {
            // Whoever waited for it is gone only when the worker is.
            let _ = sender.send((transaction, is_new));
        }
    });
    let opening: LocalBoxFuture<'static, _> = request.into_future().boxed_local();
    Ok(async move {
        match select(upgrade, opening).await {
            Either::Left((Ok((transaction, is_new)), opening)) => Ok(Some(Upgrade {
                transaction,
                is_new,
                creation: Creation(opening),
            })),
            Either::Left((Err(_), opening)) => {
                Creation(opening).end().await;
                Ok(None)
            }
            Either::Right((opened, _)) => {
                opened?.close();
                Ok(None)
            }
        }
    })
}

fn exists(name: &str) -> Error {
    Error::new(
        ErrorCode::DatabaseFailed,
        "The database came to be while it was to be created.",
    )
    .with(|context| context.database = Some(name.to_owned()))
}

fn create_store(database: &Database, schema: &StoreSchema) -> Result<()> {
    let failed = |error: idb::Error| idb_error(&error, DOING).in_table(&schema.name);
    let mut params = ObjectStoreParams::new();
    params.auto_increment(schema.auto_increment);
    params.key_path(schema.key_path.as_ref().map(key_path));
    let store = database
        .create_object_store(&schema.name, params)
        .map_err(failed)?;
    // Before the rows: building them afterwards took twice as long (`bench/indexes.mjs`).
    indexes(&store, schema).map_err(failed)
}

/// A store that keeps the transaction open while a database is created that has no other.
pub(super) struct Placeholder(ObjectStore);

impl Placeholder {
    const NAME: &str = "pos-backup";

    pub(super) fn create(database: &Database) -> Result<Self, idb::Error> {
        let store = database.create_object_store(Self::NAME, ObjectStoreParams::new())?;
        Ok(Self(store))
    }

    pub(super) fn store(&self) -> &ObjectStore {
        &self.0
    }

    pub(super) fn remove(self, database: &Database) -> Result<(), idb::Error> {
        database.delete_object_store(Self::NAME)
    }
}

/// Creates a store's indexes.
fn indexes(store: &ObjectStore, schema: &StoreSchema) -> Result<(), idb::Error> {
    for index in &schema.indexes {
        let mut params = IndexParams::new();
        params.unique(index.unique);
        params.multi_entry(index.multi_entry);
        store.create_index(&index.name, key_path(&index.key_path), Some(params))?;
    }
    Ok(())
}

fn key_path(path: &KeyPath) -> idb::KeyPath {
    match path {
        KeyPath::Single(path) => idb::KeyPath::Single(path.clone()),
        KeyPath::Compound(paths) => idb::KeyPath::Array(paths.clone()),
    }
}
