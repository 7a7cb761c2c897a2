//! The first thing after a start: a restore that was cut off is finished or undone.

use pos_backup_bridge::{Error, ErrorCode, RecoveredRestore, RestoreOutcome, Result};

use crate::database::Database;
use crate::journal::{Committing, Journal};
use crate::page::{Assets, Page};

/// Finishes or undoes what a restore that was cut off has left; `None` when there was none. The tables are already one
/// or the other, whole: what the page keeps is brought in line with them.
///
/// # Errors
///
/// Those of the journal and of the database. A page that does not do its part is told in the result.
pub async fn recover(
    database: &impl Database,
    journal: &impl Journal,
    page: &impl Page,
) -> Result<Option<RecoveredRestore>> {
    let Some(note) = journal.read().await? else {
        return Ok(None);
    };
    let (assets, outcome) = match note.committing {
        Some(committing) if is_committed(database, &committing).await? => {
            (committing.next, RestoreOutcome::Finished)
        }
        Some(committing) => (committing.previous, RestoreOutcome::Undone),
        None => (Assets::default(), RestoreOutcome::Undone),
    };
    let answer = match assets.is_empty() {
        true => Ok(()),
        false => page.take_over(&assets).await?,
    };
    let error = answer.err().map(|reason| {
        Error::new(
            ErrorCode::AssetsNotApplied,
            "A restore was cut off, and the page could not bring localStorage, sessionStorage, config and files in line with the tables.",
        )
        .expected("ASSETS_APPLIED without an error", reason)
    });
    if error.is_none() {
        journal.clear().await?;
    }
    Ok(Some(RecoveredRestore {
        job_id: note.job_id,
        since: note.started_at_ms,
        metadata: note.metadata,
        outcome,
        error,
    }))
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
