//! The first thing after a start: a restore that was cut off is finished or undone.

use pos_backup_bridge::{Error, ErrorCode, RecoveredRestore, RestoreOutcome, Result};

use crate::database::Database;
use crate::journal::{Committing, Journal, Note, Reached, Settled};
use crate::limits::STORAGE_SETTLES_MS;
use crate::page::{Assets, Page};

/// Finishes or undoes what a restore that was cut off has left; `None` when there was none that the page does not know
/// of. The tables are already one or the other, whole: what the page keeps is brought in line with them.
///
/// `now_ms` is the time in milliseconds since the Unix epoch.
///
/// # Errors
///
/// Those of the journal and of the database. A page that does not do its part is told in the result.
pub async fn recover(
    database: &impl Database,
    journal: &impl Journal,
    page: &impl Page,
    now_ms: f64,
) -> Result<Option<RecoveredRestore>> {
    let Some(note) = journal.read().await? else {
        return Ok(None);
    };
    let (outcome, assets) = match &note.reached {
        Reached::Settled(Settled { at_ms, .. }) if now_ms - at_ms > STORAGE_SETTLES_MS => {
            journal.clear().await?;
            return Ok(None);
        }
        Reached::Settled(settled) => (settled.outcome, settled.storages.clone()),
        Reached::Writing => (RestoreOutcome::Undone, Assets::default()),
        Reached::Committing(committing) if is_committed(database, committing).await? => {
            (RestoreOutcome::Finished, committing.next.clone())
        }
        Reached::Committing(committing) => (RestoreOutcome::Undone, committing.previous.clone()),
    };
    let answer = match assets.is_empty() {
        true => Ok(()),
        false => page.settle(&assets, outcome).await?,
    };
    let error = answer.err().map(|reason| {
        Error::new(
            ErrorCode::AssetsNotApplied,
            "A restore was cut off, and the page could not bring localStorage, sessionStorage, config and files in line with the tables.",
        )
        .expected("ASSETS_APPLIED without an error", reason)
    });
    let recovered = RecoveredRestore {
        job_id: note.job_id.clone(),
        since: note.started_at_ms,
        metadata: note.metadata.clone(),
        outcome,
        error,
    };
    let mut is_told = false;
    match &note.reached {
        _ if recovered.error.is_some() => {}
        Reached::Settled(settled) => is_told = settled.is_told,
        _ => settle(journal, &note, outcome, assets, now_ms).await?,
    }
    if recovered.error.is_none() {
        journal.told(&note.job_id).await?;
    }
    Ok((!is_told).then_some(recovered))
}

/// Notes how a restore ended. The page is to be told, and then the journal that it knows.
pub(super) async fn settle(
    journal: &impl Journal,
    note: &Note,
    outcome: RestoreOutcome,
    assets: Assets,
    at_ms: f64,
) -> Result<()> {
    let settled = Settled {
        outcome,
        at_ms,
        is_told: false,
        storages: assets.storages(),
    };
    let reached = Reached::Settled(settled);
    let note = note.clone();
    journal.write(&Note { reached, ..note }).await
}

async fn is_committed(database: &impl Database, committing: &Committing) -> Result<bool> {
    let evidence = committing.evidence.iter();
    let records: Vec<_> = evidence.map(|evidence| evidence.record.clone()).collect();
    match database.lines(&records).await {
        Ok(lines) => Ok(committing.is_committed(&lines)),
        // It was to be created.
        Err(error) if error.code == ErrorCode::DatabaseNotFound => Ok(false),
        Err(error) => Err(error),
    }
}
