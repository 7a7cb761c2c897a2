//! Archives of older schemas. Their records are migrated before they are compared with the database, into an archive of
//! their own: so each record is migrated once, outside any transaction, and a plan knows what a restore will do.

mod rewritten;
mod route;

use std::rc::Rc;

use futures::future::LocalBoxFuture;
use pos_backup_bridge::{
    Config, Consistency, MigratedTable, Migration, MigrationReport, Phase, Result, Schema,
    StatusKind, StoreSchema,
};

use super::backup::{Described, Reporting, TablesWriter};
use super::chunks::chunks;
use super::hashing::Hashing;
use crate::archive::{
    ArchiveWriter, Blobs, CheckedArchive, EntryName, OpenedArchive, Parts, Table,
};
use crate::codec::{Codec, MigratedLines, RecordMigration, TableMigration};
use crate::database::{Batch, BlobSink, BlobSource, Pause};
use crate::job::{Job, Outcome, Stage};
use crate::storage::{PartFile, ReadAt, SharedFile, Storage};
use rewritten::Rewritten;
pub(super) use route::{Route, chain, routes};

/// What to migrate, and with what.
pub(super) struct Migrating<'a, F, S, C> {
    pub(super) job: &'a Job,
    pub(super) storage: &'a S,
    pub(super) codec: &'a C,
    pub(super) archive: &'a CheckedArchive<F>,
    pub(super) config: &'a Config,
    /// The database's schema, or rather the archive's: where there is none, nothing is migrated.
    pub(super) live: &'a Schema,
    pub(super) chain: &'a [&'a Migration],
    /// The id of the file for what is made.
    pub(super) file_id: &'a str,
    /// The progress of the job at the end.
    pub(super) until: f64,
}

/// What was made of an archive.
pub(super) struct Migrated<P> {
    /// The tables as they are to be restored.
    pub(super) tables: Vec<Table>,
    /// Those of which records were migrated are in here.
    pub(super) made: Option<Made<P>>,
    pub(super) report: MigrationReport,
}

/// An archive of migrated tables. You MUST call [`discard`](Self::discard).
pub(super) struct Made<P> {
    pub(super) archive: CheckedArchive<SharedFile<'static>>,
    file: Rc<P>,
}

impl<P: PartFile> Made<P> {
    /// Removes it.
    pub(super) async fn discard(self) {
        drop(self.archive);
        discard(self.file).await;
    }

    /// A table, if its records were migrated.
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        let mut tables = self.archive.opened().tables().iter();
        tables.find(|table| table.schema.name == name)
    }
}

async fn discard<P: PartFile>(file: Rc<P>) {
    if let Ok(file) = Rc::try_unwrap(file) {
        // What stays behind is removed at the next start.
        let _ = file.discard().await;
    }
}

/// A table whose records are migrated.
struct Rewriting<'a> {
    archived: &'a Table,
    store: StoreSchema,
    route: &'a Route,
}

