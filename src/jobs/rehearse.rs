//! A restore into a database that nobody uses: whether a backup can really be brought back here.

use pos_backup_bridge::{Error, ErrorCode, Phase, StatusKind};

use super::plan::compare;
use super::prepare::Prepared;
use super::restore::Ended;
use crate::database::{Database, Transaction};
use crate::job::{Job, Outcome, Stage, Stop};
use crate::storage::{PartFile, ReadAt};

/// Writing has the progress from the end of the checks to this; comparing has the rest.
const WRITTEN_AT: f64 = 0.8;

/// Restores a checked archive into a scratch database, compares what that holds then, and removes it, however it ends.
///
/// # Errors
///
/// Those of a restore; `VALIDATION_FAILED` when it holds something else.
pub(super) async fn rehearse<F: ReadAt, P: PartFile>(
    job: &Job,
    scratch: &impl Database,
    prepared: &Prepared<F, P>,
) -> Outcome<()> {
    // What one that was cut off has left.
    job.or_cancel(scratch.remove()).await?;
    let rehearsed = write_and_compare(job, scratch, prepared).await;
    let removed = scratch.remove().await;
    rehearsed?;
    Ok(removed?)
}

async fn write_and_compare<F: ReadAt, P: PartFile>(
    job: &Job,
    scratch: &impl Database,
    prepared: &Prepared<F, P>,
) -> Outcome<()> {
    let Prepared { tables, schema, .. } = prepared;
    job.enter(Stage {
        status: StatusKind::Validating,
        phase: Phase::Writing,
        message: "Restoring into a scratch database.",
        until: WRITTEN_AT,
        records_total: tables.iter().map(|table| table.records).sum(),
        bytes_total: None,
    });
    let schemas: Vec<_> = tables.iter().map(|table| table.schema.clone()).collect();
    let mut transaction = job.or_cancel(scratch.create(schema, &schemas)).await?;
    prepared.forget();
    if let Err(stop) = write(job, &mut transaction, prepared).await {
        transaction.abort().await;
        return Err(stop);
    }
    transaction.commit().await?;
    let compared = compare(job, scratch, prepared, 1.0).await?;
    let mut plans = compared.plans.iter();
    match plans.find(|plan| plan.has_work()) {
        None => Ok(()),
        Some(plan) => {
            let examples = [
                &plan.examples.add,
                &plan.examples.change,
                &plan.examples.delete,
            ];
            let key = examples.iter().find_map(|keys| keys.first()).cloned();
            Err(Error::new(
                ErrorCode::ValidationFailed,
                "A table that was restored does not hold what the archive holds.",
            )
            .in_table(&plan.table)
            .with(|c| c.key = key)
            .into())
        }
    }
}

async fn write<F: ReadAt, P: PartFile>(
    job: &Job,
    transaction: &mut impl Transaction,
    prepared: &Prepared<F, P>,
) -> Outcome<()> {
    let blobs = prepared.blobs();
    for table in prepared.to_write(job, &blobs) {
        match table.write(transaction, false, None).await {
            Ok(_) => {}
            Err(Ended::Stop(stop)) => return Err(stop),
            Err(Ended::Unreadable(_) | Ended::Unchecked) => {
                let message = "A table that has just been created cannot be read.";
                return Err(Stop::Failed(Error::new(ErrorCode::Internal, message)));
            }
        }
    }
    Ok(())
}
