//! `RESTORE`: an archive's content in place of what is there, all or nothing.

mod little;
mod outside;
mod safety;
pub(super) mod table;
mod validate;

use std::cell::{Cell, RefCell};

use pos_backup_bridge::{
    Phase, RestoreOutcome, RestoreResult, RestoredTable, Result, SafetyBackup, SortedSet,
    StatusKind, StoreSchema, Validate, Warning,
};

use super::BackupAssets;
use super::backup::archived;
use super::prepare::Prepared;
use crate::codec::Codec;
use crate::database::{Database, Transaction};
use crate::job::{Job, Outcome, Stage, Stop};
use crate::journal::{Committing, Journal, Note, Reached};
use crate::page::{Assets, Page};
use crate::storage::{ReadAt, Storage};
use little::COMPARED_UNTIL;
use safety::{Keeping, Safety};
use table::{Kept, Written};

/// Writing has the progress from the end of the checks to this; the check of the safety backup, if one is kept, and the
/// commit have the rest.
const WRITING_UNTIL: f64 = 0.9;

/// The progress when an archive is checked of which it was not known before that this is necessary.
const CHECKED_UNTIL: f64 = 0.25;

/// Carries out a plan in one transaction. On any failure or cancel the old data stands.
///
/// # Errors
///
/// The codes of the database and of the journal; `VALIDATION_FAILED`, `ASSETS_NOT_APPLIED`, and those of a file that
/// changed since it was checked.
pub async fn restore<F: ReadAt, S: Storage>(
    job: &Job,
    database: &impl Database,
    storage: &S,
    journal: &impl Journal,
    page: &impl Page,
    codec: &impl Codec,
    prepared: Prepared<F, S::PartFile>,
) -> Outcome<RestoreResult> {
    let restored = restore_prepared(job, database, storage, journal, page, codec, &prepared).await;
    prepared.discard().await;
    restored
}

async fn restore_prepared<F: ReadAt, S: Storage>(
    job: &Job,
    database: &impl Database,
    storage: &S,
    journal: &impl Journal,
    page: &impl Page,
    codec: &impl Codec,
    prepared: &Prepared<F, S::PartFile>,
) -> Outcome<RestoreResult> {
    let present = prepared.present.as_ref().map(BackupAssets::read);
    let present = present.transpose()?;
    let assets = prepared.read_assets(present.as_ref())?;
    // What does not exist cannot be kept.
    let safety_id = prepared.safety_id.clone();
    let safety_id = safety_id.filter(|_| !prepared.creates);
    let metadata = prepared.archive.opened().metadata.clone();
    let restoring = Restoring {
        job,
        storage,
        journal,
        page,
        codec,
        schemas: prepared.tables.iter().map(|t| t.schema.clone()).collect(),
        prepared,
        note: Note {
            job_id: job.id(),
            started_at_ms: job.started_at_ms(),
            metadata: metadata.clone(),
            safety_backup: safety_id.clone().filter(|_| storage.keeps()),
            reached: Reached::Writing,
        },
        committing: RefCell::new(Committing {
            evidence: Vec::new(),
            has_work: false,
            next: match &present {
                Some(present) => assets.clone().without_declined(present),
                None => assets.clone(),
            },
            previous: present.unwrap_or_default().in_place_of(&assets),
        }),
        assets,
        is_writing: Cell::new(false),
        is_answered: Cell::new(true),
    };
    let keeping = match safety_id {
        Some(id) => Some(restoring.keeping(database, id).await?),
        None => None,
    };
    job.check_cancel()?;
    // It takes a moment only, and is not left in the middle.
    journal.write(&restoring.note).await?;
    let restored = restoring.carry_out(database, keeping.as_ref()).await;
    drop(keeping);
    let Restored {
        tables,
        safety_backup,
    } = match restored {
        Ok(restored) => restored,
        Err(stop) => return Err(restoring.undo(stop).await),
    };
    let settled = restoring.settle(RestoreOutcome::Finished).await;
    let mut warnings = prepared.warnings.clone();
    if let Err(error) = settled {
        warnings.push(Warning {
            code: Some(error.code),
            message: "The restore is complete, but that could not be noted: the next start hands its localStorage, sessionStorage, config and files to the page once more.".to_owned(),
            table: None,
        });
    }
    Ok(RestoreResult {
        metadata,
        app_version: prepared.app_version.clone(),
        salvage: prepared.salvage.clone(),
        migration: prepared.migration.clone(),
        tables,
        safety_backup,
        warnings,
        duration_ms: job.duration_ms(),
    })
}

