//! `PLAN_RESTORE`: what a restore would do.

use pos_backup_bridge::{
    AssetsPlan, Error, ErrorCode, OnUnsupported, Phase, RestoreMode, RestorePlan, Result,
    SafetyPlan, StatusKind, TablePlan, Warning,
};

use super::difference::{Difference, Fault};
use super::hashing::Hashing;
use super::prepare::Prepared;
use crate::archive::Table;
use crate::database::{Database, ReadOptions, Snapshot};
use crate::job::{Job, Outcome, Stage};
use crate::limits::SAFETY_MARGIN;
use crate::storage::{PartFile, ReadAt, Storage};

/// Compares a checked archive with the database. Nothing is written.
///
/// # Errors
///
/// The codes of the database, and those of a file that changed since it was checked.
pub async fn plan_restore<F: ReadAt, S: Storage>(
    job: &Job,
    database: &impl Database,
    storage: &S,
    prepared: Prepared<F, S::PartFile>,
) -> Outcome<RestorePlan> {
    let plan = plan(job, database, storage, &prepared).await;
    prepared.discard().await;
    plan
}

async fn plan<F: ReadAt, S: Storage>(
    job: &Job,
    database: &impl Database,
    storage: &S,
    prepared: &Prepared<F, S::PartFile>,
) -> Outcome<RestorePlan> {
    let (tables, safety_backup) = match prepared.creates {
        true => (created(prepared)?, None),
        false => {
            let compared = compare(job, database, prepared, 1.0).await?;
            let safety = match prepared.safety_id {
                Some(_) => Some(plan_safety(storage, prepared, compared.live).await),
                None => None,
            };
            (compared.plans, safety)
        }
    };
    let mut warnings = prepared.warnings.clone();
    if safety_backup.as_ref().is_some_and(|safety| !safety.fits) {
        warnings.push(Warning {
            code: Some(ErrorCode::QuotaExceeded),
            message: "The browser's storage is too short to keep what is replaced. Free some space, or restore without the copy: the restore could then not be undone.".to_owned(),
            table: None,
        });
    }
    Ok(RestorePlan {
        metadata: prepared.archive.opened().metadata.clone(),
        app_version: prepared.app_version.clone(),
        creates_database: prepared.creates,
        salvage: prepared.salvage.clone(),
        migration: prepared.migration.clone(),
        tables,
        assets: assets(prepared),
        safety_backup,
        warnings,
    })
}

/// The plans of the tables of a database that does not exist.
pub(super) fn created<F, P>(prepared: &Prepared<F, P>) -> Result<Vec<TablePlan>> {
    let tables = prepared.tables.iter();
    let plans = tables.map(|table| written_whole(table, 0, prepared.mode));
    plans.collect()
}

/// Compares a checked archive with a database that exists.
pub(super) async fn compare<F: ReadAt, P: PartFile>(
    job: &Job,
    database: &impl Database,
    prepared: &Prepared<F, P>,
    until: f64,
) -> Outcome<Compared> {
    let tables = &prepared.tables;
    job.enter(Stage {
        status: StatusKind::Validating,
        phase: Phase::Planning,
        message: "Comparing the archive with the database.",
        until,
        records_total: tables.iter().map(|table| table.records).sum(),
        bytes_total: None,
    });
    let schemas: Vec<_> = tables.iter().map(|table| table.schema.clone()).collect();
    let options = ReadOptions {
        on_unsupported: OnUnsupported::Omit,
        ..ReadOptions::default()
    };
    let mut snapshot = job.or_cancel(database.read(&schemas, options)).await?;
    prepared.forget();
    let compared = compare_all(job, &mut snapshot, prepared).await;
    snapshot.close().await;
    compared
}

