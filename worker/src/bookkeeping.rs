//! The worker's own database, `pos-backup:<database>`: what it has to remember between two starts.

use pos_backup::journal::{Journal, Note};
use pos_backup_bridge::{Error, ErrorCode, Result};
use rexie::{ObjectStore, Rexie, Store, Transaction, TransactionMode};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::dom::rexie_error;
use crate::indexed_db::{exists, to_the_end};

const VERSION: u32 = 1;

/// Holds the note of a restore under way.
const JOURNAL: &str = "journal";

/// The key of the only note.
const RESTORE: &str = "restore";

const DOING: &str = "Using the backup's own database";

/// The bookkeeping of one database of the app. It is open only while it is used.
#[derive(Clone)]
pub struct Bookkeeping {
    name: String,
}

impl Bookkeeping {
    /// That of this database of the app.
    pub fn of(database: &str) -> Self {
        Self {
            name: format!("pos-backup:{database}"),
        }
    }

    /// Does something with a store, to its end also when nobody waits for it any more.
    async fn with_store<T: 'static>(
        &self,
        mode: TransactionMode,
        work: impl AsyncFnOnce(&Store) -> rexie::Result<T> + 'static,
    ) -> Result<T> {
        let name = self.name.clone();
        let done = async move {
            let store = ObjectStore::new(JOURNAL);
            let builder = Rexie::builder(&name).version(VERSION).add_object_store(store);
            let database = builder.build().await?;
            let worked = in_transaction(&database, mode, work).await;
            database.close();
            worked
        };
        let done = async move { done.await.map_err(|error| rexie_error(&error, DOING)) };
        to_the_end(done, async |_| {}).await
    }
}

async fn in_transaction<T>(
    database: &Rexie,
    mode: TransactionMode,
    work: impl AsyncFnOnce(&Store) -> rexie::Result<T>,
) -> rexie::Result<T> {
    let transaction = database.transaction(&[JOURNAL], mode)?;
    let worked = work(&transaction.store(JOURNAL)?).await?;
    Transaction::done(transaction).await?;
    Ok(worked)
}

impl Journal for Bookkeeping {
    async fn read(&self) -> Result<Option<Note>> {
        // It is made when there is something to note.
        if !exists(&self.name).await? {
            return Ok(None);
        }
        let read = async |store: &Store| store.get(RESTORE.into()).await;
        let Some(note) = self.with_store(TransactionMode::ReadOnly, read).await? else {
            return Ok(None);
        };
        serde_wasm_bindgen::from_value(note).map(Some).map_err(unreadable)
    }

    async fn write(&self, note: &Note) -> Result<()> {
        let note = note.serialize(&Serializer::new()).map_err(unreadable)?;
        let write = async move |store: &Store| store.put(&note, Some(&RESTORE.into())).await;
        self.with_store(TransactionMode::ReadWrite, write).await?;
        Ok(())
    }

    async fn clear(&self) -> Result<()> {
        let clear = async |store: &Store| store.delete(JsValue::from(RESTORE)).await;
        self.with_store(TransactionMode::ReadWrite, clear).await
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn unreadable(error: serde_wasm_bindgen::Error) -> Error {
    Error::new(
        ErrorCode::Internal,
        format!("The note of a restore is not what was expected: {error}"),
    )
}
