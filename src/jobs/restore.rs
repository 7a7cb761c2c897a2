//! `RESTORE`: an archive's content in place of what is there, all or nothing.

use std::collections::BTreeMap;

use pos_backup_bridge::{Error, ErrorCode, Phase, RestoreResult, RestoredTable, StatusKind};

use super::plan::Prepared;
use crate::archive::{CheckedArchive, Table};
use crate::database::{BlobSource, Database, Transaction};
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
        with_assets,
        creates,
        plan,
    } = prepared;
    let blobs = archive.blobs();
    let schemas: Vec<_> = tables.iter().map(|table| table.schema.clone()).collect();
    let assets = if with_assets {
        archive.read_assets()?
    } else {
        BTreeMap::new()
    };
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
            let restoring = write_table(job, &mut transaction, &archive, &blobs, index, table);
            restored.push(restoring.await?);
        }
        if assets.is_empty() {
            return Ok(());
        }
        apply_assets(job, &mut transaction, page, &assets).await
    };
    if let Err(stop) = written.await {
        let status = match stop {
            Stop::Cancelled => StatusKind::Cancelled,
            Stop::Failed(_) => StatusKind::Restoring,
        };
        job.announce(status, Phase::RollingBack, "Undoing what was written.");
        transaction.abort().await;
        return Err(put_back(job, page, stop).await);
    }
    job.announce(
        StatusKind::Restoring,
        Phase::Finishing,
        "Making the restored data final.",
    );
    if let Err(error) = transaction.commit().await {
        return Err(put_back(job, page, error.into()).await);
    }
    Ok(RestoreResult {
        metadata: plan.metadata,
        tables: restored,
        warnings: plan.warnings,
        duration_ms: job.duration_ms(),
    })
}

/// In place of the code's own, which says that nothing was changed.
const HINT_PUT_BACK: &str = "localStorage, sessionStorage, config and files may be those of the archive: restore again, or set them right by hand.";

async fn write_table<F: ReadAt>(
    job: &Job,
    transaction: &mut impl Transaction,
    archive: &CheckedArchive<F>,
    blobs: &impl BlobSource,
    index: usize,
    table: &Table,
) -> Outcome<RestoredTable> {
    let name = table.schema.name.as_str();
    let started_at_ms = job.now_ms();
    job.or_cancel(transaction.clear(index)).await?;
    let mut lines = Vec::new();
    for part in table.parts() {
        archive.read_part(part, &mut lines)?;
        for chunk in chunks(&lines) {
            job.or_cancel(transaction.put(index, chunk.lines, blobs))
                .await?;
            job.advance(Some(name), chunk.records, chunk.lines.len() as u64);
        }
    }
    job.or_cancel(transaction.flush()).await?;
    let count = job.or_cancel(transaction.count(index)).await?;
    if count != table.records {
        return Err(Error::new(
            ErrorCode::ValidationFailed,
            "A table does not hold as many records as were written to it.",
        )
        .in_table(name)
        .expected(table.records, count)
        .into());
    }
    Ok(RestoredTable {
        table: name.to_owned(),
        records: count,
        bytes: table.bytes,
        duration_ms: job.now_ms() - started_at_ms,
    })
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
