//! Creates the app's database from an archive's schema, its records in the same transaction: it exists
//! with all of them, or not at all.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{Either, LocalBoxFuture, select};
use idb::{Database, Event, Factory, IndexParams, ObjectStore, ObjectStoreParams, Request};
use pos_backup_bridge::{Error, ErrorCode, KeyPath, Result, Schema, StoreSchema};

use super::transaction::IdbWriteTransaction;
use crate::dom::idb_error;
use crate::page::PageHelp;

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
/// `DATABASE_FAILED`, also when the database exists by now.
pub(super) async fn create(
    name: &str,
    schema: &Schema,
    tables: &[StoreSchema],
    page: PageHelp,
) -> Result<IdbWriteTransaction> {
    let failed = |error: idb::Error| idb_error(&error, DOING);
    let mut request = Factory::new()
        .and_then(|factory| factory.open(name, Some(schema.database.version)))
        .map_err(failed)?;
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
    let (transaction, is_new, creation) = match select(upgrade, opening).await {
        Either::Left((Ok((transaction, is_new)), opening)) => {
            (transaction, is_new, Creation(opening))
        }
        Either::Left((Err(_), opening)) => {
            Creation(opening).end().await;
            return Err(exists(name));
        }
        Either::Right((opened, _)) => {
            opened.map_err(failed)?.close();
            return Err(exists(name));
        }
    };
    if !is_new {
        // It is of an older version, and stays what it is.
        let _ = transaction.abort();
        creation.end().await;
        return Err(exists(name));
    }
    let database = transaction.database();
    let created = schema
        .stores
        .iter()
        .try_for_each(|store| create_store(&database, store, tables));
    if let Err(error) = created {
        let _ = transaction.abort();
        creation.end().await;
        return Err(error);
    }
    IdbWriteTransaction::creating(transaction, creation, tables, page).map_err(failed)
}

fn exists(name: &str) -> Error {
    Error::new(
        ErrorCode::DatabaseFailed,
        "The database came to be while it was to be created.",
    )
    .with(|context| context.database = Some(name.to_owned()))
}

fn create_store(database: &Database, schema: &StoreSchema, tables: &[StoreSchema]) -> Result<()> {
    let failed = |error: idb::Error| idb_error(&error, DOING).in_table(&schema.name);
    let mut params = ObjectStoreParams::new();
    params.auto_increment(schema.auto_increment);
    params.key_path(schema.key_path.as_ref().map(key_path));
    let store = database
        .create_object_store(&schema.name, params)
        .map_err(failed)?;
    // Those of the others come after their rows.
    if tables.iter().all(|table| table.name != schema.name) {
        indexes(&store, schema).map_err(failed)?;
    }
    Ok(())
}

/// Creates a store's indexes.
pub(super) fn indexes(store: &ObjectStore, schema: &StoreSchema) -> Result<(), idb::Error> {
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
