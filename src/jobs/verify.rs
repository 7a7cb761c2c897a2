//! `VERIFY`: whether an archive is whole, whether it is current, whether it can be restored.

use pos_backup_bridge::{Config, LiveComparison, VerifyOptions, VerifyReport};

use super::plan::{compare, created};
use super::prepare::{Prepared, RestoreRequest, prepare_restore};
use super::rehearse::rehearse;
use crate::archive::{OpenedArchive, check};
use crate::database::{Database, Decoder};
use crate::job::{Job, Outcome};
use crate::journal::Journal;
use crate::storage::ReadAt;

/// What to check, and how.
pub struct VerifyRequest {
    /// What the app said at `INIT`.
    pub config: Config,
    /// How.
    pub options: VerifyOptions,
}

/// The progress when the archive is checked and there is more to do.
const CHECKED_AT: f64 = 0.2;

/// The progress when it is compared with the database and there is more to do.
const COMPARED_AT: f64 = 0.4;

/// Checks every byte and every record of an archive, and that the records can be decoded here. Then, as the options want
/// it, compares it with the database, and rehearses its restore in `scratch`, which must be nobody else's.
///
/// # Errors
///
/// The codes of damaged, altered and unknown archives; of `live` those of a plan, of `rehearse` those of a restore.
pub async fn verify<D: Database>(
    job: &Job,
    database: &D,
    scratch: &D,
    journal: &impl Journal,
    decoder: &impl Decoder,
    file: impl ReadAt,
    request: VerifyRequest,
) -> Outcome<VerifyReport> {
    let VerifyRequest { config, options } = request;
    let checked_at = match options.live || options.rehearse {
        true => CHECKED_AT,
        false => 1.0,
    };
    let prepared = match options.live {
        true => {
            let request = RestoreRequest::of(config);
            prepare_restore(job, database, decoder, file, request, checked_at).await?
        }
        false => {
            let opened = OpenedArchive::open(job, file).await?;
            let archive = check(job, opened, decoder, checked_at).await?;
            Prepared::by_itself(archive, config)
        }
    };
    let live = match options.live {
        true => {
            let compared_at = if options.rehearse { COMPARED_AT } else { 1.0 };
            Some(compare_live(job, database, &prepared, compared_at).await?)
        }
        false => None,
    };
    let metadata = prepared.archive.opened().metadata.clone();
    if options.rehearse {
        rehearse(job, scratch, &prepared).await?;
        journal
            .note_rehearsed(&metadata.checksum, job.now_ms())
            .await?;
    }
    let opened = prepared.archive.opened();
    Ok(VerifyReport {
        entries: opened.entries(),
        records: opened.tables().iter().map(|table| table.records).sum(),
        bytes: metadata.size,
        sealed: prepared.archive.sealed,
        live,
        // It only adds to what is known.
        rehearsed_at: journal
            .rehearsed_at(&metadata.checksum)
            .await
            .unwrap_or_default(),
        metadata,
        duration_ms: job.duration_ms(),
    })
}

async fn compare_live<F: ReadAt>(
    job: &Job,
    database: &impl Database,
    prepared: &Prepared<F>,
    until: f64,
) -> Outcome<LiveComparison> {
    let tables = match prepared.creates {
        Some(_) => created(prepared)?,
        None => compare(job, database, prepared, until).await?.plans,
    };
    let is_there = prepared.creates.is_none() && prepared.untouched.is_empty();
    Ok(LiveComparison {
        current: is_there && !tables.iter().any(|plan| plan.has_work()),
        tables,
    })
}
