//! What a table holds, read within a restore's transaction to be compared with the archive's.

use pos_backup::database::{Batch, BlobSink, LiveBatch, Pause};
use pos_backup::limits::BATCH_FIRST_RECORDS;
use pos_backup_bridge::{Error, ErrorCode, Result};
use wasm_bindgen::JsValue;

use super::super::encoding::Encoding;
use super::super::reading::{Answer, Range, Surviving, batch};
use super::super::records::{RecordEncoder, Records};
use super::Table;

/// A table that is being read.
pub(super) struct Live {
    table: usize,
    limit: u32,
    /// The records that were read so far.
    read: u64,
    /// The next read, on its way while the last one's records are worked on, and how many it asked for.
    next: Option<(Answer<Records>, u32)>,
    /// The last read's records, and whether they are the table's last.
    encoding: Option<(Encoding, bool)>,
}

impl Live {
    /// Begins to read a table.
    pub(super) fn begin(index: usize, table: &Table) -> Result<Self> {
        let mut live = Self {
            table: index,
            limit: BATCH_FIRST_RECORDS,
            read: 0,
            next: None,
            encoding: None,
        };
        live.ask(table, None)?;
        Ok(live)
    }

    fn ask(&mut self, table: &Table, after: Option<&JsValue>) -> Result<()> {
        let store = Surviving(table.store.clone());
        let out_of_line = table.schema.key_path.is_none();
        let range = after.map_or(Range::All, Range::After);
        let answer = batch(store, range, self.limit, out_of_line)?;
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
            self.limit = encoding.next_limit(self.read);
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
        self.read += u64::from(count);
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
