//! What a restore would do.

use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{BackupMetadata, MigrationReport, SalvageReport, Warning};

/// What restoring an archive would do. Made from a checked archive; nothing is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct RestorePlan {
    /// The archive's metadata.
    pub metadata: BackupMetadata,
    /// The app's versions: the one that made the archive, and this one.
    pub app_version: AppVersions,
    /// The database does not exist; it would be created as the archive's was, version and indexes included.
    pub creates_database: bool,
    /// What a damaged archive does not bring back, with `salvage`; absent for one that is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salvage: Option<SalvageReport>,
    /// What migrations make of the archive first, where its schema is an older one. `tables` is about what they make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<MigrationReport>,
    /// What would happen to each table, in the archive's order; the action queue is one of them.
    pub tables: Vec<TablePlan>,
    /// What would happen outside IndexedDB.
    pub assets: AssetsPlan,
    /// What keeping the replaced data takes, unless that is declined or there is no database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_backup: Option<SafetyPlan>,
    /// What the person should know before going on.
    pub warnings: Vec<Warning>,
}

/// The app's versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct AppVersions {
    /// The one that made the archive.
    pub archive: String,
    /// The one that restores it, as it said at `INIT`.
    pub app: String,
    /// What the archive's is, beside the app's.
    pub archive_is: VersionOrder,
}

words! {
    /// What one version is beside another, as far as both are numbers with dots between them (<https://semver.org>).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
    #[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
    #[serde(rename_all = "kebab-case")]
    pub enum VersionOrder {
        /// An earlier one.
        Older,
        /// The same.
        Same,
        /// A later one.
        Newer,
        /// Another one; which is later, they do not say.
        Other,
    }
}

/// What the backup of the replaced data takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SafetyPlan {
    /// About so many bytes, compressed.
    pub bytes: u64,
    /// Whether the browser has room for them; if not, a warning says so too.
    pub fits: bool,
}

/// What would happen to one table. The database then holds `unchanged + add + change` records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct TablePlan {
    /// The table.
    pub table: String,
    /// Records left as they are.
    pub unchanged: u64,
    /// Records written that are not there, or that are cleared first.
    pub add: u64,
    /// Records overwritten in place.
    pub change: u64,
    /// Records removed.
    pub delete: u64,
    /// Keys of some of them.
    pub examples: PlanExamples,
}

impl TablePlan {
    /// The plan of a table of which nothing is known.
    pub fn new(table: &str) -> Self {
        Self {
            table: table.to_owned(),
            ..Self::default()
        }
    }

    /// Whether anything would be written.
    pub fn has_work(&self) -> bool {
        self.add + self.change + self.delete > 0
    }
}

/// The first few keys of each kind of change, as `docs/format.md` writes keys. Very long ones are not shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PlanExamples {
    /// Of records that would be written and are not there.
    #[cfg_attr(feature = "typescript", ts(type = "unknown[]"))]
    pub add: Vec<serde_json::Value>,
    /// Of records that would be overwritten.
    #[cfg_attr(feature = "typescript", ts(type = "unknown[]"))]
    pub change: Vec<serde_json::Value>,
    /// Of records that would be removed.
    #[cfg_attr(feature = "typescript", ts(type = "unknown[]"))]
    pub delete: Vec<serde_json::Value>,
}

/// What would happen outside IndexedDB.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct AssetsPlan {
    /// localStorage would be replaced.
    pub local_storage: bool,
    /// sessionStorage would be replaced.
    pub session_storage: bool,
    /// The config would be handed to the page.
    pub config: bool,
    /// These files would be handed to the page.
    pub files: Vec<String>,
}
