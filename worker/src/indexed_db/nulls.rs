//! Records that seem to be null. Chromium gives a worker null, and no error, for a record that it cannot
//! read there: nested deeper than a worker's stack allows, or with a class that only pages have. In a store
//! whose records hold their keys such a null is plain; in the others the page is asked.

use std::collections::VecDeque;

use pos_backup_bridge::{Error, ErrorCode, Result, Warning};
use wasm_bindgen::JsValue;

use super::records::Records;
use crate::host::next_task;
use crate::page::PageHelp;

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
