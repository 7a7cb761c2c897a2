//! A table on its way from the archive to the database.

use pos_backup_bridge::{Error, ErrorCode, KeyPath, RestoreMode, RestoredTable, Result, TablePlan};

use super::Ended;
use super::little::Room;
use crate::archive::{Parts, Table};
use crate::database::{Batch, BlobSink, BlobSource, LiveBatch, Transaction};
use crate::job::{Job, Outcome};
use crate::jobs::chunks::{chunks, first_line};
use crate::jobs::difference::{Changes, Difference, Fault, Later};
use crate::jobs::hashing::Hashing;
use crate::jobs::plan::written_whole;
use crate::jobs::prepare::Prepared;
use crate::journal::{Evidence, RecordAt};
use crate::storage::{PartFile, ReadAt};

/// Where live records are kept before they are replaced.
pub(in crate::jobs) trait Kept {
    /// Says how many records a table had.
    fn expect(&mut self, table: usize, records: u64);

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
    /// What differs was found, and dealt with.
    Done(Changed),
    /// There was nothing to compare with.
    Empty,
    /// Lines do not say their keys.
    Incomparable(First),
    /// The archive cannot be read, or holds what it must not.
    Invalid(Error),
}

/// A comparison under way.
struct Comparing<'a> {
    difference: Difference<'a>,
    /// The first live line, once it is known.
    first: Option<Vec<u8>>,
}

/// A table of which it is being found what differs.
pub(super) struct Finding<'a> {
    comparing: Comparing<'a>,
    changes: Vec<Changes>,
    /// How long it has taken.
    took_ms: f64,
}

/// A table whose changes wait to be made.
pub(super) struct Found {
    changed: Changed,
    changes: Vec<Changes>,
    /// How long it has taken.
    took_ms: f64,
}

impl Found {
    /// The changes, in their order.
    pub(super) fn changes(&self) -> &[Changes] {
        &self.changes
    }
}

/// What is known of a table's first record before it is written whole.
enum First {
    None,
    Line(Vec<u8>),
    Unknown,
}

