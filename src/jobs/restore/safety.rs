//! The backup of what a restore replaces. It is made of the records that the restore reads anyway, in its own transaction,
//! and so holds exactly what is replaced. (But for tables that it cannot read all of.)

use std::pin::pin;

use pos_backup_bridge::{
    Config, Consistency, Error, ErrorCode, OnUnsupported, Phase, Result, SafetyBackup, Schema,
    StatusKind,
};

use crate::archive::{ArchiveWriter, Checking, EntryName};
use crate::database::{Batch, BlobSink, Database, Pause, ReadOptions, Snapshot};
use crate::job::{Job, Outcome, Stop};
use crate::jobs::backup::{
    BackupAssets, Described, Reporting, TablesWriter, add_assets, read_back,
};
use crate::jobs::restore::table::Kept;
use crate::jobs::waiting::meanwhile;
use crate::storage::{Finished, PartFile, Storage};

/// In place of the code's own.
const HINT_SHORT: &str = "Free some space on this device, then try again; or pass `safetyBackup: false` to restore without keeping what is replaced.";

/// The progress of a restore when its safety backup is checked.
const CHECKED_UNTIL: f64 = 0.98;

/// What is to be kept, and where.
pub(super) struct Keeping<'a, S> {
    pub(super) job: &'a Job,
    pub(super) storage: &'a S,
    pub(super) id: String,
    pub(super) config: &'a Config,
    /// The tables that are written to, as they are now.
    pub(super) schema: Schema,
    /// What the page has outside the database, where that is replaced.
    pub(super) assets: Option<&'a BackupAssets>,
}

/// A safety backup under way. You MUST call [`check`](Self::check) and [`finish`](Self::finish) or, once no transaction is
/// open, [`discard`](Self::discard).
pub(super) struct Safety<'a, S: Storage> {
    keeping: &'a Keeping<'a, S>,
    archive: ArchiveWriter<S::PartFile>,
    tables: TablesWriter<'a>,
    /// How many records each table has.
    counts: Vec<u64>,
    file_assets: Vec<String>,
}

impl<'a, S: Storage> Keeping<'a, S> {
    /// Begins it, before the transaction begins.
    pub(super) async fn begin(&'a self) -> Outcome<Safety<'a, S>> {
        let file = self.storage.create(&self.id).await.map_err(with_way_out)?;
        let mut safety = Safety {
            keeping: self,
            archive: ArchiveWriter::new(file),
            tables: TablesWriter::in_haste(self.job, &self.schema),
            counts: vec![0; self.schema.stores.len()],
            file_assets: Vec::new(),
        };
        match safety.begin().await {
            Ok(()) => Ok(safety),
            Err(stop) => {
                safety.discard().await;
                Err(match stop {
                    Stop::Failed(error) => with_way_out(error).into(),
                    Stop::Cancelled => stop,
                })
            }
        }
    }
}

impl<S: Storage> Kept for Safety<'_, S> {
    fn expect(&mut self, table: usize, records: u64) {
        if let Some(count) = self.counts.get_mut(table) {
            *count = records;
        }
    }

    fn blobs(&mut self) -> Box<dyn BlobSink + '_> {
        Box::new(Reporting {
            job: self.keeping.job,
            archive: &mut self.archive,
        })
    }

    fn add(&mut self, batch: &Batch) -> Result<()> {
        let added = self.tables.add(&mut self.archive, batch);
        added.map_err(with_way_out)
    }
}

impl<S: Storage> Safety<'_, S> {
    async fn begin(&mut self) -> Outcome<()> {
        let Keeping {
            job,
            schema,
            assets,
            ..
        } = self.keeping;
        self.archive.add_document(&EntryName::Schema, schema)?;
        if let Some(assets) = assets {
            self.file_assets = add_assets(job, &mut self.archive, assets).await?;
        }
        Ok(())
    }

    /// Adds a table of which a transaction that writes cannot read all, by one that reads. What the browser does not
    /// give is listed.
    pub(super) async fn add_unreadable(
        &mut self,
        database: &impl Database,
        index: usize,
    ) -> Outcome<()> {
        let Keeping { job, schema, .. } = self.keeping;
        let options = ReadOptions {
            consistency: Consistency::Snapshot,
            on_unsupported: OnUnsupported::Omit,
        };
        let tables = schema.stores.get(index..=index).unwrap_or_default();
        let mut snapshot = job.or_cancel(database.read(tables, options)).await?;
        let added = self.add_all(&mut snapshot, index).await;
        snapshot.close().await;
        added
    }

    async fn add_all(&mut self, snapshot: &mut impl Snapshot, index: usize) -> Outcome<()> {
        let job = self.keeping.job;
        loop {
            let mut blobs = self.blobs();
            let next = job.or_cancel(snapshot.next(&mut *blobs)).await?;
            drop(blobs);
            let Some(batch) = next else { break };
            let table = index;
            self.add(&Batch { table, ..batch })?;
        }
        let counts = job.or_cancel(snapshot.counts()).await?;
        self.expect(index, counts.iter().sum());
        Ok(())
    }

    /// Completes it and reads it back, while `turn` keeps the transaction open.
    pub(super) async fn check(&mut self, turn: &mut dyn Pause) -> Outcome<()> {
        match meanwhile(self.complete(), turn).await? {
            Err(Stop::Failed(error)) => Err(with_way_out(error).into()),
            completed => completed,
        }
    }

    /// Gives it its name, once it is checked, while `turn` keeps the transaction open.
    pub(super) async fn finish(self, turn: &mut dyn Pause) -> Outcome<SafetyBackup> {
        let backup_id = self.keeping.id.clone();
        let archive_bytes = self.archive.archive_bytes();
        let mut finishing = pin!(self.archive.into_file().finish());
        let Finished { file, stored } = match meanwhile(&mut finishing, turn).await {
            Ok(finished) => finished?,
            Err(error) => {
                // It is not left half way; the restore then removes it. The transaction is lost.
                finishing.await?;
                return Err(error.into());
            }
        };
        Ok(SafetyBackup {
            backup_id,
            file,
            archive_bytes,
            stored,
        })
    }

    async fn complete(&mut self) -> Outcome<()> {
        let Keeping {
            job,
            id,
            config,
            schema,
            assets,
            ..
        } = self.keeping;
        let tables = std::mem::replace(&mut self.tables, TablesWriter::in_haste(job, schema));
        let finishing = tables.finish(&mut self.archive, &self.counts, Consistency::Snapshot);
        let tables = finishing.await?;
        let described = Described {
            id,
            timestamp_ms: job.now_ms(),
            config,
            schema,
            consistency: Consistency::Snapshot,
            file_assets: std::mem::take(&mut self.file_assets),
            has_config: assets.is_some_and(|assets| assets.config.is_some()),
        };
        let metadata = self.archive.finish(described.metadata(tables))?;
        let checking = Checking {
            status: StatusKind::Restoring,
            phase: Phase::CheckingCopy,
            message: "Checking the copy of what is replaced.",
            until: CHECKED_UNTIL,
        };
        read_back(job, self.archive.file(), &metadata, checking).await
    }

    /// Removes what is there of it.
    pub(super) async fn discard(self) {
        // What stays behind is removed at the next start.
        let _ = self.archive.into_file().discard().await;
    }
}

/// Where storage is short there is more to be done than with a backup.
fn with_way_out(error: Error) -> Error {
    match error.code {
        ErrorCode::QuotaExceeded => error.with_hint(HINT_SHORT),
        _ => error,
    }
}
