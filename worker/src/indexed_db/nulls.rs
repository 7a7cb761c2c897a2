//! Records that seem to be null. Chromium gives a worker null, and no error, for a record that it cannot
//! read there: nested deeper than a worker's stack allows, or with a class that only pages have. In a store
//! whose records hold their keys such a null is plain; in the others the page is asked.

use std::collections::VecDeque;
use std::rc::Rc;

use futures::future::join_all;
use pos_backup::database::Batch;
use pos_backup_bridge::{Error, ErrorCode, Omission, OnUnsupported, Result, StoreSchema, Warning};
use rexie::{KeyRange, Rexie};
use wasm_bindgen::JsValue;

use super::reading::{DOING, Reading};
use super::records::{Records, key_for_error};
use super::to_the_end;
use crate::dom::{idb_error, rexie_error};
use crate::host::next_task;
use crate::page::PageHelp;

/// What such a record is called.
const UNREADABLE: &str = "a record that no worker of this browser can read";

/// Asked for by one message.
const KEYS_AT_ONCE: usize = 1000;

/// More nulls in one table are hardly anything but a set of keys: no more than these are asked for.
const KEYS_MAX: usize = 100_000;

/// The keys of records that seem to be null, by table.
pub(super) struct Nulls {
    page: PageHelp,
    tables: Vec<TableNulls>,
    waiting: VecDeque<usize>,
}

struct TableNulls {
    name: String,
    keys: Vec<JsValue>,
}

impl Nulls {
    pub(super) fn new(page: PageHelp, tables: &[StoreSchema]) -> Self {
        let tables = tables.iter().map(|table| TableNulls {
            name: table.name.clone(),
            keys: Vec::new(),
        });
        Self {
            page,
            tables: tables.collect(),
            waiting: VecDeque::new(),
        }
    }

    /// Looks for nulls among records with out-of-line keys.
    pub(super) fn note(&mut self, table: usize, records: &Records) {
        let (Some(keys), Some(noted)) = (&records.keys, self.tables.get_mut(table)) else {
            return;
        };
        let noted = &mut noted.keys;
        let mut next = records.values.index_of(&JsValue::NULL, 0);
        if next >= 0 && noted.is_empty() {
            self.waiting.push_back(table);
        }
        while next >= 0 && noted.len() < KEYS_MAX {
            noted.push(keys.get(next as u32));
            next = records.values.index_of(&JsValue::NULL, next + 1);
        }
    }

    /// Looks again at what seemed to be null, until a table has something to say: then as a batch without
    /// records.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED_VALUE` for the first record that is not null, unless such are left out.
    pub(super) async fn check(
        &mut self,
        database: &Rexie,
        on_unsupported: OnUnsupported,
    ) -> Result<Option<Batch>> {
        while let Some(table) = self.waiting.pop_front() {
            let Some(TableNulls { name, keys }) = self.tables.get(table) else {
                continue;
            };
            let mut batch = Batch {
                table,
                lines: Vec::new(),
                records: 0,
                keys: None,
                unusual: false,
                omissions: Vec::new(),
                records_omitted: 0,
                warnings: Vec::new(),
                last: true,
            };
            match self.ask(&database.name(), name, keys).await? {
                Some(not_null) => {
                    let transaction = Reading::begin(database, &[name])?;
                    let keys = still_null(transaction, name, not_null).await?;
                    let omission = |key| unreadable(name, &key);
                    batch.omissions = keys.into_iter().map(omission).collect();
                }
                None => batch.warnings.push(unanswered(name)),
            }
            if let Some(first) = batch.omissions.first()
                && on_unsupported == OnUnsupported::Fail
            {
                return Err(refusal(first));
            }
            if !batch.omissions.is_empty() || !batch.warnings.is_empty() {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    /// The keys of those that the page says are not null; `None` when it does not say it of all.
    async fn ask(
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
async fn still_null(
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
fn unanswered(table: &str) -> Warning {
    Warning {
        code: Some(ErrorCode::UnsupportedValue),
        message:
            "Records of this table were read as null, and the page did not say whether they are."
                .to_owned(),
        table: Some(table.to_owned()),
    }
}

fn unreadable(table: &str, key: &JsValue) -> Omission {
    Omission {
        table: table.to_owned(),
        key: key_for_error(key).unwrap_or_default(),
        path: String::new(),
        found: UNREADABLE.to_owned(),
    }
}

fn refusal(omission: &Omission) -> Error {
    let error = Error::new(
        ErrorCode::UnsupportedValue,
        "A value cannot be kept in an archive.",
    );
    error.in_table(&omission.table).with(|context| {
        context.key = Some(omission.key.clone());
        context.path = Some(omission.path.clone());
        context.found = Some(omission.found.clone().into());
    })
}
