//! `RESTORE`: an archive's content in place of what is there, all or nothing.

use std::collections::{BTreeMap, HashSet};

use pos_backup_bridge::{
    Error, ErrorCode, Phase, RestoreMode, RestoreResult, RestoredTable, StatusKind, TablePlan,
};

use super::difference::{Difference, Fault};
use super::hashing::Hashing;
use super::plan::{Prepared, written_whole};
use crate::archive::{CheckedArchive, Table};
use crate::database::{BlobSource, Database, LiveBatch, Transaction};
use crate::job::{Job, Outcome, Stage, Stop};
use crate::limits::{ASSETS_TIMEOUT_MS, PUT_CHUNK_BYTES, PUT_CHUNK_RECORDS};
use crate::storage::ReadAt;

/// The page, which alone can write localStorage and sessionStorage.
pub trait Page {
    /// Asks it to take over these assets, by entry name.
    fn apply_assets(&self, assets: &BTreeMap<String, Vec<u8>>) -> pos_backup_bridge::Result<()>;

    /// Its answer, once it has come: done, or why not (nothing is then changed).
    fn answer(&self) -> Option<Result<(), String>>;

    /// Asks it to put back what was there before; false when it has taken over nothing.
    fn revert_assets(&self) -> bool;
}

/// Writing has the progress from the end of the checks to this; the commit has the rest.
const WRITING_UNTIL: f64 = 0.98;

/// Carries out a plan in one transaction. On any failure or cancel the old data stands.
///
/// # Errors
///
/// The codes of the database; `VALIDATION_FAILED`, `ASSETS_NOT_APPLIED`, and those of a file that changed since
/// it was checked.
pub async fn restore<F: ReadAt>(
    job: &Job,
    database: &impl Database,
    page: &impl Page,
    prepared: Prepared<F>,
) -> Outcome<RestoreResult> {
    let Prepared {
        archive,
        tables,
        unique,
        mode,
        with_assets,
        creates,
        warnings,
    } = prepared;
    let blobs = archive.blobs();
    let schemas: Vec<_> = tables.iter().map(|table| table.schema.clone()).collect();
    let assets = if with_assets {
        archive.read_assets()?
    } else {
        BTreeMap::new()
    };
    // Tables that are cleared and written anew, as what they hold cannot be compared.
    let mut whole = HashSet::new();
    let (transaction, restored) = loop {
        job.enter(Stage {
            status: StatusKind::Restoring,
            phase: Phase::Writing,
            message: "Writing the tables.",
            until: WRITING_UNTIL,
            records_total: tables.iter().map(|table| table.records).sum(),
            bytes_total: None,
        });
        let mut transaction = match &creates {
            Some(schema) => job.or_cancel(database.create(schema, &schemas)).await?,
            None => job.or_cancel(database.write(&schemas)).await?,
        };
        archive.forget();
        let mut restored = Vec::with_capacity(tables.len());
        let written = async {
            for (index, table) in tables.iter().enumerate() {
                let writing = TableToWrite {
                    job,
                    archive: &archive,
                    blobs: &blobs,
                    index,
                    table,
                    mode,
                    deletes_first: unique.contains(&table.schema.name),
                };
                let is_whole = whole.contains(&index);
                restored.push(writing.write(&mut transaction, is_whole).await?);
            }
            if assets.is_empty() {
                return Ok(());
            }
            apply_assets(job, &mut transaction, page, &assets).await?;
            Ok(())
        };
        let stop = match written.await {
            Ok(()) => break (transaction, restored),
            Err(Ended::Unreadable(index)) => {
                transaction.abort().await;
                whole.insert(index);
                continue;
            }
            Err(Ended::Incomparable) => {
                Error::new(ErrorCode::Internal, "A table was not written whole.").into()
            }
            Err(Ended::Stop(stop)) => stop,
        };
        let status = match stop {
            Stop::Cancelled => StatusKind::Cancelled,
            Stop::Failed(_) => StatusKind::Restoring,
        };
        job.announce(status, Phase::RollingBack, "Undoing what was written.");
        transaction.abort().await;
        return Err(put_back(job, page, stop).await);
    };
    job.announce(
        StatusKind::Restoring,
        Phase::Finishing,
        "Making the restored data final.",
    );
    if let Err(error) = transaction.commit().await {
        return Err(put_back(job, page, error.into()).await);
    }
    Ok(RestoreResult {
        metadata: archive.opened().metadata.clone(),
        tables: restored,
        warnings,
        duration_ms: job.duration_ms(),
    })
}

