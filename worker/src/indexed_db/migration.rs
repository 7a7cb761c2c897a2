//! Records of an older schema on their way to the app's: lines are decoded, migrated by JavaScript, and encoded again.

use js_sys::{Array, Promise, Reflect};
use pos_backup::codec::{MigratedLines, RecordMigration, TableMigration};
use pos_backup::database::{BlobSink, BlobSource, Pause};
use pos_backup_bridge::{Error, ErrorCode, KeyPath, Result, SchemaVersions, json};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::encoding::Encoding;
use super::key_path_to_js;
use super::records::{Decoded, RecordDecoder, RecordEncoder, Records, Step, text};
use super::wanted::{fetch, settled};
use crate::page::PageHelp;

#[wasm_bindgen(module = "/js/migration.js")]
extern "C" {
    #[wasm_bindgen(js_name = Migration)]
    type JsMigration;

    #[wasm_bindgen(static_method_of = JsMigration, js_class = Migration)]
    fn load(operations: &str, archived_key_path: &JsValue, key_path: &JsValue) -> Promise;

    #[wasm_bindgen(method)]
    fn begin(this: &JsMigration, values: &Array, keys: &JsValue) -> MigratingRecords;

    type MigratingRecords;

    #[wasm_bindgen(method)]
    fn step(this: &MigratingRecords) -> Promise;

    #[wasm_bindgen(method, getter)]
    fn values(this: &MigratingRecords) -> Array;

    #[wasm_bindgen(method, getter)]
    fn keys(this: &MigratingRecords) -> Option<Array>;

    #[wasm_bindgen(method, getter)]
    fn removed(this: &MigratingRecords) -> Vec<u32>;
}

/// The migration of a table's records.
pub(crate) struct Migration {
    table: String,
    key_path: Option<KeyPath>,
    page: PageHelp,
    migration: JsMigration,
}

impl Migration {
    /// Imports what it needs.
    ///
    /// # Errors
    ///
    /// `MIGRATION_FAILED`.
    pub(crate) async fn load(
        table: &TableMigration,
        page: PageHelp,
        pause: &mut dyn Pause,
    ) -> Result<Self> {
        let TableMigration {
            table,
            archived_key_path,
            key_path,
            operations,
        } = table;
        let operations = json::text(operations);
        let loading = JsMigration::load(
            &operations,
            &key_path_to_js(archived_key_path.as_ref()),
            &key_path_to_js(key_path.as_ref()),
        );
        let loaded = settled(&loading, pause).await?;
        let migration = loaded.map_err(|error| {
            failed(&error, "The module of a migration cannot be used.").in_table(table)
        })?;
        Ok(Self {
            table: table.clone(),
            key_path: key_path.clone(),
            page,
            migration: migration.unchecked_into(),
        })
    }

    /// Migrates records, and gives those that are left.
    async fn migrate_some(
        &self,
        records: &Records,
        removed: &mut Vec<u32>,
        first: u32,
        pause: &mut dyn Pause,
    ) -> Result<Records> {
        let keys = records.keys.as_ref();
        let keys = keys.map_or(JsValue::UNDEFINED, JsValue::from);
        let migrating = self.migration.begin(&records.values, &keys);
        loop {
            let step = settled(&migrating.step(), pause).await?;
            let is_done = step.map_err(|error| {
                failed(&error, "A migration failed on a record.").in_table(&self.table)
            })?;
            if is_done.is_truthy() {
                break;
            }
        }
        removed.extend(migrating.removed().iter().map(|index| first + index));
        Ok(Records {
            values: migrating.values(),
            keys: migrating.keys(),
            lost: 0,
        })
    }

    async fn encode(
        &self,
        records: &Records,
        lines: &mut Vec<u8>,
        kept: &mut dyn BlobSink,
        pause: &mut dyn Pause,
    ) -> Result<()> {
        let encoder = RecordEncoder::of(records, self.key_path.as_ref(), false);
        let mut encoding = Encoding::begin(encoder, records.values.length());
        loop {
            let (batch, end) = encoding.next(&self.table, kept, pause).await?;
            lines.extend(batch.lines);
            if end {
                return Ok(());
            }
        }
    }
}

impl RecordMigration for Migration {
    async fn migrate(
        &self,
        lines: &[u8],
        blobs: &impl BlobSource,
        kept: &mut dyn BlobSink,
        pause: &mut dyn Pause,
    ) -> Result<MigratedLines> {
        let in_table = |error: Error| error.in_table(&self.table);
        let decoder = RecordDecoder::new(lines);
        let mut migrated = MigratedLines::default();
        let mut first = 0;
        loop {
            match decoder.step().map_err(in_table)? {
                Step::Records {
                    records: Decoded { records, .. },
                    end,
                } => {
                    let removed = &mut migrated.removed;
                    let left = self.migrate_some(&records, removed, first, pause).await?;
                    first += records.values.length();
                    self.encode(&left, &mut migrated.lines, kept, pause).await?;
                    if end {
                        return Ok(migrated);
                    }
                }
                Step::Wanted(wanted) => {
                    fetch(&wanted, blobs, &self.page, pause)
                        .await
                        .map_err(in_table)?;
                }
            }
        }
    }
}

/// What `js/migration.js` throws.
fn failed(error: &JsValue, message: &str) -> Error {
    let version = |name: &str| {
        let version = Reflect::get(error, &name.into()).ok()?.as_f64()?;
        Some(version as u64)
    };
    let mut failed = Error::new(ErrorCode::MigrationFailed, message).with(|context| {
        context.key = text(error, "key")
            .and_then(|key| json::value(&key))
            .filter(|key: &serde_json::Value| !key.is_null());
        context.found = text(error, "found").map(Into::into);
        context.cause = text(error, "cause").filter(|cause| !cause.is_empty());
        if let (Some(from), Some(to)) = (version("from"), version("to")) {
            context.migration = Some(SchemaVersions { from, to });
        }
    });
    if failed.context.found.is_none() {
        failed.context.found = Some(format!("{error:?}").into());
    }
    match text(error, "table") {
        Some(table) => failed.in_table(&table),
        None => failed,
    }
}
