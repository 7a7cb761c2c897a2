//! The app's database, through rexie.
//!
//! rexie opens the database and reads it. It keeps its handles private, so what needs them goes
//! through idb, the crate below it: the key paths of indexes (`schema`), and a restore's transaction,
//! which must know the request that failed and the transaction's own error (`transaction`).

mod modules;
mod open;
mod records;
mod schema;
mod snapshot;
mod transaction;

use js_sys::{Array, Reflect};
use pos_backup::database::Database;
use pos_backup_bridge::{Consistency, KeyPath, Result, Schema, StoreSchema};
use rexie::Rexie;
use wasm_bindgen::JsValue;

use crate::dom::rexie_error;
use snapshot::IdbSnapshot;
use transaction::IdbWriteTransaction;

/// The app's database. It is open only while it is being read or written: a connection that stays
/// open would block the app's upgrades.
#[derive(Debug, Clone)]
pub struct IndexedDb {
    name: String,
}

impl IndexedDb {
    /// The database of this name.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }
}

impl Database for IndexedDb {
    type Snapshot = IdbSnapshot;
    type Transaction = IdbWriteTransaction;

    async fn schema(&self, next_keys: bool) -> Result<Schema> {
        schema::read(&self.name, next_keys).await
    }

    async fn read(&self, tables: &[StoreSchema], consistency: Consistency) -> Result<IdbSnapshot> {
        // Without a version: with one, rexie deletes every store that it was not told of.
        let opening = Rexie::builder(&self.name).build();
        let database = open::in_time(&self.name, opening, Rexie::close)
            .await?
            .map_err(|error| rexie_error(&error, "Opening the database"))?;
        IdbSnapshot::begin(database, tables, consistency)
    }

    async fn write(&self, tables: &[StoreSchema]) -> Result<IdbWriteTransaction> {
        let database = open::existing(&self.name).await?;
        IdbWriteTransaction::begin(database, tables)
    }
}

/// A key path as IndexedDB has it: null where keys are out of line.
fn key_path_to_js(path: Option<&KeyPath>) -> JsValue {
    match path {
        None => JsValue::NULL,
        Some(KeyPath::Single(path)) => path.into(),
        Some(KeyPath::Compound(paths)) => paths.iter().map(JsValue::from).collect::<Array>().into(),
    }
}

/// The key that a key path finds in a record.
fn key_at(record: &JsValue, path: &KeyPath) -> JsValue {
    match path {
        KeyPath::Single(path) if path.is_empty() => record.clone(),
        KeyPath::Single(path) => path.split('.').fold(record.clone(), |value, step| {
            Reflect::get(&value, &step.into()).unwrap_or(JsValue::UNDEFINED)
        }),
        KeyPath::Compound(paths) => paths
            .iter()
            .map(|path| key_at(record, &KeyPath::Single(path.clone())))
            .collect::<Array>()
            .into(),
    }
}
