//! A table on its way from the archive to the database.

use pos_backup_bridge::{Error, ErrorCode, KeyPath, RestoreMode, RestoredTable, Result, TablePlan};

use super::Ended;
use crate::archive::{Parts, Table};
use crate::database::{Batch, BlobSink, BlobSource, LiveBatch, Transaction};
use crate::job::{Job, Outcome, Stop};
use crate::jobs::chunks::{chunks, first_line};
use crate::jobs::difference::{Changes, Difference, Fault};
use crate::jobs::hashing::Hashing;
use crate::jobs::plan::written_whole;
use crate::jobs::prepare::Prepared;
use crate::journal::{Evidence, RecordAt};
use crate::storage::{PartFile, ReadAt};

/// Where live records are kept before they are replaced.
pub(in crate::jobs) trait Kept {
    /// Says how many records a table has, before any of them is added.
    fn expect(&mut self, table: usize, records: u64) -> Result<()>;

    /// Where large values go.
    fn blobs(&mut self) -> Box<dyn BlobSink + '_>;

    /// Adds the next records of a table.
    fn add(&mut self, batch: &Batch) -> Result<()>;
}

/// A table on its way from the archive to the database.
pub(in crate::jobs) struct TableToWrite<'a, B> {
    pub(super) job: &'a Job,
    pub(super) archive: &'a dyn Parts,
    pub(super) blobs: &'a B,
    pub(super) index: usize,
    pub(super) table: &'a Table,
    pub(super) mode: RestoreMode,
    /// The key paths of the table's unique indexes.
    pub(super) unique: &'a [KeyPath],
}

impl<F: ReadAt, P: PartFile> Prepared<F, P> {
    /// The tables, one after another.
    pub(in crate::jobs) fn to_write<'b, B>(
        &'b self,
        job: &'b Job,
        blobs: &'b B,
    ) -> impl Iterator<Item = TableToWrite<'b, B>> {
        let tables = self.tables.iter().enumerate();
        tables.map(move |(index, table)| TableToWrite {
            job,
            archive: self.parts(table),
            blobs,
            index,
            table,
            mode: self.mode,
            unique: self
                .unique
                .get(&table.schema.name)
                .map_or(&[], Vec::as_slice),
        })
    }
}

/// A table that was written.
pub(in crate::jobs) struct Written {
    pub(super) restored: RestoredTable,
    /// Some of its records that are others now.
    pub(super) evidence: Vec<Evidence>,
}

/// A table's changes, with the records that show them.
struct Changed {
    plan: TablePlan,
    evidence: Vec<Evidence>,
}

/// What a comparison came to.
enum Compared {
    /// What differed is written.
    Done(Changed),
    /// Lines do not say their keys. This is the table's first one.
    Incomparable(Vec<u8>),
}

/// What is known of a table's first record before it is written whole.
enum First {
    None,
    Line(Vec<u8>),
    Unknown,
}