impl<B: BlobSource> TableToWrite<'_, B> {
    /// Writes what differs or, if `is_whole`, everything.
    pub(in crate::jobs) async fn write<T: Transaction>(
        &self,
        transaction: &mut T,
        is_whole: bool,
        mut safety: Option<&mut dyn Kept>,
    ) -> Result<Written, Ended> {
        let started_at_ms = self.job.now_ms();
        let advancing = transaction.advance_generator(self.index);
        self.job.or_cancel(advancing).await?;
        let changed = match is_whole {
            true => self.write_over(transaction, First::Unknown).await?,
            false => {
                let mut make =
                    async |transaction: &mut T, changes| self.make(transaction, &changes).await;
                let compared = self.compare(transaction, &mut safety, &mut make).await?;
                let changed = match compared {
                    Compared::Done(changed) => changed,
                    Compared::Empty => self.write_whole(transaction, 0, First::None).await?,
                    Compared::Incomparable(first) => self.write_over(transaction, first).await?,
                    Compared::Invalid(error) => return Err(error.into()),
                };
                self.expect(safety, &changed.plan);
                changed
            }
        };
        self.confirm(transaction, changed, started_at_ms).await
    }

    /// Begins to look for what differs, which writes nothing.
    pub(super) fn finding(&self) -> Finding<'_> {
        Finding {
            comparing: self.comparing(),
            changes: Vec::new(),
            took_ms: 0.0,
        }
    }

    /// Goes on with it. Says what was found once all is compared.
    pub(super) async fn find_more<T: Transaction>(
        &self,
        finding: &mut Finding<'_>,
        transaction: &mut T,
        mut safety: Option<&mut dyn Kept>,
        room: &mut Room,
    ) -> Result<Option<Found>, Ended> {
        let started_at_ms = self.job.now_ms();
        let Finding {
            comparing,
            changes,
            took_ms,
        } = finding;
        let mut hold = async |transaction: &mut T, found: Changes| {
            self.advance(found.compared, 0);
            room.take(&found)?;
            if found.has_work() {
                changes.push(found);
            }
            let mut turn = async || transaction.keep_open().await;
            Ok(self.job.breathe_by(&mut turn).await?)
        };
        let step = self.step(comparing, transaction, &mut safety, &mut hold);
        let compared = step.await?;
        *took_ms += self.job.now_ms() - started_at_ms;
        let changed = match compared {
            None => return Ok(None),
            Some(Compared::Done(changed)) => changed,
            Some(Compared::Empty) if self.table.records == 0 => Changed {
                plan: written_whole(self.table, 0, self.mode)?,
                evidence: Vec::new(),
            },
            Some(_) => return Err(Ended::Unchecked),
        };
        self.expect(safety, &changed.plan);
        Ok(Some(Found {
            changed,
            changes: std::mem::take(changes),
            took_ms: *took_ms,
        }))
    }

    /// Writes what was found to differ.
    pub(super) async fn write_found(
        &self,
        transaction: &mut impl Transaction,
        found: Found,
    ) -> Result<Written, Ended> {
        let started_at_ms = self.job.now_ms() - found.took_ms;
        let advancing = transaction.advance_generator(self.index);
        self.job.or_cancel(advancing).await?;
        for changes in found.changes {
            let compared = changes.puts as u64;
            let changes = Changes {
                compared,
                ..changes
            };
            self.make(transaction, &changes).await?;
        }
        self.confirm(transaction, found.changed, started_at_ms)
            .await
    }

    fn expect(&self, safety: Option<&mut dyn Kept>, plan: &TablePlan) {
        if let Some(safety) = safety {
            safety.expect(self.index, plan.unchanged + plan.change + plan.delete);
        }
    }

    /// Looks whether all is there that should be.
    async fn confirm(
        &self,
        transaction: &mut impl Transaction,
        Changed { plan, evidence }: Changed,
        started_at_ms: f64,
    ) -> Result<Written, Ended> {
        let Self {
            job, table, index, ..
        } = *self;
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

    /// Gives what differs to `deal`, a little at a time.
    async fn compare<T: Transaction>(
        &self,
        transaction: &mut T,
        safety: &mut Option<&mut dyn Kept>,
        deal: &mut impl AsyncFnMut(&mut T, Changes) -> Result<(), Ended>,
    ) -> Result<Compared, Ended> {
        let mut comparing = self.comparing();
        loop {
            let step = self.step(&mut comparing, transaction, safety, deal);
            if let Some(compared) = step.await? {
                return Ok(compared);
            }
        }
    }

    fn comparing(&self) -> Comparing<'_> {
        Comparing {
            difference: Difference::new(self.archive, self.table, self.mode, self.unique),
            first: None,
        }
    }

    /// Compares the next live records, and says what came of it all after the last ones.
    async fn step<T: Transaction>(
        &self,
        comparing: &mut Comparing<'_>,
        transaction: &mut T,
        safety: &mut Option<&mut dyn Kept>,
        deal: &mut impl AsyncFnMut(&mut T, Changes) -> Result<(), Ended>,
    ) -> Result<Option<Compared>, Ended> {
        let Comparing { difference, first } = comparing;
        let batch = self.read(transaction, safety).await?;
        let last = batch.last;
        if last && batch.records + batch.records_omitted == 0 && first.is_none() {
            return Ok(Some(Compared::Empty));
        }
        let first = first.get_or_insert_with(|| first_line(&batch.lines).to_vec());
        let mut compared = difference.take(batch);
        while compared.is_ok() {
            match difference.next() {
                Ok(Some(changes)) => deal(transaction, changes).await?,
                Ok(None) => break,
                Err(fault) => compared = Err(fault),
            }
        }
        match compared {
            Ok(()) if last => {}
            Ok(()) => return Ok(None),
            Err(Fault::Incomparable) => {
                let mut is_read = last || safety.is_none();
                while !is_read {
                    is_read = self.read(transaction, safety).await?.last;
                }
                // It may have been left out of the lines.
                return Ok(Some(Compared::Incomparable(match first.is_empty() {
                    true => First::Unknown,
                    false => First::Line(std::mem::take(first)),
                })));
            }
            Err(Fault::Error(error)) => return Ok(Some(Compared::Invalid(error))),
        }
        let changed = Changed {
            plan: difference.plan(),
            evidence: difference.evidence(),
        };
        let mut later = difference.later();
        while let Some(changes) = later.as_mut().map(Later::next) {
            match changes {
                Ok(Some(changes)) => {
                    let changes = Changes {
                        compared: 0,
                        ..changes
                    };
                    deal(transaction, changes).await?;
                }
                Ok(None) => break,
                Err(error) => return Ok(Some(Compared::Invalid(error))),
            }
        }
        Ok(Some(Compared::Done(changed)))
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

    async fn make(
        &self,
        transaction: &mut impl Transaction,
        changes: &Changes,
    ) -> Result<(), Ended> {
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
        Ok(job.breathe_by(&mut turn).await?)
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

    /// The same, however many there are.
    async fn write_over(
        &self,
        transaction: &mut impl Transaction,
        first: First,
    ) -> Outcome<Changed> {
        let live = self.job.or_cancel(transaction.count(self.index)).await?;
        let first = if live == 0 { First::None } else { first };
        self.write_whole(transaction, live, first).await
    }

    fn advance(&self, records: u64, bytes: usize) {
        let name = self.table.schema.name.as_str();
        self.job.advance(Some(name), records, bytes as u64);
    }
}
