//! Counts the records of tables range by range, while they are read: that each read has given all of them is not left to itself.
//! The browser counts by going through all keys. At the beginning that made a backup wait for a tenth of its time; between its reads, it
//! does so while their records are worked on.

use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use pos_backup::limits::COUNT_EVERY_RECORDS;
use pos_backup_bridge::Result;
use wasm_bindgen::JsValue;

use super::reading::{Answer, Range};

/// How far a table was counted.
#[derive(Default)]
pub(super) struct Counted {
    records: u64,
    last_key: Option<JsValue>,
    /// Whether the whole table has been counted.
    all: bool,
}

impl Counted {
    /// Whether to count again, with so many records of the table read.
    pub(super) fn is_due(&self, read: u64, last: bool) -> bool {
        !self.all && (last || read - self.records >= COUNT_EVERY_RECORDS)
    }

    /// It was counted as a whole, in the transaction that it is read in.
    pub(super) fn as_a_whole() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// The next range, up to this key or, without one, to the end.
    pub(super) fn next(&mut self, read: u64, last_key: Option<JsValue>) -> CountRange {
        self.records = read;
        CountRange {
            after: std::mem::replace(&mut self.last_key, last_key.clone()),
            to: last_key,
        }
    }
}

/// Keys after the one and up to the other.
#[derive(Default)]
pub(super) struct CountRange {
    after: Option<JsValue>,
    to: Option<JsValue>,
}

impl CountRange {
    pub(super) fn as_range(&self) -> Range<'_> {
        match (&self.after, &self.to) {
            (None, None) => Range::All,
            (Some(after), None) => Range::After(after),
            (None, Some(to)) => Range::UpTo(to),
            (Some(after), Some(to)) => Range::Between(after, to),
        }
    }
}

/// Counts that were asked for, and what came of them.
#[derive(Default)]
pub(super) struct Counting {
    asked: FuturesUnordered<LocalBoxFuture<'static, (usize, Result<u64>)>>,
    counts: Vec<u64>,
}

impl Counting {
    pub(super) fn push(&mut self, table: usize, count: Answer<u64>) {
        self.asked
            .push(count.map(move |count| (table, count)).boxed_local());
    }

    /// Takes what a table was counted to have.
    pub(super) fn add(&mut self, table: usize, records: u64) {
        if self.counts.len() <= table {
            self.counts.resize(table + 1, 0);
        }
        if let Some(sum) = self.counts.get_mut(table) {
            *sum += records;
        }
    }

    /// Takes what is answered already.
    pub(super) fn take_answered(&mut self) -> Result<()> {
        while let Some(Some(answered)) = self.asked.next().now_or_never() {
            self.take(answered)?;
        }
        Ok(())
    }

    /// Waits for all answers, also after one that is an error.
    pub(super) async fn finish(&mut self) -> Result<()> {
        let mut finished = Ok(());
        while let Some(answered) = self.asked.next().await {
            finished = finished.and(self.take(answered));
        }
        finished
    }

    /// The records that were counted in a table.
    pub(super) fn of(&self, table: usize) -> u64 {
        self.counts.get(table).copied().unwrap_or_default()
    }

    fn take(&mut self, (table, count): (usize, Result<u64>)) -> Result<()> {
        self.add(table, count?);
        Ok(())
    }
}
