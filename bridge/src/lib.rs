//! What a page and the pos-backup worker say to each other.
//!
//! Commands go in, events come out, both as plain objects by structured clone; every one has a
//! `type`. The types here are the protocol: the TypeScript of the page's client is generated from
//! them. Nothing in this crate but [`codec`] and [`handle`] knows of a browser.

mod assets;
#[cfg(target_arch = "wasm32")]
pub mod codec;
mod command;
mod error;
mod event;
mod handle;
pub mod json;
mod metadata;
mod migration;
mod plan;
mod result;
mod salvage;
mod schema;
mod sorted;
mod status;
mod strict;
#[cfg(feature = "typescript")]
pub mod typescript;
mod words;

pub use assets::{Assets, RestoredAssets};
pub use command::{
    AssetsApplied, BackupOptions, Cancel, Command, CommandKind, Config, Consistency, CreateBackup,
    FileListMade, Init, Inspect, NullsChecked, OnUnsupported, PlanRestore, Rejected, Restore,
    RestoreMode, RestoreOptions, Source, UndoOptions, UndoRestore, Validate, Verify, VerifyOptions,
};
pub use error::{Error, ErrorCode, ErrorContext, Fault, Result, SchemaVersions};
pub use event::{
    Capabilities, Event, Recovered, RecoveredRestore, RestoreOutcome, UndoableRestore,
};
pub use handle::Handle;
pub use metadata::{BackupManifest, BackupMetadata, EntryType, ManifestEntry, Omission};
pub use migration::{MigratedTable, Migration, MigrationExamples, MigrationReport, MigrationStep};
pub use plan::{
    AppVersions, AssetsPlan, PlanExamples, RestorePlan, SafetyPlan, TablePlan, VersionOrder,
};
pub use result::{
    BackupResult, Inspection, JobResult, LiveComparison, RestoreResult, RestoredTable,
    SafetyBackup, VerifyReport, Warning,
};
pub use salvage::{Missing, SalvageReport};
pub use schema::{DatabaseSchema, IndexSchema, KeyPath, Schema, StoreSchema};
pub use sorted::{Sorted, SortedSet, sort_by};
pub use status::{BackupStatus, Phase, StatusKind};

/// The version of this protocol, sent with `LOADED` and `READY`.
pub const PROTOCOL_VERSION: u32 = 1;
