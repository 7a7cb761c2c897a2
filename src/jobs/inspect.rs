//! `INSPECT`: what an archive says of itself.

use std::rc::Rc;

use pos_backup_bridge::Inspection;

use crate::archive::OpenedArchive;
use crate::job::{Job, Outcome};
use crate::storage::{ReadAt, SharedFile};

/// Says what an archive holds. Its contents are not checked.
///
/// # Errors
///
/// The codes of archives that cannot be opened.
pub async fn inspect(job: &Job, file: impl ReadAt) -> Outcome<Inspection> {
    let file: SharedFile<'_> = Rc::new(file);
    let opened = OpenedArchive::open(job, file).await?;
    job.breathe().await?;
    Ok(Inspection {
        archive_bytes: opened.archive_bytes(),
        entries: opened.entries(),
        rehearsed_at: None,
        metadata: opened.metadata,
        schema: opened.schema,
    })
}
