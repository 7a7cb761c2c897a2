//! A transaction that reads: batches, counts, and turns for messages.

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures::channel::oneshot;
use futures::future::{LocalBoxFuture, Shared, ready};
use futures::{FutureExt, join};
use idb::ObjectStore;
use idb::request::{GetAllKeysStoreRequest, GetAllStoreRequest};
use js_sys::{Array, Symbol};
use pos_backup::limits::ABOUT_SAMPLE_RECORDS;
use pos_backup_bridge::{Error, ErrorCode, Result, StoreSchema};
use rexie::{KeyRange, Rexie, Store, Transaction, TransactionMode};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{EventTarget, IdbRequest, IdbTransaction};

use super::counting::CountRange;
use super::open;
use super::records::Records;
use crate::dom::{idb_error, rexie_error};
use crate::spawn::spawn;

pub(super) const DOING: &str = "Reading the database";
const COUNTING: &str = "Counting the records";

/// How many records a table has.
#[derive(Clone, Copy)]
pub(super) enum About {
    /// As the database counts them.
    Exactly(u64),
    /// By its first keys and its generator's next one, or only those first ones.
    Perhaps(u64),
}

#[wasm_bindgen(module = "/js/guard.js")]
extern "C" {
    #[wasm_bindgen(js_name = lastTransaction)]
    fn last_transaction() -> IdbTransaction;

    /// Of a request that reads, or of a transaction of nothing but such.
    #[wasm_bindgen(js_name = surviveErrors)]
    fn survive_errors(target: &EventTarget);
}

/// A transaction of rexie, and the browser's own beneath it, which can be aborted at any moment.
pub(super) struct Reading {
    pub(super) rexie: Transaction,
    browser: IdbTransaction,
}

/// What a request has been issued for, once it is answered.
pub(super) type Answer<T> = LocalBoxFuture<'static, Result<T>>;

impl Reading {
    pub(super) fn begin(database: &Rexie, names: &[&str]) -> Result<Rc<Self>> {
        let rexie = database
            .transaction(names, TransactionMode::ReadOnly)
            .map_err(|error| rexie_error(&error, "Opening a transaction"))?;
        let browser = last_transaction();
        survive_errors(&browser);
        Ok(Rc::new(Self { rexie, browser }))
    }

    /// The database's version.
    pub(super) fn version(&self) -> u64 {
        open::database_version(&self.browser.db())
    }

    pub(super) fn abort(&self) {
        // One that is over refuses.
        let _ = self.browser.abort();
    }

    /// Asks at once how many records a table has in a range of keys.
    pub(super) fn count(&self, table: &str, range: CountRange) -> Result<Answer<u64>> {
        let failed = |error| rexie_error(&error, COUNTING);
        let store = self.rexie.store(table).map_err(failed)?;
        let keys = range.as_range().keys()?;
        Ok(started(async move {
            let count = store.count(keys).await;
            count.map(u64::from).map_err(failed)
        }))
    }

    /// Asks at once about how many records a table has. To count a large one keeps its writers waiting, unless that MUST not be.
    pub(super) fn about(&self, table: &StoreSchema, may_count: bool) -> Result<Answer<About>> {
        let failed = |error| rexie_error(&error, COUNTING);
        let store = self.rexie.store(&table.name).map_err(failed)?;
        let next_key = table.next_key;
        Ok(started(async move {
            let keys = store.get_all_keys(None, Some(ABOUT_SAMPLE_RECORDS));
            let keys = keys.await.map_err(failed)?;
            if keys.len() < ABOUT_SAMPLE_RECORDS as usize {
                return Ok(About::Exactly(keys.len() as u64));
            }
            match next_key.and_then(|next_key| as_dense_as(&keys, next_key)) {
                Some(about) => Ok(About::Perhaps(about)),
                None if !may_count => Ok(About::Perhaps(keys.len() as u64)),
                None => {
                    let count = store.count(None).await.map_err(failed)?;
                    Ok(About::Exactly(count.into()))
                }
            }
        }))
    }