/// In place of the code's own, which says that nothing was changed.
const HINT_PUT_BACK: &str = "localStorage, sessionStorage, config and files may be those of the archive: restore again, or set them right by hand.";

/// A table on its way from the archive to the database.
struct TableToWrite<'a, F, B> {
    job: &'a Job,
    archive: &'a CheckedArchive<F>,
    blobs: &'a B,
    index: usize,
    table: &'a Table,
    mode: RestoreMode,
    deletes_first: bool,
}

impl<F: ReadAt, B: BlobSource> TableToWrite<'_, F, B> {
    async fn write(
        &self,
        transaction: &mut impl Transaction,
        is_whole: bool,
    ) -> Result<RestoredTable, Ended> {
        let Self {
            job, table, index, ..
        } = *self;
        let started_at_ms = job.now_ms();
        job.or_cancel(transaction.advance_generator(index)).await?;
        let live = job.or_cancel(transaction.count(index)).await?;
        let plan = match live {
            0 => {
                self.put_all(transaction, true).await?;
                written_whole(table, 0, self.mode).map_err(Stop::Failed)?
            }
            _ if is_whole => self.write_whole(transaction, live).await?,
            _ => match self.write_difference(transaction).await {
                Err(Ended::Incomparable) => self.write_whole(transaction, live).await?,
                plan => plan?,
            },
        };
        job.or_cancel(transaction.flush()).await?;
        let records = job.or_cancel(transaction.count(index)).await?;
        let expected = plan.unchanged + plan.add + plan.change;
        if records != expected {
            let error = Error::new(
                ErrorCode::ValidationFailed,
                "A table does not hold as many records as it should after they were written.",
            );
            let error = error.in_table(&plan.table).expected(expected, records);
            return Err(Stop::Failed(error).into());
        }
        Ok(RestoredTable {
            records,
            bytes: table.bytes,
            duration_ms: job.now_ms() - started_at_ms,
            unchanged: plan.unchanged,
            add: plan.add,
            change: plan.change,
            delete: plan.delete,
            table: plan.table,
        })
    }

    /// Writes only what differs.
    async fn write_difference(
        &self,
        transaction: &mut impl Transaction,
    ) -> Result<TablePlan, Ended> {
        let Self { job, index, .. } = *self;
        let name = Some(self.table.schema.name.as_str());
        let deletes_first = self.deletes_first;
        let mut difference = Difference::new(self.archive, self.table, self.mode, deletes_first);
        loop {
            let mut hashing = Hashing;
            let read = transaction.read(index, &mut hashing);
            let LiveBatch::Records(batch) = job.or_cancel(read).await? else {
                return Err(Ended::Unreadable(index));
            };
            let last = batch.last;
            difference.take(batch)?;
            while let Some(changes) = difference.next()? {
                for keys in &changes.delete {
                    job.or_cancel(transaction.delete(index, keys)).await?;
                }
                if changes.puts > 0 {
                    let putting = transaction.put(index, &changes.put, self.blobs);
                    job.or_cancel(putting).await?;
                }
                job.advance(name, changes.compared, changes.put.len() as u64);
                let mut turn = async || transaction.keep_open().await;
                job.breathe_by(&mut turn).await?;
            }
            if last {
                break;
            }
        }
        let plan = difference.plan();
        if let Some(mut later) = difference.later() {
            while let Some(changes) = later.next().map_err(Stop::Failed)? {
                if changes.puts > 0 {
                    let putting = transaction.put(index, &changes.put, self.blobs);
                    job.or_cancel(putting).await?;
                }
                job.advance(name, 0, changes.put.len() as u64);
                let mut turn = async || transaction.keep_open().await;
                job.breathe_by(&mut turn).await?;
            }
        }
        Ok(plan)
    }

    /// Writes all of the archive's records, of which it is not known which are there already.
    async fn write_whole(
        &self,
        transaction: &mut impl Transaction,
        live: u64,
    ) -> Outcome<TablePlan> {
        let Self {
            job, table, index, ..
        } = *self;
        let plan = written_whole(table, live, self.mode)?;
        job.or_cancel(transaction.clear(index)).await?;
        // Some of them have counted.
        self.put_all(transaction, false).await?;
        Ok(plan)
    }

    async fn put_all(&self, transaction: &mut impl Transaction, count: bool) -> Outcome<()> {
        let Self {
            job, table, index, ..
        } = *self;
        let name = Some(table.schema.name.as_str());
        let mut lines = Vec::new();
        for part in table.parts() {
            self.archive.read_part(part, &mut lines)?;
            for chunk in chunks(&lines) {
                let putting = transaction.put(index, chunk.lines, self.blobs);
                job.or_cancel(putting).await?;
                let records = if count { chunk.records } else { 0 };
                job.advance(name, records, chunk.lines.len() as u64);
            }
        }
        Ok(())
    }
}

