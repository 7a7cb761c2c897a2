//! `VERIFY`: whether an archive is whole, whether it is current, whether it can be restored.

use std::rc::Rc;

use pos_backup_bridge::{Config, LiveComparison, VerifyOptions, VerifyReport};

use super::plan::{compare, created};
use super::prepare::{Prepared, RestoreRequest, prepare_restore};
use super::rehearse::rehearse;
use crate::archive::{OpenedArchive, check};
use crate::codec::Codec;
use crate::database::Database;
use crate::job::{Job, Outcome};
use crate::journal::Journal;
use crate::storage::{PartFile, ReadAt, SharedFile, Storage};

/// What to check, and how.
pub struct VerifyRequest<F> {
    /// The archive.
    pub file: F,
    /// What the app said at `INIT`.
    pub config: Config,
    /// How.
    pub options: VerifyOptions,
    /// The id of the file in which migrated records wait, if there are any.
    pub migrated_id: String,
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
pub async fn verify<'f, D: Database, S: Storage>(
    job: &Job,
    database: &D,
    scratch: &D,
    storage: &S,
    journal: &impl Journal,
    codec: &impl Codec,
    request: VerifyRequest<impl ReadAt + 'f>,
) -> Outcome<VerifyReport> {
    let VerifyRequest {
        file,
        config,
        options,
        migrated_id,
    } = request;
    let checked_at = match options.live || options.rehearse {
        true => CHECKED_AT,
        false => 1.0,
    };
    let prepared: Prepared<SharedFile<'f>, S::PartFile> = match options.live || options.rehearse {
        true => {
            let mut request = RestoreRequest::of(config, migrated_id);
            // A rehearsal goes into nobody's database.
            request.options.any_database = !options.live;
            prepare_restore(job, database, storage, codec, file, request, checked_at).await?
        }
        false => {
            let file: SharedFile<'f> = Rc::new(file);
            let opened = OpenedArchive::open(job, file).await?;
            let archive = check(job, opened, codec, checked_at).await?;
            Prepared::by_itself(archive, config)
        }
    };
    let report = report(job, database, scratch, journal, &prepared, &options).await;
    prepared.discard().await;
    report
}

async fn report<D: Database, F: ReadAt, P: PartFile>(
    job: &Job,
    database: &D,
    scratch: &D,
    journal: &impl Journal,
    prepared: &Prepared<F, P>,
    options: &VerifyOptions,
) -> Outcome<VerifyReport> {
    let live = match options.live {
        true => {
            let compared_at = if options.rehearse { COMPARED_AT } else { 1.0 };
            Some(compare_live(job, database, prepared, compared_at).await?)
        }
        false => None,
    };
    let metadata = prepared.archive.opened().metadata.clone();
    if options.rehearse {
        rehearse(job, scratch, prepared).await?;
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

async fn compare_live<F: ReadAt, P: PartFile>(
    job: &Job,
    database: &impl Database,
    prepared: &Prepared<F, P>,
    until: f64,
) -> Outcome<LiveComparison> {
    let tables = match prepared.creates {
        true => created(prepared)?,
        false => compare(job, database, prepared, until).await?.plans,
    };
    let is_there = !prepared.creates && prepared.untouched.is_empty();
    Ok(LiveComparison {
        current: is_there && !tables.iter().any(|plan| plan.has_work()),
        tables,
    })
}