impl<F: ReadAt, S: Storage, C: Codec> Migrating<'_, F, S, C> {
    /// Migrates the tables of these routes.
    ///
    /// # Errors
    ///
    /// `MIGRATION_FAILED`, `UNSUPPORTED_VALUE`, `SCHEMA_MISMATCH`, and those of the storage and of the archive.
    pub(super) async fn migrate(&self, routes: &[Route]) -> Outcome<Migrated<S::PartFile>> {
        let rewriting: Vec<_> = routes
            .iter()
            .filter_map(|route| self.rewriting(route))
            .collect();
        let mut rewritten = Vec::new();
        let made = match rewriting.is_empty() {
            true => None,
            false => Some(self.make(&rewriting, &mut rewritten).await?),
        };
        let reports = routes.iter().map(|route| {
            let of_route = |report: &&Rewritten| report.report.archived == route.archived;
            match rewritten.iter().find(of_route) {
                Some(rewritten) => rewritten.report.clone(),
                None => MigratedTable {
                    archived: route.archived.clone(),
                    table: route.table.clone(),
                    records: self.archived(route).map_or(0, |table| table.records),
                    ..MigratedTable::default()
                },
            }
        });
        let first = self.archive.opened().metadata.schema_version;
        let versions = self.chain.iter().map(|migration| migration.to);
        let report = MigrationReport {
            versions: std::iter::once(first).chain(versions).collect(),
            tables: reports.collect(),
        };
        let tables = routes.iter().filter_map(|route| {
            let name = route.table.as_deref()?;
            if let Some(table) = made.as_ref().and_then(|made| made.table(name)) {
                let mut rewritten = rewritten.iter();
                let rewritten = rewritten.find(|it| it.report.table == route.table)?;
                return Some(rewritten.table(table));
            }
            let store = self.store(route)?;
            match (&route.archived, self.archived(route)) {
                (_, Some(table)) => Some(table.with_schema(store)),
                // A migration adds it.
                (None, None) => Some(Table::empty(store)),
                (Some(_), None) => None,
            }
        });
        Ok(Migrated {
            tables: tables.collect(),
            report,
            made,
        })
    }

    fn archived(&self, route: &Route) -> Option<&Table> {
        let name = route.archived.as_deref()?;
        let mut tables = self.archive.opened().tables().iter();
        tables.find(|table| table.schema.name == name)
    }

    /// The database's store for a route's table.
    fn store(&self, route: &Route) -> Option<StoreSchema> {
        let name = route.table.as_deref()?;
        let store = self.live.stores.iter().find(|store| store.name == name)?;
        Some(StoreSchema {
            next_key: self.archived(route).and_then(|table| table.schema.next_key),
            ..store.clone()
        })
    }

    /// A table's lines serve as they are where nothing is done to its records, and keys are where they were.
    fn rewriting<'a>(&'a self, route: &'a Route) -> Option<Rewriting<'a>> {
        let (archived, store) = (self.archived(route)?, self.store(route)?);
        let is_same = archived.schema.key_path == store.key_path;
        (!is_same || !route.operations.is_empty()).then_some(Rewriting {
            archived,
            store,
            route,
        })
    }

    async fn make(
        &self,
        rewriting: &[Rewriting<'_>],
        rewritten: &mut Vec<Rewritten>,
    ) -> Outcome<Made<S::PartFile>> {
        let job = self.job;
        let stage = Stage {
            status: StatusKind::Validating,
            phase: Phase::Migrating,
            message: "Bringing the archive to the app's schema.",
            until: self.until,
            records_total: rewriting.iter().map(|table| table.archived.records).sum(),
            bytes_total: None,
        };
        let (status, phase, message) = (stage.status, stage.phase, stage.message);
        job.enter(stage);
        // At once: the app's functions may take as long as they like before there is more to say.
        job.announce(status, phase, message);
        // It takes a moment only, and is not left in the middle.
        let file = self.storage.create(self.file_id).await?;
        let mut writer = ArchiveWriter::new(file);
        let written = self.write(&mut writer, rewriting, rewritten).await;
        let file = Rc::new(writer.into_file());
        let opened = match written {
            Ok(()) => {
                let shared: SharedFile<'static> = Rc::<S::PartFile>::clone(&file);
                OpenedArchive::open(job, shared).await
            }
            Err(stop) => Err(stop),
        };
        match opened {
            Ok(opened) => Ok(Made {
                archive: CheckedArchive::made(opened),
                file,
            }),
            Err(stop) => {
                discard(file).await;
                Err(stop)
            }
        }
    }

    async fn write(
        &self,
        writer: &mut ArchiveWriter<S::PartFile>,
        rewriting: &[Rewriting<'_>],
        rewritten: &mut Vec<Rewritten>,
    ) -> Outcome<()> {
        let stores = rewriting.iter().map(|table| table.store.clone());
        let schema = Schema {
            database: self.live.database.clone(),
            action_queue: None,
            stores: stores.collect(),
            partial: true,
        };
        writer.add_document(&EntryName::Schema, &schema)?;
        let mut tables = TablesWriter::in_haste(self.job, &schema);
        for (index, table) in rewriting.iter().enumerate() {
            let mut into = Into {
                index,
                writer,
                tables: &mut tables,
            };
            let migrated = self.rewrite(table, &mut into).await?;
            rewritten.push(migrated);
        }
        let written = tables.finish(writer, &[], Consistency::Batch).await?;
        let described = Described {
            id: self.file_id,
            timestamp_ms: self.job.now_ms(),
            config: self.config,
            schema: &schema,
            consistency: Consistency::Batch,
            file_assets: Vec::new(),
            has_config: false,
        };
        writer.finish(described.metadata(written))?;
        Ok(())
    }

    async fn rewrite(
        &self,
        table: &Rewriting<'_>,
        into: &mut Into<'_, '_, S::PartFile>,
    ) -> Outcome<Rewritten> {
        let Self { job, archive, .. } = *self;
        let Rewriting {
            archived,
            store,
            route,
        } = table;
        let mut turn = async || {
            job.pause().await;
            Ok(())
        };
        let migration = TableMigration {
            table: store.name.clone(),
            archived_key_path: archived.schema.key_path.clone(),
            key_path: store.key_path.clone(),
            operations: route.operations.clone(),
        };
        let making = self.codec.migration(&migration, &mut turn);
        let records = job.or_cancel(making).await?;
        let blobs = archive.blobs();
        let mut rewritten = Rewritten::begin(archived, route.table.clone());
        let mut lines = Vec::new();
        for part in archived.parts() {
            archive.read_part(part, &mut lines)?;
            for chunk in chunks(&lines) {
                let mut kept = New {
                    archived: &blobs,
                    made: Reporting {
                        job,
                        archive: into.writer,
                    },
                };
                let migrating = records.migrate(chunk.lines, &blobs, &mut kept, &mut turn);
                let migrated = job.or_cancel(migrating).await?;
                rewritten.note(table, chunk.lines, &migrated)?;
                into.add(migrated, false)?;
                job.advance(Some(&store.name), chunk.records, chunk.lines.len() as u64);
                job.breathe().await?;
            }
        }
        into.add(MigratedLines::default(), true)?;
        rewritten.finish(store)?;
        Ok(rewritten)
    }
}

/// The table of an archive that migrated records go to.
struct Into<'a, 'job, P: PartFile> {
    index: usize,
    writer: &'a mut ArchiveWriter<P>,
    tables: &'a mut TablesWriter<'job>,
}

impl<P: PartFile> Into<'_, '_, P> {
    fn add(&mut self, migrated: MigratedLines, last: bool) -> Result<()> {
        let records = migrated.lines.iter().filter(|byte| **byte == b'\n').count();
        self.tables.add(
            self.writer,
            &Batch {
                lines: migrated.lines,
                records: records as u64,
                last,
                ..Batch::empty(self.index)
            },
        )
    }
}

/// Keeps large values that the archive does not hold.
struct New<'a, F, P: PartFile> {
    archived: &'a Blobs<'a, F>,
    made: Reporting<'a, P>,
}

