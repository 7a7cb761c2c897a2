//! What the database's stores look like.

use idb::{Database, ObjectStore, TransactionMode};
use js_sys::{JSON, JsString, Object, Reflect};
use pos_backup_bridge::{
    DatabaseSchema, Error, ErrorCode, IndexSchema, KeyPath, Result, Schema, StoreSchema,
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DomStringList, IdbObjectStore};

use super::open;
use super::transaction::{NO_NEXT_KEY, TransactionEnd};
use crate::dom::idb_error;

const DOING: &str = "Reading the database's schema";

/// A property's name that no key path can have.
const NO_IDENTIFIER: &str = "-";

/// Reads the schema of a database that exists.
pub(super) async fn read(name: &str, next_keys: bool) -> Result<Schema> {
    let opened = open::existing(name, None).await?;
    let names = texts(&opened.object_store_names());
    let version = open::database_version(&opened);
    let database = Database::from(opened);
    let stores = match names {
        Ok(names) => read_stores(&database, &names, next_keys).await,
        Err(name) => Err(no_text("A table", &name).in_table(&String::from(&name))),
    };
    database.close();
    Ok(Schema {
        database: DatabaseSchema {
            name: name.to_owned(),
            version,
        },
        action_queue: None,
        stores: stores?,
        partial: false,
    })
}

async fn read_stores(
    database: &Database,
    names: &[String],
    next_keys: bool,
) -> Result<Vec<StoreSchema>> {
    // A transaction needs a store.
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let transaction = database
        .transaction(names, TransactionMode::ReadOnly)
        .map_err(failed)?;
    let stores = names
        .iter()
        .map(|name| describe(transaction.object_store(name).map_err(failed)?));
    let mut stores: Vec<_> = stores.collect::<Result<_>>()?;
    if next_keys {
        for store in stores.iter_mut().filter(|store| store.auto_increment) {
            store.next_key = next_key(database, &store.name)
                .await
                .map_err(|error| error.in_table(&store.name))?;
        }
    }
    Ok(stores)
}

/// The names in a list; or the first one that is no text: with a lone surrogate it would be another one in UTF-8,
/// and perhaps that of a neighbour.
fn texts(names: &DomStringList) -> Result<Vec<String>, JsString> {
    let names = (0..names.length()).filter_map(|index| Reflect::get_u32(names, index).ok());
    names
        .map(|name| {
            let name: JsString = name.unchecked_into();
            name.is_valid_utf16()
                .then(|| String::from(&name))
                .ok_or(name)
        })
        .collect()
}

fn no_text(what: &str, name: &JsString) -> Error {
    let found = JSON::stringify(name).map(|json| String::from(&json));
    Error::new(
        ErrorCode::UnsupportedValue,
        format!("{what} has a name with a lone surrogate, which no archive can write."),
    )
    .expected("a name of whole characters", found.unwrap_or_default())
}

fn describe(store: ObjectStore) -> Result<StoreSchema> {
    let opened = IdbObjectStore::from(store);
    let names = texts(&opened.index_names());
    let store = ObjectStore::from(opened);
    let indexes = names.map_err(|name| no_text("An index", &name).in_table(&store.name()))?;
    let indexes = indexes.iter().map(|name| {
        let index = store.index(name).map_err(failed)?;
        Ok(IndexSchema {
            name: index.name(),
            key_path: index
                .key_path()
                .map_err(failed)?
                .map(key_path)
                .unwrap_or(KeyPath::Single(String::new())),
            unique: index.unique(),
            multi_entry: index.multi_entry(),
        })
    });
    Ok(StoreSchema {
        name: store.name(),
        key_path: store.key_path().map_err(failed)?.map(key_path),
        auto_increment: store.auto_increment(),
        next_key: None,
        indexes: indexes.collect::<Result<_>>()?,
    })
}

pub(super) fn key_path(path: idb::KeyPath) -> KeyPath {
    match path {
        idb::KeyPath::Single(path) => KeyPath::Single(path),
        idb::KeyPath::Array(paths) => KeyPath::Compound(paths),
    }
}

/// A generator cannot be read: a record is added, its key noted, and all undone, the generator's step
/// too (Indexed Database API 3.0, 2.11).
async fn next_key(database: &Database, store: &str) -> Result<Option<f64>> {
    let given = give_key(database, store, &with_blob()).await?;
    // Not every browser keeps Blobs everywhere.
    let given = match given {
        Err(error) if !is_exhausted(&error) => give_key(database, store, &Object::new()).await?,
        given => given,
    };
    match given {
        Ok(key) => Ok(key.as_f64()),
        Err(error) if is_exhausted(&error) => Ok(Some(NO_NEXT_KEY)),
        // Without it a restore elsewhere would give keys again that were given once.
        Err(error) => Err(error),
    }
}

/// A record with a Blob, which no index can see. To undo one without takes Chromium up to a second of a large database: it
/// looks whether the record had Blobs before, what was changed is written out for that, and undone from a log.
fn with_blob() -> Object {
    let record = Object::new();
    if let Ok(blob) = Blob::new() {
        let _ = Reflect::set(&record, &NO_IDENTIFIER.into(), &blob);
    }
    record
}

/// Adds a record, for the key that its table's generator gives it, and undoes that.
async fn give_key(
    database: &Database,
    store: &str,
    record: &Object,
) -> Result<Result<JsValue, Error>> {
    let transaction = database
        .transaction(&[store], TransactionMode::ReadWrite)
        .map_err(failed)?;
    let objects = transaction.object_store(store).map_err(failed)?;
    let end = TransactionEnd::watch(transaction.into());
    let key = match objects.add(record, None) {
        Ok(added) => match open::unless_blocked(added.into_future()).await {
            Ok(key) => key,
            Err(waiting) => {
                end.abort().await;
                // It is answered now; its request is not dropped before.
                let _ = waiting.await;
                return Err(open::blocked(&database.name()));
            }
        },
        Err(error) => Err(error),
    };
    end.abort().await;
    Ok(key.map_err(failed))
}

fn is_exhausted(error: &Error) -> bool {
    error.context.cause.as_deref() == Some("ConstraintError")
}

#[allow(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failed(error: idb::Error) -> Error {
    idb_error(&error, DOING)
}
