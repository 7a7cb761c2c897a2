//! `RESTORE`: an archive's content in place of what is there, all or nothing.

mod table;

use std::cell::RefCell;
use std::collections::HashSet;

use pos_backup_bridge::{
    Error, ErrorCode, Phase, RestoreOutcome, RestoreResult, RestoredTable, Result, StatusKind,
    StoreSchema, Warning,
};

use super::plan::Prepared;
use super::waiting::meanwhile;
use super::{BackupAssets, recover};
use crate::database::{Database, Transaction};
use crate::job::{Job, Outcome, Stage, Stop};
use crate::journal::{Committing, Evidence, Journal, Note, Reached};
use crate::page::{Answer, Assets, Page};
use crate::storage::ReadAt;
use table::TableToWrite;

/// Writing has the progress from the end of the checks to this; the commit has the rest.
const WRITING_UNTIL: f64 = 0.98;

/// In place of the code's own, which says that nothing was changed.
const HINT_PUT_BACK: &str = "localStorage, sessionStorage, config and files may be those of the archive: reload the page, which tries again to put them back.";

/// Carries out a plan in one transaction. On any failure or cancel the old data stands.
///
/// # Errors
///
/// The codes of the database and of the journal; `VALIDATION_FAILED`, `ASSETS_NOT_APPLIED`, and those of a file that
/// changed since it was checked.
pub async fn restore<F: ReadAt>(
    job: &Job,
    database: &impl Database,
    journal: &impl Journal,
    page: &impl Page,
    prepared: Prepared<F>,
) -> Outcome<RestoreResult> {
    let assets = match prepared.with_assets {
        true => prepared.archive.read_assets()?,
        false => Assets::default(),
    };
    let present = prepared.present.as_ref().map(BackupAssets::read);
    let present = present.transpose()?;
    let metadata = prepared.archive.opened().metadata.clone();
    let restoring = Restoring {
        job,
        journal,
        page,
        schemas: prepared.tables.iter().map(|t| t.schema.clone()).collect(),
        prepared,
        note: Note {
            job_id: job.id(),
            started_at_ms: job.started_at_ms(),
            metadata: metadata.clone(),
            reached: Reached::Writing,
        },
        committing: RefCell::new(Committing {
            evidence: Vec::new(),
            next: match &present {
                Some(present) => assets.clone().without_declined(present),
                None => assets.clone(),
            },
            previous: present.unwrap_or_default().in_place_of(&assets),
        }),
        assets,
    };
    job.check_cancel()?;
    // It takes a moment only, and is not left in the middle.
    journal.write(&restoring.note).await?;
    let tables = match restoring.carry_out(database).await {
        Ok(tables) => tables,
        Err(stop) => return Err(restoring.undo(stop).await),
    };
    let settled = restoring.settle(RestoreOutcome::Finished).await;
    let mut warnings = restoring.prepared.warnings;
    if let Err(error) = settled {
        warnings.push(Warning {
            code: Some(error.code),
            message: "The restore is complete, but that could not be noted: the next start hands its localStorage, sessionStorage, config and files to the page once more.".to_owned(),
            table: None,
        });
    }
    Ok(RestoreResult {
        metadata,
        tables,
        warnings,
        duration_ms: job.duration_ms(),
    })
}

/// A restore under way.
struct Restoring<'a, F, J, P> {
    job: &'a Job,
    journal: &'a J,
    page: &'a P,
    prepared: Prepared<F>,
    schemas: Vec<StoreSchema>,
    note: Note,
    /// What the page is to take over.
    assets: Assets,
    /// What is noted before the commit.
    committing: RefCell<Committing>,
}

/// Why what was written is not to be committed.
enum Ended {
    /// What the table of this index holds cannot all be read, and the transaction is lost.
    Unreadable(usize),
    Stop(Stop),
}

impl<T: Into<Stop>> From<T> for Ended {
    fn from(stop: T) -> Self {
        Self::Stop(stop.into())
    }
}

