//! Large values on their way into the archive, with a word on how it goes.

use pos_backup_bridge::Result;

use crate::archive::ArchiveWriter;
use crate::database::BlobSink;
use crate::job::Job;
use crate::storage::{PartFile, ReadAt};

/// An archive whose large values count in the job's progress.
pub(super) struct Reporting<'a, P> {
    pub(super) job: &'a Job,
    pub(super) archive: &'a mut ArchiveWriter<P>,
}

impl<P: PartFile> BlobSink for Reporting<'_, P> {
    fn blob_bytes(&self) -> u32 {
        self.archive.blob_bytes()
    }

    async fn keep(
        &mut self,
        content: &dyn ReadAt,
        pause: &mut impl AsyncFnMut() -> Result<()>,
    ) -> Result<String> {
        let mut pause = async || {
            // A value takes its time: the page hears that the job goes on.
            self.job.advance(None, 0, 0);
            pause().await
        };
        let sha256 = self.archive.keep(content, &mut pause).await?;
        self.job.advance(None, 0, content.size());
        Ok(sha256)
    }
}
