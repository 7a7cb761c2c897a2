//! What was written, read once more and held against the archive, before it is committed.

use pos_backup_bridge::{Error, ErrorCode, TablePlan};

use super::Ended;
use super::table::TableToWrite;
use crate::archive::Sha256Hex;
use crate::database::{BlobSource, LiveBatch, Transaction};
use crate::job::Outcome;
use crate::jobs::difference::{Difference, Fault};
use crate::jobs::hashing::Hashing;
use crate::storage::ReadAt;

impl<F: ReadAt, B: BlobSource> TableToWrite<'_, F, B> {
    /// Reads the table, and fails unless it holds what it is to hold.
    pub(super) async fn validate(&self, transaction: &mut impl Transaction) -> Result<(), Ended> {
        let difference = Difference::new(self.archive, self.table, self.mode, false);
        let mut difference = Some(difference.by_value());
        // Where lines do not say their keys, the table was written whole, and its lines are the archive's.
        let mut lines = Sha256Hex::default();
        loop {
            let mut hashing = Hashing::default();
            let read = transaction.read(self.index, &mut hashing);
            let LiveBatch::Records(batch) = self.job.or_cancel(read).await? else {
                return Err(self.unlike("a record that cannot be read").into());
            };
            let last = batch.last;
            lines.update(&batch.lines);
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

    fn check_lines(&self, found: Sha256Hex) -> Outcome<()> {
        let mut expected = Sha256Hex::default();
        let mut lines = Vec::new();
        for part in self.table.parts() {
            self.archive.read_part(part, &mut lines)?;
            expected.update(&lines);
        }
        match expected.finish() == found.finish() {
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
