//! What lies outside the database, in a restore: the journal's note of it, the page that takes it over, and its way back.

use pos_backup_bridge::{Error, ErrorCode, Phase, RestoreOutcome, Result, StatusKind};

use super::Restoring;
use crate::database::Transaction;
use crate::job::{Outcome, Stop};
use crate::jobs::recover::Settling;
use crate::jobs::waiting::in_time;
use crate::journal::{Journal, Note, Reached};
use crate::page::{Answer, Page};
use crate::storage::Storage;

/// In place of the code's own, which says that nothing was changed.
const HINT_PUT_BACK: &str = "localStorage, sessionStorage, config and files may be those of the archive: reload the page, which tries again to put them back.";

impl<F, S: Storage, J: Journal, P: Page, C> Restoring<'_, F, S, J, P, C> {
    /// The last step before the commit: the page takes over what lies outside the database, while cheap reads keep
    /// the transaction open. Between its answer and the commit nothing more can fail but the commit itself.
    pub(super) async fn apply_assets(&self, transaction: &mut impl Transaction) -> Outcome<()> {
        let job = self.job;
        self.note_commit(transaction).await?;
        if self.assets.is_empty() {
            return Ok(());
        }
        job.announce(
            StatusKind::Restoring,
            Phase::ApplyingAssets,
            "Handing localStorage, sessionStorage, config and files to the page.",
        );
        let mut turn = async || transaction.keep_open().await;
        // A cancel waits for the answer too: what the page is in the middle of must be undone whole.
        let asked = self.page.take_over(&self.assets);
        self.is_answered.set(false);
        let answer = in_time(job, asked, &mut turn).await?.transpose()?;
        self.is_answered.set(answer.is_some());
        match answer {
            Some(Ok(())) => {}
            Some(Err(reason)) => {
                return Err(not_applied(
                    "The page could not take over the restored data outside the database.",
                )
                .expected("ASSETS_APPLIED without an error", reason)
                .into());
            }
            None => {
                return Err(not_applied("The page did not answer when it was to take over the restored data outside the database.")
                    .with_hint(HINT_PUT_BACK)
                    .into());
            }
        }
        // It may have changed since the page said what it has.
        let previous = self.page.previous()?.unwrap_or_default();
        let has_changed = {
            let mut committing = self.committing.borrow_mut();
            let before = committing.clone();
            let next = before.next.clone().without_declined(&previous);
            committing.previous = previous.or(before.previous.clone()).in_place_of(&next);
            committing.next = next;
            *committing != before
        };
        if has_changed {
            self.note_commit(transaction).await?;
        }
        job.check_cancel()
    }

    /// Notes how it ended.
    pub(super) async fn settle(&self, outcome: RestoreOutcome) -> Result<()> {
        let (assets, instead) = self.committing.borrow().sides(outcome);
        let settling = Settling {
            storage: self.storage,
            journal: self.journal,
            note: &self.note,
            at_ms: self.job.now_ms(),
        };
        settling.settle(outcome, assets, instead).await
    }

    async fn note_commit(&self, transaction: &mut impl Transaction) -> Outcome<()> {
        let note = Note {
            reached: Reached::Committing(self.committing.borrow().clone()),
            ..self.note.clone()
        };
        let mut turn = async || transaction.keep_open().await;
        let noted = in_time(self.job, self.journal.write(&note), &mut turn).await?;
        noted.unwrap_or_else(|| {
            Err(Error::new(
                ErrorCode::StorageFailed,
                "The note of the restore could not be written in time.",
            ))
        })?;
        Ok(())
    }

    /// After the tables are as they were: the page puts back what it took over, if it did. Gives the stop that led here,
    /// or a failure that says that it could not.
    pub(super) async fn undo(&self, stop: Stop) -> Stop {
        let job = self.job;
        if let Some(id) = &self.note.safety_backup {
            // One that stays takes up space, but does no harm.
            let _ = self.storage.remove(id).await;
        }
        let mut turn = async || {
            job.pause().await;
            Ok(())
        };
        let put_back = in_time(job, self.page.put_back(), &mut turn).await;
        let answer: Option<Answer> = match put_back {
            Ok(Some(answer)) => answer,
            Ok(None) => Some(Err("no answer".to_owned())),
            Err(error) => Some(Err(error.message)),
        };
        let reason = match answer {
            Some(Err(reason)) => reason,
            // A note that stays leads to the same at the next start.
            Some(Ok(())) => {
                let _ = self.settle(RestoreOutcome::Undone).await;
                return stop;
            }
            // What it makes of the request, if it still does, nobody knows: the next start looks.
            None if !self.is_answered.get() => return stop,
            None => {
                let _ = self.journal.clear().await;
                return stop;
            }
        };
        // The next start tries again.
        not_applied(
            "The tables are as they were, but the page could not put back what it had outside the database.",
        )
        .expected("ASSETS_APPLIED without an error", reason)
        .with_hint(HINT_PUT_BACK)
        .into()
    }
}

fn not_applied(message: &str) -> Error {
    Error::new(ErrorCode::AssetsNotApplied, message)
}
