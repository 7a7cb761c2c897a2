//! The records of one read on their way to batches of lines, with turns for messages in between.

use pos_backup::database::{Batch, BlobSink, Pause};
use pos_backup::limits::{
    BATCH_GROWTH_FACTOR, BATCH_MAX_RECORDS, BATCH_SHARE_MIN_RECORDS, BATCH_SHARE_OF_READ,
    BATCH_TARGET_BYTES,
};
use pos_backup_bridge::Result;

use super::records::{RecordEncoder, Step};
use super::wanted::keep;
use crate::pace::Pace;

/// A read whose records are being encoded.
pub(super) struct Encoding {
    encoder: RecordEncoder,
    limit: u32,
    records: u64,
    bytes: u64,
    pace: Pace,
}

impl Encoding {
    /// `limit` is how many records were asked for.
    pub(super) fn begin(encoder: RecordEncoder, limit: u32) -> Self {
        Self {
            encoder,
            limit,
            records: 0,
            bytes: 0,
            pace: Pace::begin(),
        }
    }

    /// Encodes as many records as make a batch, and says whether they are the read's last. `turn` lets messages in.
    pub(super) async fn next(
        &mut self,
        table: &str,
        blobs: &mut dyn BlobSink,
        turn: &mut dyn Pause,
    ) -> Result<(Batch, bool)> {
        if self.pace.is_due() {
            turn.pause().await?;
        }
        loop {
            match self.encoder.step(table, blobs.blob_bytes())? {
                Step::Records { records, end } => {
                    self.records += records.records;
                    self.bytes += records.lines.len() as u64;
                    return Ok((records, end));
                }
                Step::Wanted(wanted) => {
                    let kept = keep(&wanted, blobs, turn).await;
                    self.bytes += kept.map_err(|error| error.in_table(table))?;
                }
            }
        }
    }

    /// How many records the next read asks for, once all of this one are encoded: so many that batches have
    /// one size in bytes, whatever the size of the records, but not too many beside the `read` ones of the table.
    pub(super) fn next_limit(&self, read: u64) -> u32 {
        let share = u32::try_from(read / BATCH_SHARE_OF_READ).unwrap_or(u32::MAX);
        let most = share.clamp(BATCH_SHARE_MIN_RECORDS, BATCH_MAX_RECORDS);
        let fitting = BATCH_TARGET_BYTES as f64 * self.records as f64 / self.bytes.max(1) as f64;
        let grown = self.limit.saturating_mul(BATCH_GROWTH_FACTOR).min(most);
        (fitting as u32).clamp(1, grown)
    }
}
