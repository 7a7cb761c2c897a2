//! The app's database, through rexie.
//!
//! rexie opens the database and reads it. It keeps its handles private, so what needs them goes
//! through idb, the crate below it: the key paths of indexes (`schema`), and a restore's transaction,
//! which must know the request that failed and the transaction's own error (`transaction`).

mod counting;
mod create;
mod encoding;
mod lines;
mod migration;
mod modules;
mod nulls;
mod open;
mod reading;
mod records;
mod schema;
mod snapshot;
mod transaction;
mod wanted;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::oneshot;
use js_sys::Array;
use pos_backup::database::{BlobSource, Database, Pause, ReadOptions, Snapshot, Transaction};
use pos_backup::journal::RecordAt;
use pos_backup_bridge::{Error, ErrorCode, KeyPath, Result, Schema, StoreSchema};
use rexie::Rexie;
use wasm_bindgen::JsValue;

use crate::dom::rexie_error;
use crate::page::PageHelp;
use crate::spawn::spawn;
pub(crate) use migration::Migration;
pub(crate) use open::existing_by_rexie;
use records::{RecordDecoder, Step};
use snapshot::IdbSnapshot;
use transaction::IdbWriteTransaction;

const REMOVING: &str = "Removing a database";

/// The app's database. It is open only while it is being read or written: a connection that stays
/// open would block the app's upgrades.
#[derive(Clone)]
pub struct IndexedDb {
    name: String,
    page: PageHelp,
    /// The version that the last look at the schema found.
    version: Cell<Option<u64>>,
}

impl IndexedDb {
    /// The database of this name.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            page: PageHelp::absent(),
            version: Cell::new(None),
        }
    }

    /// The database, to be restored with the help of a page that makes FileLists.
    pub(crate) fn with_page(self, page: PageHelp) -> Self {
        Self { page, ..self }
    }
}

impl Database for IndexedDb {
    type Snapshot = IdbSnapshot;
    type Transaction = IdbWriteTransaction;

    async fn schema(&self, next_keys: bool) -> Result<Schema> {
        let name = self.name.clone();
        // Left in the middle, a record that was added to see its key would stay.
        let read = async move { schema::read(&name, next_keys).await };
        let schema = to_the_end(read, async |_| {}).await?;
        self.version.set(Some(schema.database.version));
        Ok(schema)
    }

    async fn lines(&self, records: &[RecordAt]) -> Result<Vec<Option<Vec<u8>>>> {
        let (name, records) = (self.name.clone(), records.to_vec());
        let read = async move { lines::read(&name, &records).await };
        to_the_end(read, async |_| {}).await
    }

    async fn read(&self, tables: &[StoreSchema], options: ReadOptions) -> Result<IdbSnapshot> {
        let (name, version, tables) = (self.name.clone(), self.version.get(), tables.to_vec());
        let page = self.page.clone();
        let begin = async move {
            let database = existing_by_rexie(&name).await?;
            IdbSnapshot::begin(database, version, &tables, options, page).await
        };
        to_the_end(begin, Snapshot::close).await
    }

    async fn write(&self, tables: &[StoreSchema]) -> Result<IdbWriteTransaction> {
        let (name, version, tables) = (self.name.clone(), self.version.get(), tables.to_vec());
        let page = self.page.clone();
        let begin = async move {
            let database = open::existing(&name, version).await?;
            IdbWriteTransaction::begin(database.into(), &tables, page)?
                .granted(&name)
                .await
        };
        to_the_end(begin, Transaction::abort).await
    }

    async fn remove(&self) -> Result<()> {
        let name = self.name.clone();
        // Nobody else has it open; but a large one takes its time.
        let removing = async move { Rexie::delete(&name).await };
        let removing = async {
            removing
                .await
                .map_err(|error| rexie_error(&error, REMOVING))
        };
        to_the_end(removing, async |()| {}).await
    }

    async fn create(&self, schema: &Schema, tables: &[StoreSchema]) -> Result<IdbWriteTransaction> {
        let (name, schema, tables) = (self.name.clone(), schema.clone(), tables.to_vec());
        let page = self.page.clone();
        let begin = async move { create::create(&name, &schema, &tables, page).await };
        to_the_end(begin, Transaction::abort).await
    }
}

/// Whether there is a database of this name.
pub(crate) async fn exists(name: &str) -> Result<bool> {
    match open::existing(name, None).await {
        Ok(database) => {
            database.close();
            Ok(true)
        }
        Err(error) if error.code == ErrorCode::DatabaseNotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Decodes a line, and drops what comes of it. `turn` lets messages in.
pub(crate) async fn try_line(
    line: &[u8],
    blobs: &impl BlobSource,
    turn: &mut dyn Pause,
) -> Result<()> {
    let decoder = RecordDecoder::new(line);
    loop {
        match decoder.step()? {
            Step::Records { end: true, .. } => return Ok(()),
            Step::Records { .. } => {}
            Step::Wanted(wanted) => {
                wanted::fetch(&wanted, blobs, &PageHelp::absent(), turn).await?;
            }
        }
    }
}

/// Does some work to its end also when nobody waits for it any more, as after a cancel, and then ends
/// what it made.
pub(crate) async fn to_the_end<T: 'static>(
    work: impl Future<Output = Result<T>> + 'static,
    end: impl AsyncFnOnce(T) + 'static,
) -> Result<T> {
    let (sender, receiver) = oneshot::channel();
    let made = Rc::new(RefCell::new(None));
    let place = Rc::clone(&made);
    spawn(async move {
        place.replace(Some(work.await));
        if sender.send(()).is_err()
            && let Some(Ok(unwanted)) = place.take()
        {
            end(unwanted).await;
        }
    });
    // What is sent says only that it is made: a channel is compiled for each type that it carries.
    let _ = receiver.await;
    made.take().unwrap_or_else(|| {
        Err(Error::new(
            ErrorCode::Internal,
            "The work was not done to its end.",
        ))
    })
}

/// A key path as IndexedDB has it: null where keys are out of line.
fn key_path_to_js(path: Option<&KeyPath>) -> JsValue {
    match path {
        None => JsValue::NULL,
        Some(KeyPath::Single(path)) => path.into(),
        Some(KeyPath::Compound(paths)) => paths.iter().map(JsValue::from).collect::<Array>().into(),
    }
}
