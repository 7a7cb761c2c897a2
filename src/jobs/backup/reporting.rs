//! Large values on their way into the archive, with a word on how it goes.

use futures::future::LocalBoxFuture;
use pos_backup_bridge::Result;

use crate::archive::ArchiveWriter;
use crate::database::{BlobSink, Pause};
use crate::job::Job;
use crate::storage::{PartFile, ReadAt};

/// An archive whose large values count in the job's progress.
pub(in crate::jobs) struct Reporting<'a, P> {
    pub(in crate::jobs) job: &'a Job,
    pub(in crate::jobs) archive: &'a mut ArchiveWriter<P>,
}

impl<P: PartFile> BlobSink for Reporting<'_, P> {
    fn blob_bytes(&self) -> u32 {
        self.archive.blob_bytes()
    }

    fn keep<'a>(
        &'a mut self,
        content: &'a dyn ReadAt,
        pause: &'a mut dyn Pause,
    ) -> LocalBoxFuture<'a, Result<String>> {
        Box::pin(async move {
            let mut pause = async || {
                // A value takes its time: the page hears that the job goes on.
                self.job.advance(None, 0, 0);
                pause.pause().await
            };
            let sha256 = self.archive.keep(content, &mut pause).await?;
            self.job.advance(None, 0, content.size());
            Ok(sha256)
        })
    }
}
