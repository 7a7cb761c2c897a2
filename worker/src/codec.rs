//! What this browser makes of records.

use pos_backup::codec::{Codec, TableMigration};
use pos_backup::database::{BlobSource, Pause};
use pos_backup_bridge::Result;

use crate::host::next_task;
use crate::indexed_db::{Migration, try_line};
use crate::page::PageHelp;

/// This browser.
pub(crate) struct BrowserCodec {
    /// Makes FileLists.
    pub(crate) page: PageHelp,
}

impl Codec for BrowserCodec {
    type Migration = Migration;

    async fn try_line(&self, line: &[u8], blobs: &impl BlobSource) -> Result<()> {
        try_line(line, blobs, &mut async || {
            next_task().await;
            Ok(())
        })
        .await
    }

    async fn migration(&self, table: &TableMigration, pause: &mut dyn Pause) -> Result<Migration> {
        Migration::load(table, self.page.clone(), pause).await
    }
}
