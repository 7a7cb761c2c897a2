//! What a table holds, read within a restore's transaction to be compared with the archive's.

use idb::ObjectStore;
use idb::request::{GetAllKeysStoreRequest, GetAllStoreRequest};
use js_sys::Array;
use pos_backup::database::{Batch, BlobSink, LiveBatch, Pause};
use pos_backup::limits::BATCH_FIRST_RECORDS;
use pos_backup_bridge::{Error, ErrorCode, Result};
use rexie::KeyRange;
use wasm_bindgen::JsValue;
use web_sys::IdbRequest;

use super::super::encoding::Encoding;
use super::super::reading::{Answer, DOING, Readable, batch, most_records, survive_errors};
use super::super::records::{RecordEncoder, Records};
use super::Table;
use crate::dom::idb_error;

/// A table that is being read.
pub(super) struct Live {
    pub(super) table: usize,
    limit: u32,
    limit_max: u32,
    /// The next read, on its way while the last one's records are worked on, and how many it asked for.
    next: Option<(Answer<Records>, u32)>,
    /// The last read's records, and whether they are the table's last.
    encoding: Option<(Encoding, bool)>,
}

impl Live {
    /// Begins to read a table that holds so many records.
    pub(super) fn begin(index: usize, table: &Table, records: u64) -> Result<Self> {
        let mut live = Self {
            table: index,
            limit: BATCH_FIRST_RECORDS,
            limit_max: most_records(records),
            next: None,
            encoding: None,
        };
        live.ask(table, None)?;
        Ok(live)
    }

    fn ask(&mut self, table: &Table, after: Option<&JsValue>) -> Result<()> {
        let store = Surviving(table.store.clone());
        let out_of_line = table.schema.key_path.is_none();
        let answer = batch(store, after, self.limit, out_of_line)?;
        self.next = Some((answer, self.limit));
        Ok(())
    }

    /// The next records, encoded as a backup would encode them. What cannot be kept is left out.
    pub(super) async fn next(
        &mut self,
        table: &Table,
        blobs: &mut dyn BlobSink,
        turn: &mut dyn Pause,
    ) -> Result<LiveBatch> {
        let name = table.schema.name.as_str();
        if self.encoding.is_none() {
            let (answer, asked) = self.next.take().ok_or_else(|| lost(name))?;
            let records = answer.await?;
            if records.lost > 0 {
                return Ok(LiveBatch::Unreadable);
            }
            self.take(table, records, asked)?;
        }
        let (encoding, last) = self.encoding.as_mut().ok_or_else(|| lost(name))?;
        let (batch, end) = encoding.next(name, blobs, turn).await?;
        let last = *last && end;
        if end {
            self.limit = encoding.next_limit(self.limit_max);
            self.encoding = None;
        }
        Ok(LiveBatch::Records(Batch {
            table: self.table,
            last,
            ..batch
        }))
    }

    fn take(&mut self, table: &Table, records: Records, asked: u32) -> Result<()> {
        let key_path = table.schema.key_path.as_ref();
        let count = records.values.length();
        let last = count < asked;
        if !last {
            let last_key = records.key(count - 1, key_path);
            self.ask(table, Some(&last_key))?;
        }
        let encoder = RecordEncoder::of(&records, key_path, true);
        self.encoding = Some((Encoding::begin(encoder, asked), last));
        Ok(())
    }
}

fn lost(table: &str) -> Error {
    Error::new(ErrorCode::Internal, "A read of no table.").in_table(table)
}

/// A store whose requests may fail without an end to the transaction.
struct Surviving(ObjectStore);

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
