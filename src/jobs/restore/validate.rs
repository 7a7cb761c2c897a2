//! What was written, read once more and held against the archive, before it is committed.

use pos_backup_bridge::{Error, ErrorCode, TablePlan};
use sha2::{Digest, Sha256};

use super::Ended;
use super::table::TableToWrite;
use crate::database::{BlobSource, LiveBatch, Transaction};
use crate::job::Outcome;
use crate::jobs::difference::{Difference, Fault};
use crate::jobs::hashing::Hashing;

impl<B: BlobSource> TableToWrite<'_, B> {
    /// Reads the table, and fails unless it holds what it is to hold.
    pub(super) async fn validate(&self, transaction: &mut impl Transaction) -> Result<(), Ended> {
        let difference = Difference::new(self.archive, self.table, self.mode, &[]);
        let mut difference = Some(difference.by_value());
        // Where lines do not say their keys or are in another order, the table was written whole, and its lines are the
        // archive's.
        let mut lines = LinesSum::default();
        loop {
            let mut hashing = Hashing::default();
            let read = transaction.read(self.index, &mut hashing);
            let LiveBatch::Records(batch) = self.job.or_cancel(read).await? else {
                return Err(self.unlike("a record that cannot be read").into());
            };
            let last = batch.last;
            lines.add(&batch.lines);
            if let Some(comparing) = &mut difference {
                let mut compared = comparing.take(batch);
                while compared.is_ok() {
                    match comparing.next() {
                        Ok(Some(_)) => {}
                        Ok(None) => break,
                        Err(fault) => compared = Err(fault),
                    }
                }
                match compared {
                    Ok(()) => {}
                    Err(Fault::Incomparable) => difference = None,
                    Err(Fault::Error(error)) => return Err(error.into()),
                }
            }
            let mut turn = async || transaction.keep_open().await;
            self.job.breathe_by(&mut turn).await?;
            if last {
                break;
            }
        }
        match difference {
            Some(difference) => self.check_plan(&difference.plan())?,
            None => self.check_lines(lines)?,
        }
        Ok(())
    }

    /// A plan for what was written must find nothing to do. (What its mode leaves alone it counts as unchanged.)
    fn check_plan(&self, plan: &TablePlan) -> Outcome<()> {
        let examples = &plan.examples;
        let kinds = [
            (plan.add, &examples.add),
            (plan.change, &examples.change),
            (plan.delete, &examples.delete),
        ];
        let Some((_, keys)) = kinds.iter().find(|(count, _)| *count > 0) else {
            return Ok(());
        };
        let error = self.unlike("another record, or none");
        Err(error.with(|c| c.key = keys.first().cloned()).into())
    }

    fn check_lines(&self, found: LinesSum) -> Outcome<()> {
        let mut expected = LinesSum::default();
        let mut lines = Vec::new();
        for part in self.table.parts() {
            self.archive.read_part(part, &mut lines)?;
            expected.add(&lines);
        }
        match expected == found {
            true => Ok(()),
            false => Err(self.unlike("other records").into()),
        }
    }

    fn unlike(&self, found: &str) -> Error {
        Error::new(
            ErrorCode::ValidationFailed,
            "A table does not hold what the archive holds after it was written.",
        )
        .in_table(&self.table.schema.name)
        .expected("the archive's record", found)
    }
}

/// The SHA-256 of all lines added up, so that their order does not matter.
#[derive(Debug, Default, PartialEq, Eq)]
struct LinesSum([u64; 4]);

impl LinesSum {
    fn add(&mut self, lines: &[u8]) {
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let digest = Sha256::digest(line);
            for (sum, word) in self.0.iter_mut().zip(digest.as_chunks().0) {
                *sum = sum.wrapping_add(u64::from_le_bytes(*word));
            }
        }
    }
}