/// A restore under way.
struct Restoring<'a, F, S: Storage, J, P, C> {
    job: &'a Job,
    storage: &'a S,
    journal: &'a J,
    page: &'a P,
    codec: &'a C,
    prepared: &'a Prepared<F, S::PartFile>,
    schemas: Vec<StoreSchema>,
    note: Note,
    /// What the page is to take over.
    assets: Assets,
    /// What is noted before the commit.
    committing: RefCell<Committing>,
    /// Whether anything may have been written that is not committed.
    is_writing: Cell<bool>,
    /// Whether the page was not asked to take over anything, or has said what came of it.
    is_answered: Cell<bool>,
}

/// What was written.
struct Restored {
    tables: Vec<RestoredTable>,
    safety_backup: Option<SafetyBackup>,
}

/// Why a transaction is not to be committed.
pub(super) enum Ended {
    /// What the table of this index holds cannot all be read, and the transaction is lost.
    Unreadable(usize),
    /// All of the archive is to be checked first. Nothing was written.
    Unchecked,
    Stop(Stop),
}

impl<T: Into<Stop>> From<T> for Ended {
    fn from(stop: T) -> Self {
        Self::Stop(stop.into())
    }
}

impl<F: ReadAt, S: Storage, J: Journal, P: Page, C: Codec> Restoring<'_, F, S, J, P, C> {
    /// What is to be kept of the database as it is.
    async fn keeping(&self, database: &impl Database, id: String) -> Outcome<Keeping<'_, S>> {
        let live = self.job.or_cancel(database.schema(true)).await?;
        let of_name = |name: &str| live.stores.iter().find(|store| store.name == name).cloned();
        let stores = self.schemas.iter().filter_map(|table| of_name(&table.name));
        let stores: Vec<_> = stores.collect();
        Ok(Keeping {
            job: self.job,
            storage: self.storage,
            id,
            config: &self.prepared.config,
            schema: archived(live, stores, &self.prepared.config),
            assets: match self.prepared.with_assets {
                true => self.prepared.present.as_ref(),
                false => None,
            },
        })
    }

    async fn carry_out(
        &self,
        database: &impl Database,
        keeping: Option<&Keeping<'_, S>>,
    ) -> Outcome<Restored> {
        // Tables that are cleared and written anew, as what they hold cannot be compared.
        let mut whole = SortedSet::new();
        loop {
            let mut safety = match keeping {
                Some(keeping) => Some(keeping.begin().await?),
                None => None,
            };
            let attempt = self.attempt(database, &whole, &mut safety).await;
            if let Some(safety) = safety {
                safety.discard().await;
            }
            match attempt {
                Ok(restored) => return Ok(restored),
                Err(Ended::Unreadable(index)) => {
                    whole.insert(index);
                }
                Err(Ended::Unchecked) => {}
                Err(Ended::Stop(stop)) => return Err(stop),
            }
            let archive = &self.prepared.archive;
            archive
                .check_left(self.job, self.codec, CHECKED_UNTIL)
                .await?;
        }
    }

    async fn attempt(
        &self,
        database: &impl Database,
        whole: &SortedSet<usize>,
        safety: &mut Option<Safety<'_, S>>,
    ) -> Result<Restored, Ended> {
        let job = self.job;
        if let Some(safety) = safety {
            for &index in whole.iter() {
                safety.add_unreadable(database, index).await?;
            }
        }
        let mut transaction = self.begin(database).await?;
        let ended = match self.write(&mut transaction, whole, safety).await {
            Ok(restored) => {
                job.announce(
                    StatusKind::Restoring,
                    Phase::Finishing,
                    "Making the restored data final.",
                );
                transaction.commit().await?;
                return Ok(restored);
            }
            Err(ended) => ended,
        };
        if let Ended::Stop(stop) = &ended
            && self.is_writing.get()
        {
            let status = match stop {
                Stop::Cancelled => StatusKind::Cancelled,
                Stop::Failed(_) => StatusKind::Restoring,
            };
            job.announce(status, Phase::RollingBack, "Undoing what was written.");
        }
        transaction.abort().await;
        Err(ended)
    }

    async fn begin<D: Database>(&self, database: &D) -> Outcome<D::Transaction> {
        let Prepared {
            archive,
            tables,
            creates,
            schema,
            ..
        } = self.prepared;
        let records_total = tables.iter().map(|table| table.records).sum();
        self.job.enter(match archive.is_checked() {
            true => Stage {
                status: StatusKind::Restoring,
                phase: Phase::Writing,
                message: "Writing the tables.",
                until: WRITING_UNTIL,
                records_total,
                bytes_total: None,
            },
            false => Stage {
                status: StatusKind::Validating,
                phase: Phase::Planning,
                message: "Checking the archive, and comparing it with the database.",
                until: COMPARED_UNTIL,
                records_total,
                bytes_total: None,
            },
        });
        let transaction = match creates {
            true => {
                let creating = database.create(schema, &self.schemas);
                self.job.or_cancel(creating).await?
            }
            false => self.job.or_cancel(database.write(&self.schemas)).await?,
        };
        self.prepared.forget();
        Ok(transaction)
    }

    /// Does everything but the commit.
    async fn write(
        &self,
        transaction: &mut impl Transaction,
        whole: &SortedSet<usize>,
        safety: &mut Option<Safety<'_, S>>,
    ) -> Result<Restored, Ended> {
        let written = match self.prepared.archive.is_checked() {
            true => self.write_tables(transaction, whole, safety).await?,
            false => self.write_little(transaction, safety).await?,
        };
        let mut restored = Vec::with_capacity(written.len());
        let mut evidence = Vec::new();
        for table in written {
            restored.push(table.restored);
            evidence.extend(table.evidence);
        }
        if self.prepared.validate == Validate::Full {
            self.job.announce(
                StatusKind::Restoring,
                Phase::Validating,
                "Reading what was written and comparing it with the archive.",
            );
            let blobs = self.prepared.blobs();
            for table in self.prepared.to_write(self.job, &blobs) {
                table.validate(transaction).await?;
            }
        }
        let mut turn = async || transaction.keep_open().await;
        if let Some(safety) = safety {
            safety.check(&mut turn).await?;
        }
        let safety_backup = match safety.take() {
            Some(safety) => Some(safety.finish(&mut turn).await?),
            None => None,
        };
        {
            let mut committing = self.committing.borrow_mut();
            committing.has_work = restored.iter().any(|t| t.add + t.change + t.delete > 0);
            committing.evidence = evidence;
        }
        self.apply_assets(transaction).await?;
        Ok(Restored {
            tables: restored,
            safety_backup,
        })
    }

    /// Compares the tables, and writes what differs.
    async fn write_tables(
        &self,
        transaction: &mut impl Transaction,
        whole: &SortedSet<usize>,
        safety: &mut Option<Safety<'_, S>>,
    ) -> Result<Vec<Written>, Ended> {
        debug_assert!(self.prepared.archive.is_checked(), "checked before");
        self.is_writing.set(true);
        let blobs = self.prepared.blobs();
        let mut written = Vec::with_capacity(self.schemas.len());
        for (index, table) in self.prepared.to_write(self.job, &blobs).enumerate() {
            let is_whole = whole.contains(&index);
            let kept = safety.as_mut().map(|safety| safety as &mut dyn Kept);
            written.push(table.write(transaction, is_whole, kept).await?);
        }
        Ok(written)
    }
}