impl<F: ReadAt, P: PartFile> BlobSink for New<'_, F, P> {
    fn blob_bytes(&self) -> u32 {
        self.made.blob_bytes()
    }

    fn keep<'a>(
        &'a mut self,
        content: &'a dyn ReadAt,
        pause: &'a mut dyn Pause,
    ) -> LocalBoxFuture<'a, Result<String>> {
        Box::pin(async move {
            let sha256 = Hashing::default().keep(content, pause).await?;
            match self.archived.has(&sha256) {
                true => Ok(sha256),
                false => self.made.keep(content, pause).await,
            }
        })
    }
}

/// The large values of an archive and of what was made of it.
pub(super) struct AllBlobs<'a, F> {
    pub(super) archived: Blobs<'a, F>,
    pub(super) made: Option<Blobs<'a, SharedFile<'static>>>,
}

impl<F: ReadAt> BlobSource for AllBlobs<'_, F> {
    fn slice(&self, sha256: &str) -> Option<pos_backup_bridge::Handle> {
        match &self.made {
            Some(made) if made.has(sha256) => made.slice(sha256),
            _ => self.archived.slice(sha256),
        }
    }

    async fn read(
        &self,
        sha256: &str,
        take: &mut impl FnMut(&[u8]) -> Result<()>,
        pause: &mut dyn Pause,
    ) -> Result<()> {
        match &self.made {
            Some(made) if made.has(sha256) => made.read(sha256, take, pause).await,
            _ => self.archived.read(sha256, take, pause).await,
        }
    }
}