    /// Asks at once for the next records of a table, `limit` at most.
    pub(super) fn batch(
        &self,
        table: &str,
        after: Option<&JsValue>,
        limit: u32,
        out_of_line: bool,
    ) -> Result<Answer<Records>> {
        let store = self.rexie.store(table);
        let store = store.map_err(|error| rexie_error(&error, DOING).in_table(table))?;
        let range = after.map_or(Range::All, Range::After);
        batch(store, range, limit, out_of_line)
    }

    /// Keeps the transaction open while messages are let in: by a request that costs next to nothing.
    pub(super) fn turn(&self, table: &str) -> Result<Shared<Answer<()>>> {
        let failed = |error| rexie_error(&error, DOING);
        let store = self.rexie.store(table).map_err(failed)?;
        let request = async move {
            let answer = store.key_exists(JsValue::from(0)).await;
            answer.map(drop).map_err(failed)
        };
        Ok(request.boxed_local().shared())
    }
}

/// How many records there are, if the keys up to the generator's next one are as dense as these first ones of the table are:
/// they may be times, and records may have been deleted. `None` when they are no numbers.
fn as_dense_as(first_keys: &[JsValue], next_key: f64) -> Option<u64> {
    let (first, last) = (first_keys.first()?.as_f64()?, first_keys.last()?.as_f64()?);
    let keys = first_keys.len() as f64;
    let density = (keys - 1.0) / (last - first);
    Some((keys + (next_key - 1.0 - last).max(0.0) * density.min(1.0)) as u64)
}

/// A store that can be read.
pub(super) trait Readable: 'static {
    async fn get_all(&self, keys: Option<KeyRange>, limit: u32) -> Result<Array>;

    async fn get_all_keys(&self, keys: Option<KeyRange>, limit: u32) -> Result<Array>;
}

impl Readable for Store {
    async fn get_all(&self, keys: Option<KeyRange>, limit: u32) -> Result<Array> {
        let values = self.get_all(keys, Some(limit)).await;
        let values = values.map_err(|error| rexie_error(&error, DOING))?;
        Ok(values.into_iter().collect())
    }

    async fn get_all_keys(&self, keys: Option<KeyRange>, limit: u32) -> Result<Array> {
        let keys = self.get_all_keys(keys, Some(limit)).await;
        let keys = keys.map_err(|error| rexie_error(&error, DOING))?;
        Ok(keys.into_iter().collect())
    }
}

/// A store whose requests may fail without an end to the transaction.
pub(super) struct Surviving(pub(super) ObjectStore);

impl Readable for Surviving {
    async fn get_all(&self, keys: Option<KeyRange>, limit: u32) -> Result<Array> {
        let request = self.0.get_all(keys.map(Into::into), Some(limit));
        let request = request.map_err(|error| idb_error(&error, DOING))?;
        let values = GetAllStoreRequest::from(surviving(request.into())).await;
        let values = values.map_err(|error| idb_error(&error, DOING))?;
        Ok(values.into_iter().collect())
    }

    async fn get_all_keys(&self, keys: Option<KeyRange>, limit: u32) -> Result<Array> {
        let request = self.0.get_all_keys(keys.map(Into::into), Some(limit));
        let request = request.map_err(|error| idb_error(&error, DOING))?;
        let keys = GetAllKeysStoreRequest::from(surviving(request.into())).await;
        let keys = keys.map_err(|error| idb_error(&error, DOING))?;
        Ok(keys.into_iter().collect())
    }
}

fn surviving(request: IdbRequest) -> IdbRequest {
    survive_errors(&request);
    request
}