async fn compare_all<F: ReadAt, P: PartFile>(
    job: &Job,
    snapshot: &mut impl Snapshot,
    prepared: &Prepared<F, P>,
) -> Outcome<Compared> {
    let Prepared { tables, mode, .. } = prepared;
    let mode = *mode;
    let mut live = LiveBytes::default();
    let comparisons = tables.iter().map(|table| {
        let difference = Difference::new(prepared.parts(table), table, mode, &[]);
        Comparison::Going(Box::new(difference))
    });
    let mut comparisons: Vec<_> = comparisons.collect();
    let mut hashing = Hashing::default();
    while let Some(batch) = job.or_cancel(snapshot.next(&mut hashing)).await? {
        let index = batch.table;
        live.lines += batch.lines.len() as u64;
        let (Some(comparison), Some(table)) = (comparisons.get_mut(index), tables.get(index))
        else {
            continue;
        };
        let Comparison::Going(difference) = comparison else {
            continue;
        };
        let name = table.schema.name.as_str();
        let mut compared = difference.take(batch);
        while compared.is_ok() {
            match difference.next() {
                Ok(Some(changes)) => job.advance(Some(name), changes.compared, 0),
                Ok(None) => break,
                Err(fault) => compared = Err(fault),
            }
            let mut turn = async || snapshot.keep_open().await;
            job.breathe_by(&mut turn).await?;
        }
        match compared {
            Ok(()) if difference.has_all() => *comparison = Comparison::Done(difference.plan()),
            Ok(()) => {}
            Err(Fault::Incomparable) => *comparison = Comparison::WrittenWhole,
            Err(Fault::Error(error)) => return Err(error.in_table(name).into()),
        }
    }
    let counts = job.or_cancel(snapshot.counts()).await?;
    let compared = comparisons.into_iter().zip(tables).zip(counts);
    let plans = compared.map(|((comparison, table), count)| match comparison {
        Comparison::Going(difference) => Ok(difference.plan()),
        Comparison::Done(plan) => Ok(plan),
        Comparison::WrittenWhole => written_whole(table, count, mode),
    });
    live.large = hashing.bytes;
    Ok(Compared {
        plans: plans.collect::<Result<_>>()?,
        live,
    })
}

/// What came of a comparison.
pub(super) struct Compared {
    pub(super) plans: Vec<TablePlan>,
    live: LiveBytes,
}

/// How much the live tables hold.
#[derive(Default)]
pub(super) struct LiveBytes {
    /// The records' lines.
    lines: u64,
    /// The large values.
    large: u64,
}

/// What keeping the live tables takes, if they compress as the archive's do and large values do not at all.
async fn plan_safety<F: ReadAt, S: Storage>(
    storage: &S,
    prepared: &Prepared<F, S::PartFile>,
    live: LiveBytes,
) -> SafetyPlan {
    let opened = prepared.archive.opened();
    let ratio = opened.archive_bytes() as f64 / opened.metadata.size.max(1) as f64;
    let bytes = live.lines as f64 * ratio.min(1.0) * SAFETY_MARGIN + live.large as f64;
    let bytes = bytes as u64;
    SafetyPlan {
        bytes,
        fits: storage.has_room(bytes).await,
    }
}

/// A table that is compared, or was.
enum Comparison<'a> {
    Going(Box<Difference<'a>>),
    Done(TablePlan),
    /// Its records cannot be compared.
    WrittenWhole,
}

/// The plan of a table that is cleared and written anew, where it holds so many records.
///
/// # Errors
///
/// `UNSUPPORTED_VALUE` where other records were to stay.
pub(super) fn written_whole(table: &Table, live: u64, mode: RestoreMode) -> Result<TablePlan> {
    if live > 0 && (mode != RestoreMode::Replace || !table.gaps.is_empty()) {
        return Err(Error::new(
            ErrorCode::UnsupportedValue,
            "A table can only be replaced as a whole: not all of its records can be read and told apart.",
        )
        .in_table(&table.schema.name));
    }
    Ok(TablePlan {
        add: table.records,
        delete: live,
        ..TablePlan::new(&table.schema.name)
    })
}

fn assets<F: ReadAt, P: PartFile>(prepared: &Prepared<F, P>) -> AssetsPlan {
    if !prepared.with_assets {
        return AssetsPlan::default();
    }
    let metadata = &prepared.archive.opened().metadata;
    let mut plan = AssetsPlan {
        config: metadata.config,
        ..AssetsPlan::default()
    };
    for name in &metadata.file_assets {
        match name.as_str() {
            "localStorage.json" => plan.local_storage = true,
            "sessionStorage.json" => plan.session_storage = true,
            _ => plan.files.push(name.clone()),
        }
    }
    plan
}