impl<F: ReadAt, J: Journal, P: Page> Restoring<'_, F, J, P> {
    async fn carry_out(&self, database: &impl Database) -> Outcome<Vec<RestoredTable>> {
        let job = self.job;
        // Tables that are cleared and written anew, as what they hold cannot be compared.
        let mut whole = HashSet::new();
        loop {
            let mut transaction = self.begin(database).await?;
            let stop = match self.write(&mut transaction, &whole).await {
                Ok(tables) => {
                    job.announce(
                        StatusKind::Restoring,
                        Phase::Finishing,
                        "Making the restored data final.",
                    );
                    transaction.commit().await?;
                    return Ok(tables);
                }
                Err(Ended::Unreadable(index)) => {
                    transaction.abort().await;
                    whole.insert(index);
                    continue;
                }
                Err(Ended::Stop(stop)) => stop,
            };
            let status = match stop {
                Stop::Cancelled => StatusKind::Cancelled,
                Stop::Failed(_) => StatusKind::Restoring,
            };
            job.announce(status, Phase::RollingBack, "Undoing what was written.");
            transaction.abort().await;
            return Err(stop);
        }
    }

    async fn begin<D: Database>(&self, database: &D) -> Outcome<D::Transaction> {
        let Prepared {
            archive,
            tables,
            creates,
            ..
        } = &self.prepared;
        self.job.enter(Stage {
            status: StatusKind::Restoring,
            phase: Phase::Writing,
            message: "Writing the tables.",
            until: WRITING_UNTIL,
            records_total: tables.iter().map(|table| table.records).sum(),
            bytes_total: None,
        });
        let transaction = match creates {
            Some(schema) => {
                let creating = database.create(schema, &self.schemas);
                self.job.or_cancel(creating).await?
            }
            None => self.job.or_cancel(database.write(&self.schemas)).await?,
        };
        archive.forget();
        Ok(transaction)
    }

    /// Does everything but the commit.
    async fn write(
        &self,
        transaction: &mut impl Transaction,
        whole: &HashSet<usize>,
    ) -> Result<Vec<RestoredTable>, Ended> {
        let Prepared {
            archive,
            tables,
            unique,
            mode,
            ..
        } = &self.prepared;
        let blobs = archive.blobs();
        let mut restored = Vec::with_capacity(tables.len());
        let mut evidence = Vec::new();
        for (index, table) in tables.iter().enumerate() {
            let table = TableToWrite {
                job: self.job,
                archive,
                blobs: &blobs,
                index,
                table,
                mode: *mode,
                deletes_first: unique.contains(&table.schema.name),
            };
            let written = table.write(transaction, whole.contains(&index)).await?;
            restored.push(written.restored);
            evidence.extend(written.evidence);
        }
        self.apply_assets(transaction, evidence).await?;
        Ok(restored)
    }

    /// The last step before the commit: the page takes over what lies outside the database, while cheap reads keep
    /// the transaction open. Between its answer and the commit nothing more can fail but the commit itself.
    async fn apply_assets(
        &self,
        transaction: &mut impl Transaction,
        evidence: Vec<Evidence>,
    ) -> Outcome<()> {
        let job = self.job;
        self.committing.borrow_mut().evidence = evidence;
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
        match meanwhile(job, asked, &mut turn).await?.transpose()? {
            Some(Ok(())) => {}
            Some(Err(reason)) => {
                return Err(not_applied(
                    "The page could not take over the restored data outside the database.",
                )
                .expected("ASSETS_APPLIED without an error", reason)
                .into());
            }
            None => {
                return Err(not_applied("The page did not answer when it was to take over the restored data outside the database.").into());
            }
        }
        // It may have changed since the page said what it has.
        let previous = self.page.previous()?.unwrap_or_default();
        let next = self.assets.clone().without_declined(&previous);
        let previous = previous.in_place_of(&self.assets);
        let has_changed = {
            let mut committing = self.committing.borrow_mut();
            let before = (&committing.next, &committing.previous);
            let has_changed = before != (&next, &previous);
            (committing.next, committing.previous) = (next, previous);
            has_changed
        };
        if has_changed {
            self.note_commit(transaction).await?;
        }
        job.check_cancel()
    }

    /// Notes how it ended.
    async fn settle(&self, outcome: RestoreOutcome) -> Result<()> {
        let Committing { next, previous, .. } = self.committing.borrow().clone();
        let storages = match outcome {
            RestoreOutcome::Finished => next,
            RestoreOutcome::Undone => previous,
        };
        let now_ms = self.job.now_ms();
        recover::settle(self.journal, &self.note, outcome, storages, now_ms).await
    }

    async fn note_commit(&self, transaction: &mut impl Transaction) -> Outcome<()> {
        let note = Note {
            reached: Reached::Committing(self.committing.borrow().clone()),
            ..self.note.clone()
        };
        let mut turn = async || transaction.keep_open().await;
        let noted = meanwhile(self.job, self.journal.write(&note), &mut turn).await?;
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
    async fn undo(&self, stop: Stop) -> Stop {
        let job = self.job;
        let mut turn = async || {
            job.pause().await;
            Ok(())
        };
        let put_back = meanwhile(job, self.page.put_back(), &mut turn).await;
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
