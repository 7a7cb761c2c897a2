//! The first thing after a start: a restore that was cut off is finished or undone.

use pos_backup_bridge::{
    Error, ErrorCode, RecoveredRestore, RestoreOutcome, Result, UndoableRestore,
};

use crate::database::Database;
use crate::journal::{Committing, Journal, Note, Reached, Settled};
use crate::limits::STORAGE_SETTLES_MS;
use crate::page::{Assets, Page};
use crate::storage::Storage;

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
    storage: &impl Storage,
    journal: &impl Journal,
    page: &impl Page,
    now_ms: f64,
) -> Result<Option<RecoveredRestore>> {
    let Some(note) = journal.read().await? else {
        return Ok(None);
    };
    let (outcome, assets, instead) = match &note.reached {
        Reached::Settled(Settled { at_ms, .. }) if now_ms - at_ms > STORAGE_SETTLES_MS => {
            journal.clear().await?;
            return Ok(None);
        }
        Reached::Settled(Settled {
            outcome,
            storages,
            instead,
            ..
        }) => (*outcome, storages.clone(), instead.clone()),
        Reached::Writing => (RestoreOutcome::Undone, Assets::default(), Assets::default()),
        Reached::Committing(committing) => {
            let outcome = match is_committed(database, committing).await? {
                true => RestoreOutcome::Finished,
                false => RestoreOutcome::Undone,
            };
            let (assets, instead) = committing.sides(outcome);
            (outcome, assets, instead)
        }
    };
    let answer = match assets.is_empty() {
        true => Ok(()),
        false => page.settle(&assets, &instead, outcome).await?,
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
        _ => {
            let settling = Settling {
                storage,
                journal,
                note: &note,
                at_ms: now_ms,
            };
            settling.settle(outcome, assets, instead).await?;
        }
    }
    if recovered.error.is_none() {
        journal.told(&note.job_id).await?;
    }
    Ok((!is_told).then_some(recovered))
}

/// The end of a restore, on its way into the journal.
pub(super) struct Settling<'a, S, J> {
    pub(super) storage: &'a S,
    pub(super) journal: &'a J,
    pub(super) note: &'a Note,
    /// Milliseconds since the Unix epoch.
    pub(super) at_ms: f64,
}

impl<S: Storage, J: Journal> Settling<'_, S, J> {
    /// Notes how it ended; `assets` is what the page has now, and not `instead`. The page is to be told, and then the
    /// journal that it knows.
    pub(super) async fn settle(
        &self,
        outcome: RestoreOutcome,
        assets: Assets,
        instead: Assets,
    ) -> Result<()> {
        let id = self.note.safety_backup.as_deref();
        match (outcome, id) {
            (RestoreOutcome::Finished, id) => self.keep_undoable(id).await?,
            (RestoreOutcome::Undone, Some(id)) => self.storage.remove(id).await?,
            (RestoreOutcome::Undone, None) => {}
        }
        let settled = Settled {
            outcome,
            at_ms: self.at_ms,
            is_told: false,
            storages: assets.storages(),
            instead: instead.storages(),
        };
        let reached = Reached::Settled(settled);
        let note = self.note.clone();
        self.journal.write(&Note { reached, ..note }).await
    }

    /// From here on this restore can be undone, if it has kept what it replaced, and the one before cannot any more.
    async fn keep_undoable(&self, backup_id: Option<&str>) -> Result<()> {
        let before = self.journal.undoable().await?;
        let undoable = backup_id.map(|backup_id| UndoableRestore {
            job_id: self.note.job_id.clone(),
            at: self.at_ms,
            metadata: self.note.metadata.clone(),
            backup_id: backup_id.to_owned(),
        });
        if before.is_some() || undoable.is_some() {
            self.journal.keep_undoable(undoable.as_ref()).await?;
        }
        match before {
            Some(before) if Some(before.backup_id.as_str()) != backup_id => {
                self.storage.remove(&before.backup_id).await
            }
            _ => Ok(()),
        }
    }
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
