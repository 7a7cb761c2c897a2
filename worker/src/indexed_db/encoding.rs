//! The records of one read on their way to batches of lines, with turns for messages in between.

use std::rc::Rc;

use futures::future::Shared;
use pos_backup::database::{Batch, BlobSink};
use pos_backup::limits::{BATCH_GROWTH_FACTOR, BATCH_TARGET_BYTES};
use pos_backup_bridge::Result;

use super::reading::{Answer, Reading};
use super::records::{RecordEncoder, Step};
use super::wanted::keep;
use crate::host::next_task;
use crate::pace::Pace;

/// A read whose records are being encoded.
pub(super) struct Encoding {
    encoder: RecordEncoder,
    /// To be kept open meanwhile, unless it has nothing more to give.
    transaction: Option<Rc<Reading>>,
    limit: u32,
    records: u64,
    bytes: u64,
    pace: Pace,
}

/// The last request that was issued for a turn. It is kept until it is answered, also when nobody waits for
/// it any more.
pub(super) type LastTurn = Option<Shared<Answer<()>>>;

impl Encoding {
    /// `limit` is how many records were asked for.
    pub(super) fn begin(
        encoder: RecordEncoder,
        transaction: Option<Rc<Reading>>,
        limit: u32,
    ) -> Self {
        Self {
            encoder,
            transaction,
            limit,
            records: 0,
            bytes: 0,
            pace: Pace::begin(),
        }
    }

    pub(super) fn transaction(&self) -> Option<&Rc<Reading>> {
        self.transaction.as_ref()
    }

    /// Encodes as many records as make a batch, and says whether they are the read's last.
    pub(super) async fn next(
        &mut self,
        table: &str,
        blobs: &mut impl BlobSink,
        last_turn: &mut LastTurn,
    ) -> Result<(Batch, bool)> {
        let transaction = self.transaction.as_deref();
        let mut turn = async || take_turn(transaction, table, last_turn).await;
        if self.pace.is_due() {
            turn().await?;
        }
        loop {
            match self.encoder.step(table, blobs.blob_bytes())? {
                Step::Records { records, end } => {
                    self.records += records.records;
                    self.bytes += records.lines.len() as u64;
                    return Ok((records, end));
                }
                Step::Wanted(wanted) => {
                    let kept = keep(&wanted, blobs, &mut turn).await;
                    self.bytes += kept.map_err(|error| error.in_table(table))?;
                }
            }
        }
    }

    /// How many records the next read asks for, once all of this one are encoded: so many that batches have
    /// one size in bytes, whatever the size of the records, but never more than `most`.
    pub(super) fn next_limit(&self, most: u32) -> u32 {
        let fitting = BATCH_TARGET_BYTES as f64 * self.records as f64 / self.bytes.max(1) as f64;
        let grown = self.limit.saturating_mul(BATCH_GROWTH_FACTOR).min(most);
        (fitting as u32).clamp(1, grown)
    }
}

/// Lets messages in, and keeps the transaction open meanwhile.
async fn take_turn(
    transaction: Option<&Reading>,
    table: &str,
    last_turn: &mut LastTurn,
) -> Result<()> {
    match transaction {
        Some(transaction) => last_turn.insert(transaction.turn(table)?).clone().await,
        None => {
            next_task().await;
            Ok(())
        }
    }
}