/// Which records are asked for.
#[derive(Clone, Copy)]
pub(super) enum Range<'a> {
    All,
    After(&'a JsValue),
    Only(&'a JsValue),
    UpTo(&'a JsValue),
    /// After the one and up to the other.
    Between(&'a JsValue, &'a JsValue),
}

impl Range<'_> {
    pub(super) fn keys(self) -> Result<Option<KeyRange>> {
        let range = match self {
            Self::All => return Ok(None),
            Self::After(key) => KeyRange::lower_bound(key, Some(true)),
            Self::Only(key) => KeyRange::only(key),
            Self::UpTo(key) => KeyRange::upper_bound(key, Some(false)),
            Self::Between(after, to) => KeyRange::bound(after, to, Some(true), Some(false)),
        };
        range.map(Some).map_err(|error| idb_error(&error, DOING))
    }
}

/// Asks at once for records of a store, `limit` at most.
pub(super) fn batch(
    store: impl Readable,
    range: Range<'_>,
    limit: u32,
    out_of_line: bool,
) -> Result<Answer<Records>> {
    let (range_of_values, range_of_keys) = (range.keys()?, range.keys()?);
    Ok(started(async move {
        let values = store.get_all(range_of_values, limit);
        let keys = store.get_all_keys(range_of_keys, limit);
        let (values, keys) = match out_of_line {
            true => {
                let (values, keys) = join!(values, keys);
                (values, Some(keys?))
            }
            false => match values.await {
                // A record that holds its key is not null: it is one that could not be read, and is to be
                // named.
                Ok(values) if values.index_of(&JsValue::NULL, 0) < 0 => (Ok(values), None),
                values => (values, Some(keys.await?)),
            },
        };
        match (values, keys) {
            (Ok(values), keys) => Ok(Records {
                values,
                keys,
                lost: 0,
            }),
            (Err(_), Some(keys)) => one_by_one(&store, keys).await,
            (Err(error), None) => Err(error),
        }
    }))
}

/// Errors of a request that say nothing of others. When the transaction has ended, there are other ones.
const CONCERN_A_RECORD: [&str; 5] = [
    "DataCloneError",
    "DataError",
    "NotFoundError",
    "NotReadableError",
    "UnknownError",
];

/// Reads records that cannot be read together: the browser has lost a large one, for example. In place of one that it
/// does not give stands a symbol that says so.
async fn one_by_one(store: &impl Readable, keys: Array) -> Result<Records> {
    let values = Array::new();
    let mut lost = 0;
    for key in keys.iter() {
        // rexie's `get` makes no difference between null and nothing.
        let value = match store.get_all(Range::Only(&key).keys()?, 1).await {
            Ok(found) if found.length() > 0 => found.get(0),
            Ok(_) => {
                let message = "A record was gone while it was read.";
                return Err(Error::new(ErrorCode::DatabaseFailed, message));
            }
            Err(error) => match error.context.cause.as_deref() {
                Some(cause) if CONCERN_A_RECORD.contains(&cause) => {
                    lost += 1;
                    // This one may be any fault; it is hardly the records' when not one of several can be read.
                    if cause == "UnknownError" && lost == keys.length() && lost > 1 {
                        return Err(error);
                    }
                    let found = format!("a record that the browser cannot read ({cause})");
                    Symbol::for_(&found).into()
                }
                _ => return Err(error),
            },
        };
        values.push(&value);
    }
    let keys = Some(keys);
    Ok(Records { values, keys, lost })
}

/// A future whose first step is taken now: its requests are issued before anything else is done. It goes on
/// by itself, as a request that follows upon another one's answer must be issued right then.
fn started<T: 'static>(future: impl Future<Output = Result<T>> + 'static) -> Answer<T> {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Box::pin(ready(output)),
        Poll::Pending => {
            let (sender, receiver) = oneshot::channel();
            let answer = Rc::new(RefCell::new(None));
            let place = Rc::clone(&answer);
            spawn(async move {
                place.replace(Some(future.await));
                // Nobody may wait for it any more.
                let _ = sender.send(());
            });
            let lost = || Err(Error::new(ErrorCode::Internal, "A read was not answered."));
            receiver
                .map(move |_| answer.take().unwrap_or_else(lost))
                .boxed_local()
        }
    }
}
