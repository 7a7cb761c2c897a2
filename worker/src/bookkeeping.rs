//! The worker's own database, `pos-backup:<database>`: what it has to remember between two starts.

use pos_backup::journal::{Journal, Note};
use pos_backup_bridge::codec::{from_js, to_js};
use pos_backup_bridge::{Error, ErrorCode, Result, UndoableRestore};
use rexie::{ObjectStore, Rexie, Store, Transaction, TransactionMode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::dom::rexie_error;
use crate::indexed_db::{IndexedDb, existing_by_rexie, to_the_end};

const VERSION: u32 = 1;

/// Holds the note of a restore, which one can be undone, and when archives were rehearsed.
const JOURNAL: &str = "journal";

/// The key of the note.
const RESTORE: &str = "restore";

/// The key of the restore that can be undone.
const UNDOABLE: &str = "undoable";

/// What the keys of rehearsals begin with; the archive's checksum follows.
const REHEARSED: &str = "rehearsed ";

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

    /// The database that restores are rehearsed in.
    pub(crate) fn scratch(database: &str) -> IndexedDb {
        IndexedDb::new(&Self::scratch_name(database))
    }

    pub(crate) fn scratch_name(database: &str) -> String {
        format!("pos-backup-rehearsal:{database}")
    }

    /// Reads something of the journal's store, unless there is none: it is made when there is something to note.
    async fn in_what_exists<T: 'static>(
        &self,
        read: impl AsyncFnOnce(&Store) -> Result<T> + 'static,
    ) -> Result<Option<T>> {
        let name = self.name.clone();
        let done = async move {
            let database = match existing_by_rexie(&name).await {
                Err(error) if error.code == ErrorCode::DatabaseNotFound => return Ok(None),
                opened => opened?,
            };
            // Of a newer worker: what it has noted is not ours to act upon, as we could not note what came of it.
            if database.version().is_ok_and(|version| version > VERSION) {
                database.close();
                return Err(too_new());
            }
            let read = in_transaction(&database, TransactionMode::ReadOnly, read).await;
            database.close();
            read.map(Some)
        };
        to_the_end(done, async |_| {}).await
    }

    /// Writes something to the journal's store, to its end also when nobody waits for it any more.
    async fn in_journal(
        &self,
        work: impl AsyncFnOnce(&Store) -> Result<()> + 'static,
    ) -> Result<()> {
        let name = self.name.clone();
        let done = async move {
            let store = ObjectStore::new(JOURNAL);
            let builder = Rexie::builder(&name)
                .version(VERSION)
                .add_object_store(store);
            let database = builder.build().await.map_err(failed)?;
            let worked = in_transaction(&database, TransactionMode::ReadWrite, work).await;
            database.close();
            worked
        };
        to_the_end(done, async |_| {}).await
    }
}

async fn in_transaction<T>(
    database: &Rexie,
    mode: TransactionMode,
    work: impl AsyncFnOnce(&Store) -> Result<T>,
) -> Result<T> {
    let transaction = database.transaction(&[JOURNAL], mode).map_err(failed)?;
    let worked = work(&transaction.store(JOURNAL).map_err(failed)?).await?;
    Transaction::done(transaction).await.map_err(failed)?;
    Ok(worked)
}

async fn get<T: DeserializeOwned>(store: &Store, key: &str) -> Result<Option<T>> {
    let value = store.get(key.into()).await.map_err(failed)?;
    let value = value.map(|value| from_js(&value)).transpose();
    value.map_err(|error| unreadable(&error))
}

async fn put(store: &Store, key: &str, value: &impl Serialize) -> Result<()> {
    let put = store.put(&to_js(value), Some(&key.into())).await;
    put.map(drop).map_err(failed)
}

async fn delete(store: &Store, key: &str) -> Result<()> {
    store.delete(key.into()).await.map_err(failed)
}

impl Bookkeeping {
    async fn read_at<T: DeserializeOwned + 'static>(&self, key: &str) -> Result<Option<T>> {
        let key = key.to_owned();
        let read = async move |store: &Store| get(store, &key).await;
        Ok(self.in_what_exists(read).await?.flatten())
    }

    /// Whether a restore is noted, and which one can be undone, if that can be read: what a start has to know, in one opening.
    pub(crate) async fn at_start(&self) -> Result<(bool, Option<UndoableRestore>)> {
        let read = async |store: &Store| {
            let note = store.get(RESTORE.into()).await.map_err(failed)?;
            let undoable = get(store, UNDOABLE).await.unwrap_or_default();
            Ok((note.is_some(), undoable))
        };
        Ok(self.in_what_exists(read).await?.unwrap_or_default())
    }

    async fn delete_at(&self, key: &'static str) -> Result<()> {
        let delete = async move |store: &Store| delete(store, key).await;
        self.in_journal(delete).await
    }

    async fn write_at(&self, key: &str, value: impl Serialize + 'static) -> Result<()> {
        let key = key.to_owned();
        let write = async move |store: &Store| put(store, &key, &value).await;
        self.in_journal(write).await
    }
}

impl Journal for Bookkeeping {
    async fn read(&self) -> Result<Option<Note>> {
        self.read_at(RESTORE).await
    }

    async fn write(&self, note: &Note) -> Result<()> {
        self.write_at(RESTORE, note.clone()).await
    }

    async fn undoable(&self) -> Result<Option<UndoableRestore>> {
        self.read_at(UNDOABLE).await
    }

    async fn rehearsed_at(&self, checksum: &str) -> Result<Option<f64>> {
        self.read_at(&format!("{REHEARSED}{checksum}")).await
    }

    async fn note_rehearsed(&self, checksum: &str, at_ms: f64) -> Result<()> {
        self.write_at(&format!("{REHEARSED}{checksum}"), at_ms)
            .await
    }

    async fn keep_undoable(&self, restore: Option<&UndoableRestore>) -> Result<()> {
        match restore {
            Some(restore) => self.write_at(UNDOABLE, restore.clone()).await,
            None => self.delete_at(UNDOABLE).await,
        }
    }

    async fn clear(&self) -> Result<()> {
        self.delete_at(RESTORE).await
    }

    async fn told(&self, job_id: &str) -> Result<()> {
        let job_id = job_id.to_owned();
        let told = async move |store: &Store| match get::<Note>(store, RESTORE).await? {
            Some(note) if note.job_id == job_id => match note.once_told() {
                Some(note) => put(store, RESTORE, &note).await,
                None => delete(store, RESTORE).await,
            },
            _ => Ok(()),
        };
        self.in_journal(told).await
    }
}

#[allow(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn failed(error: rexie::Error) -> Error {
    rexie_error(&error, DOING)
}

fn too_new() -> Error {
    let message = "The backup's own database is of a newer version of this software.";
    Error::new(ErrorCode::DatabaseFailed, message)
}

fn unreadable(error: &str) -> Error {
    Error::new(
        ErrorCode::Internal,
        format!("The note of a restore is not what was expected: {error}"),
    )
}
