//! Records that are migrated by their lines, where there is no browser.

use std::cell::RefCell;
use std::rc::Rc;

use pos_backup_bridge::{Error, ErrorCode, Result};

use super::Steps;
use crate::codec::{Codec, MigratedLines, RecordMigration, TableMigration};
use crate::database::{BlobSink, BlobSource, Pause};

/// Makes a line of another one, both without LF; `None` leaves the record out.
pub type MigrateLine = fn(&TableMigration, &str) -> Option<String>;

/// Migrates each line by a function.
#[derive(Clone)]
pub struct MemoryCodec {
    steps: Steps,
    /// What becomes of a line.
    pub migrate: MigrateLine,
    /// A line with this in it cannot be decoded here.
    pub refuses: Option<String>,
    /// Binary values that each call keeps, as if records had them.
    pub keeps: Vec<Vec<u8>>,
    /// What was to be migrated so far.
    pub migrations: Rc<RefCell<Vec<TableMigration>>>,
}

impl MemoryCodec {
    /// Leaves lines as they are.
    pub fn new(steps: &Steps) -> Self {
        Self {
            steps: steps.clone(),
            migrate: |_, line| Some(line.to_owned()),
            refuses: None,
            keeps: Vec::new(),
            migrations: Rc::default(),
        }
    }
}

impl Codec for MemoryCodec {
    type Migration = MemoryMigration;

    async fn try_line(&self, line: &[u8], _blobs: &impl BlobSource) -> Result<()> {
        let refuses = self.refuses.as_deref().unwrap_or("\n").as_bytes();
        match line.windows(refuses.len()).any(|some| some == refuses) {
            true => Err(Error::new(
                ErrorCode::RecordInvalid,
                "A value cannot be made here.",
            )),
            false => Ok(()),
        }
    }

    async fn migration(
        &self,
        table: &TableMigration,
        _pause: &mut dyn Pause,
    ) -> Result<MemoryMigration> {
        self.steps.wait_outside("migration").await?;
        self.migrations.borrow_mut().push(table.clone());
        Ok(MemoryMigration {
            codec: self.clone(),
            table: table.clone(),
        })
    }
}

/// The migration of a table.
pub struct MemoryMigration {
    codec: MemoryCodec,
    table: TableMigration,
}

impl RecordMigration for MemoryMigration {
    async fn migrate(
        &self,
        lines: &[u8],
        _blobs: &impl BlobSource,
        kept: &mut dyn BlobSink,
        pause: &mut dyn Pause,
    ) -> Result<MigratedLines> {
        self.codec.steps.wait_outside("migrate").await?;
        for value in &self.codec.keeps {
            kept.keep(value, pause).await?;
        }
        let mut migrated = MigratedLines::default();
        for (index, line) in String::from_utf8_lossy(lines).lines().enumerate() {
            match (self.codec.migrate)(&self.table, line) {
                Some(line) => migrated.lines.extend(format!("{line}\n").bytes()),
                None => migrated.removed.push(index as u32),
            }
        }
        Ok(migrated)
    }
}