/// Why a table is not written record by record.
enum Ended {
    Incomparable,
    /// What the table of this index holds cannot all be read, and the transaction is lost.
    Unreadable(usize),
    Stop(Stop),
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Fault> for Ended {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Incomparable => Self::Incomparable,
            Fault::Error(error) => Self::Stop(error.into()),
        }
    }
}

struct Chunk<'a> {
    lines: &'a [u8],
    records: u64,
}

/// Whole lines, so many that a cancel is noticed soon.
fn chunks(mut lines: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    std::iter::from_fn(move || {
        let (mut bytes, mut records) = (0, 0);
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            if records > 0 && (records == PUT_CHUNK_RECORDS || bytes + line.len() > PUT_CHUNK_BYTES)
            {
                break;
            }
            bytes += line.len();
            records += 1;
        }
        let (chunk, rest) = lines.split_at_checked(bytes)?;
        lines = rest;
        (records > 0).then_some(Chunk {
            lines: chunk,
            records: records as u64,
        })
    })
}

/// The last step before the commit: the page takes over what lies outside the database, while cheap
/// reads keep the transaction open. Between its answer and the commit nothing more can fail but the
/// commit itself.
async fn apply_assets(
    job: &Job,
    transaction: &mut impl Transaction,
    page: &impl Page,
    assets: &BTreeMap<String, Vec<u8>>,
) -> Outcome<()> {
    job.announce(
        StatusKind::Restoring,
        Phase::ApplyingAssets,
        "Handing localStorage, sessionStorage, config and files to the page.",
    );
    let asked_at_ms = job.now_ms();
    page.apply_assets(assets)?;
    loop {
        transaction.keep_open().await?;
        match page.answer() {
            Some(Ok(())) => return job.check_cancel(),
            Some(Err(reason)) => {
                return Err(not_applied(
                    "The page could not take over the restored data outside the database.",
                )
                .expected("ASSETS_APPLIED without an error", reason)
                .into());
            }
            None if job.now_ms() - asked_at_ms > ASSETS_TIMEOUT_MS => {
                return Err(not_applied("The page did not answer when it was to take over the restored data outside the database.").into());
            }
            // A cancel waits for the answer too: what the page is in the middle of must be undone whole.
            None => {}
        }
    }
}

fn not_applied(message: &str) -> Error {
    Error::new(ErrorCode::AssetsNotApplied, message)
}

/// The page puts back what it took over, if it did; and the stop that led here, or a failure that says
/// that it could not.
async fn put_back(job: &Job, page: &impl Page, stop: Stop) -> Stop {
    if !page.revert_assets() {
        return stop;
    }
    let asked_at_ms = job.now_ms();
    while page.answer().is_none() && job.now_ms() - asked_at_ms < ASSETS_TIMEOUT_MS {
        job.pause().await;
    }
    let reason = match page.answer() {
        Some(Ok(())) => return stop,
        Some(Err(reason)) => reason,
        None => "no answer".to_owned(),
    };
    let mut error = not_applied(
        "The tables are as they were, but the page could not put back what it had outside the database.",
    )
    .expected("ASSETS_APPLIED without an error", reason);
    HINT_PUT_BACK.clone_into(&mut error.hint);
    error.into()
}
