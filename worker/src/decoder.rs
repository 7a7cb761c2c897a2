//! Tries whether this browser can make the values of a line: some classes exist in some browsers only.

use pos_backup::database::{BlobSource, Decoder};
use pos_backup_bridge::Result;

use crate::host::next_task;
use crate::indexed_db::try_line;

/// This browser.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BrowserDecoder;

impl Decoder for BrowserDecoder {
    async fn try_line(&self, line: &[u8], blobs: &impl BlobSource) -> Result<()> {
        try_line(line, blobs, &mut async || {
            next_task().await;
            Ok(())
        })
        .await
    }
}
