//! A transaction that reads: batches, counts, and turns for messages.

use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures::future::{LocalBoxFuture, Shared, join_all, ready};
use futures::{FutureExt, join};
use js_sys::Array;
use pos_backup_bridge::Result;
use rexie::{KeyRange, Rexie, Transaction, TransactionMode};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::IdbTransaction;

use super::records::Records;
use crate::dom::{idb_error, rexie_error};

pub(super) const DOING: &str = "Reading the database";

#[wasm_bindgen(module = "/js/guard.js")]
extern "C" {
    #[wasm_bindgen(js_name = lastTransaction)]
    fn last_transaction() -> IdbTransaction;
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
        Ok(Rc::new(Self { rexie, browser }))
    }

    pub(super) fn abort(&self) {
        // One that is over refuses.
        let _ = self.browser.abort();
    }

    /// Asks at once how many records the tables hold.
    pub(super) fn count(&self, names: &[&str]) -> Result<Answer<Vec<u64>>> {
        let failed = |error| rexie_error(&error, "Counting the records");
        let stores = names
            .iter()
            .map(|name| self.rexie.store(name).map_err(failed));
        let stores: Vec<_> = stores.collect::<Result<_>>()?;
        Ok(started(async move {
            let counts = join_all(stores.iter().map(|store| store.count(None))).await;
            let counts = counts.into_iter();
            counts
                .map(|count| count.map(u64::from).map_err(failed))
                .collect()
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
        let store = self
            .rexie
            .store(table)
            .map_err(|error| rexie_error(&error, DOING).in_table(table))?;
        let range = || {
            after
                .map(|key| KeyRange::lower_bound(key, Some(true)))
                .transpose()
                .map_err(|error| idb_error(&error, DOING))
        };
        let (range_of_values, range_of_keys) = (range()?, range()?);
        let array = |values: rexie::Result<Vec<JsValue>>| -> Result<Array> {
            let values = values.map_err(|error| rexie_error(&error, DOING))?;
            Ok(values.into_iter().collect())
        };
        Ok(started(async move {
            let values = store.get_all(range_of_values, Some(limit));
            if out_of_line {
                let keys = store.get_all_keys(range_of_keys, Some(limit));
                let (values, keys) = join!(values, keys);
                return Ok(Records {
                    values: array(values)?,
                    keys: Some(array(keys)?),
                });
            }
            let values = array(values.await)?;
            // A record that holds its key is not null: it is one that could not be read, and is to be named.
            let keys = match values.index_of(&JsValue::NULL, 0) {
                -1 => None,
                _ => Some(array(store.get_all_keys(range_of_keys, Some(limit)).await)?),
            };
            Ok(Records { values, keys })
        }))
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

/// A future whose first step is taken now: its requests are issued before anything else is done.
fn started<T: 'static>(future: impl Future<Output = T> + 'static) -> LocalBoxFuture<'static, T> {
    let mut future = Box::pin(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(output) => Box::pin(ready(output)),
        Poll::Pending => future,
    }
}