impl<B: BlobSource> TableToWrite<'_, B> {
    /// Writes what differs or, if `is_whole`, everything.
    pub(in crate::jobs) async fn write(
        &self,
        transaction: &mut impl Transaction,
        is_whole: bool,
        mut safety: Option<&mut dyn Kept>,
    ) -> Result<Written, Ended> {
        let Self {
            job, table, index, ..
        } = *self;
        let started_at_ms = job.now_ms();
        job.or_cancel(transaction.advance_generator(index)).await?;
        let live = job.or_cancel(transaction.count(index)).await?;
        if let Some(safety) = safety.as_mut().filter(|_| !is_whole) {
            safety.expect(index, live)?;
        }
        let Changed { plan, evidence } = match live {
            0 => self.write_whole(transaction, 0, First::None).await?,
            _ if is_whole => self.write_whole(transaction, live, First::Unknown).await?,
            _ => match self.write_difference(transaction, safety).await? {
                Compared::Done(changed) => changed,
                Compared::Incomparable(first) => {
                    // It may have been left out of the lines.
                    let first = match first.is_empty() {
                        true => First::Unknown,
                        false => First::Line(first),
                    };
                    self.write_whole(transaction, live, first).await?
                }
            },
        };
        job.or_cancel(transaction.flush()).await?;
        let records = job.or_cancel(transaction.count(index)).await?;
        let expected = plan.unchanged + plan.add + plan.change;
        if records != expected && table.lowest.is_some() {
            // Of records in another order nobody has seen before whether two have the same.
            return Err(Error::new(
                ErrorCode::MigrationFailed,
                "A migration gives several records of a table the same key.",
            )
            .in_table(&plan.table)
            .expected(expected, records)
            .into());
        }
        if records != expected {
            return Err(Error::new(
                ErrorCode::ValidationFailed,
                "A table does not hold as many records as it should after they were written.",
            )
            .in_table(&plan.table)
            .expected(expected, records)
            .into());
        }
        let restored = RestoredTable {
            records,
            bytes: table.bytes,
            duration_ms: job.now_ms() - started_at_ms,
            unchanged: plan.unchanged,
            add: plan.add,
            change: plan.change,
            delete: plan.delete,
            table: plan.table,
        };
        Ok(Written { restored, evidence })
    }

    /// Writes only what differs.
    async fn write_difference(
        &self,
        transaction: &mut impl Transaction,
        mut safety: Option<&mut dyn Kept>,
    ) -> Result<Compared, Ended> {
        let mut difference = Difference::new(self.archive, self.table, self.mode, self.unique);
        let mut first = None;
        loop {
            let batch = self.read(transaction, &mut safety).await?;
            let last = batch.last;
            let first = first.get_or_insert_with(|| first_line(&batch.lines).to_vec());
            let compared = async {
                difference.take(batch)?;
                while let Some(changes) = difference.next()? {
                    self.make(transaction, &changes).await?;
                }
                Ok(())
            };
            match compared.await {
                Ok(()) => {}
                Err(Interrupted::Incomparable) => {
                    let mut is_read = last || safety.is_none();
                    while !is_read {
                        is_read = self.read(transaction, &mut safety).await?.last;
                    }
                    return Ok(Compared::Incomparable(std::mem::take(first)));
                }
                Err(Interrupted::Stop(stop)) => return Err(stop.into()),
            }
            if last {
                break;
            }
        }
        let changed = Changed {
            plan: difference.plan(),
            evidence: difference.evidence(),
        };
        if let Some(mut later) = difference.later() {
            while let Some(changes) = later.next()? {
                let compared = 0;
                self.make(
                    transaction,
                    &Changes {
                        compared,
                        ..changes
                    },
                )
                .await?;
            }
        }
        Ok(Compared::Done(changed))
    }

    /// The next live records, which are kept if any are.
    async fn read(
        &self,
        transaction: &mut impl Transaction,
        safety: &mut Option<&mut dyn Kept>,
    ) -> Result<Batch, Ended> {
        let Self { job, index, .. } = *self;
        let read = match safety {
            Some(safety) => {
                let mut blobs = safety.blobs();
                job.or_cancel(transaction.read(index, &mut *blobs)).await?
            }
            None => {
                job.or_cancel(transaction.read(index, &mut Hashing::default()))
                    .await?
            }
        };
        let LiveBatch::Records(batch) = read else {
            return Err(Ended::Unreadable(index));
        };
        if let Some(safety) = safety {
            safety.add(&batch)?;
        }
        Ok(batch)
    }

    async fn make(&self, transaction: &mut impl Transaction, changes: &Changes) -> Outcome<()> {
        let Self { job, index, .. } = *self;
        for keys in &changes.delete {
            job.or_cancel(transaction.delete(index, keys)).await?;
        }
        if changes.puts > 0 {
            let putting = transaction.put(index, &changes.put, self.blobs);
            job.or_cancel(putting).await?;
        }
        self.advance(changes.compared, changes.put.len());
        let mut turn = async || transaction.keep_open().await;
        job.breathe_by(&mut turn).await
    }

    /// Writes all of the archive's records in place of those that are there.
    async fn write_whole(
        &self,
        transaction: &mut impl Transaction,
        live: u64,
        first: First,
    ) -> Outcome<Changed> {
        let Self {
            job, table, index, ..
        } = *self;
        let plan = written_whole(table, live, self.mode)?;
        if live > 0 {
            job.or_cancel(transaction.clear(index)).await?;
        }
        let mut lines = Vec::new();
        // Of the lowest key.
        let mut first_put = table.lowest.clone();
        for part in table.parts() {
            self.archive.read_part(part, &mut lines)?;
            first_put.get_or_insert_with(|| first_line(&lines).to_vec());
            for chunk in chunks(&lines) {
                let putting = transaction.put(index, chunk.lines, self.blobs);
                job.or_cancel(putting).await?;
                self.advance(chunk.records, chunk.lines.len());
            }
        }
        let record = RecordAt {
            table: table.schema.name.clone(),
            key: None,
        };
        let evidence = match &first {
            First::None => Evidence::new(record, None, first_put.as_deref()),
            First::Line(line) => Evidence::new(record, Some(line), first_put.as_deref()),
            First::Unknown => None,
        };
        Ok(Changed {
            plan,
            evidence: evidence.into_iter().collect(),
        })
    }

    fn advance(&self, records: u64, bytes: usize) {
        let name = self.table.schema.name.as_str();
        self.job.advance(Some(name), records, bytes as u64);
    }
}

/// Why a comparison was not gone on with.
enum Interrupted {
    Incomparable,
    Stop(Stop),
}

impl From<Fault> for Interrupted {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Incomparable => Self::Incomparable,
            Fault::Error(error) => Self::Stop(error.into()),
        }
    }
}

impl From<Stop> for Interrupted {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}
