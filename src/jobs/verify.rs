//! `VERIFY`: whether an archive is whole.

use pos_backup_bridge::VerifyReport;

use crate::archive::{OpenedArchive, check};
use crate::database::Decoder;
use crate::job::{Job, Outcome};
use crate::storage::ReadAt;

/// Checks every byte and every record of an archive, and that the records can be decoded here.
///
/// # Errors
///
/// The codes of damaged, altered and unknown archives.
pub async fn verify(job: &Job, decoder: &impl Decoder, file: impl ReadAt) -> Outcome<VerifyReport> {
    let opened = OpenedArchive::open(job, file).await?;
    let checked = check(job, opened, decoder, 1.0).await?;
    let opened = checked.opened();
    Ok(VerifyReport {
        metadata: opened.metadata.clone(),
        entries: opened.entries(),
        records: opened.tables().iter().map(|table| table.records).sum(),
        bytes: opened.metadata.size,
        sealed: checked.sealed,
        duration_ms: job.duration_ms(),
    })
}
