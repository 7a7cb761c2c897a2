//! Records that seem to be null. Chromium gives a worker null, and no error, for a record that it cannot
//! read there: nested deeper than a worker's stack allows, or with a class that only pages have. In a store
//! whose records hold their keys such a null is plain; in the others the page is asked.

use std::collections::VecDeque;
use std::rc::Rc;

use futures::future::join_all;
use pos_backup_bridge::{Error, ErrorCode, Result, Warning};
use rexie::KeyRange;
use wasm_bindgen::JsValue;

use super::records::Records;
use super::snapshot::Reading;
use super::to_the_end;
use crate::dom::{idb_error, rexie_error};
use crate::host::next_task;
use crate::page::PageHelp;

const DOING: &str = "Reading the database";

/// What such a record is called.
pub(super) const UNREADABLE: &str = "a record that no worker of this browser can read";

/// Asked for by one message.
const KEYS_AT_ONCE: usize = 1000;

/// More nulls in one table are hardly anything but a set of keys: no more than these are asked for.
const KEYS_MAX: usize = 100_000;

/// The keys of records that seem to be null, by table.
pub(super) struct Nulls {
    page: PageHelp,
    keys: Vec<Vec<JsValue>>,
    waiting: VecDeque<usize>,
}

impl Nulls {
    pub(super) fn new(page: PageHelp, tables: usize) -> Self {
        Self {
            page,
            keys: vec![Vec::new(); tables],
            waiting: VecDeque::new(),
        }
    }

    /// Looks for nulls among records with out-of-line keys.
    pub(super) fn note(&mut self, table: usize, records: &Records) {
        let (Some(keys), Some(noted)) = (&records.keys, self.keys.get_mut(table)) else {
            return;
        };
        let mut next = records.values.index_of(&JsValue::NULL, 0);
        if next >= 0 && noted.is_empty() {
            self.waiting.push_back(table);
        }
        while next >= 0 && noted.len() < KEYS_MAX {
            noted.push(keys.get(next as u32));
            next = records.values.index_of(&JsValue::NULL, next + 1);
        }
    }

    /// A table with nulls, and their keys.
    pub(super) fn take(&mut self) -> Option<(usize, Vec<JsValue>)> {
        let table = self.waiting.pop_front()?;
        let keys = self.keys.get_mut(table).map(std::mem::take);
        Some((table, keys.unwrap_or_default()))
    }

    /// The keys of those that the page says are not null; `None` when it does not say it of all.
    pub(super) async fn ask(
        &self,
        database: &str,
        table: &str,
        keys: &[JsValue],
    ) -> Result<Option<Vec<JsValue>>> {
        let mut turn = async || {
            next_task().await;
            Ok(())
        };
        let mut found = Vec::new();
        for keys in keys.chunks(KEYS_AT_ONCE) {
            let Some(indexes) = self.page.not_null(database, table, keys, &mut turn).await? else {
                return Ok(None);
            };
            let keys = indexes.iter().filter_map(|index| keys.get(*index as usize));
            found.extend(keys.cloned());
        }
        Ok((keys.len() < KEYS_MAX).then_some(found))
    }
}

/// Those of the keys whose records still seem to be null here. The others have been written to since, and
/// were null when they were read.
pub(super) async fn still_null(
    transaction: Rc<Reading>,
    table: &str,
    keys: Vec<JsValue>,
) -> Result<Vec<JsValue>> {
    let table = table.to_owned();
    let read = async move {
        let failed = |error| rexie_error(&error, DOING).in_table(&table);
        let store = transaction.rexie.store(&table).map_err(failed)?;
        let only = |key: &JsValue| KeyRange::only(key).map_err(|error| idb_error(&error, DOING));
        let ranges = keys.iter().map(only).collect::<Result<Vec<_>>>()?;
        // rexie's `get` makes no difference between null and nothing.
        let reads = ranges
            .into_iter()
            .map(|range| store.get_all(Some(range), Some(1)));
        let values = join_all(reads).await;
        let mut still_null = Vec::new();
        for (key, values) in keys.into_iter().zip(values) {
            if values.map_err(failed)?.iter().any(JsValue::is_null) {
                still_null.push(key);
            }
        }
        Ok(still_null)
    };
    // A cancel does not drop the requests.
    to_the_end(read, async |_| {}).await
}

/// Nothing is taken for null without a word.
pub(super) fn unanswered(table: &str) -> Warning {
    Warning {
        code: Some(ErrorCode::UnsupportedValue),
        message:
            "Records of this table were read as null, and the page did not say whether they are."
                .to_owned(),
        table: Some(table.to_owned()),
    }
}

/// For the record's place.
pub(super) fn unreadable() -> Error {
    Error::new(
        ErrorCode::UnsupportedValue,
        "A value cannot be kept in an archive.",
    )
    .with(|context| context.found = Some(UNREADABLE.into()))
}
