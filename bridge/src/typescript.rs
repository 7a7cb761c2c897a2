//! The protocol as TypeScript, generated from the Rust types.

use ts_rs::{Config, TS};

use crate::*;

/// All declarations of the protocol, as one TypeScript module.
pub fn declarations() -> String {
    let config = Config::new().with_large_int("number");
    let mut text = String::from(
        "// Generated from the Rust types in bridge/src by `cargo xtask build`. Do not edit.\n",
    );
    macro_rules! declare {
        ($($type:ty),+ $(,)?) => {$(
            text.push('\n');
            if let Some(docs) = <$type as TS>::docs() {
                text.push_str(&docs);
            }
            text.push_str("export ");
            text.push_str(&<$type as TS>::decl(&config));
            text.push('\n');
        )+};
    }
    declare!(
        Command,
        Init,
        Config_,
        CreateBackup,
        BackupOptions,
        Consistency,
        PlanRestore,
        Restore,
        RestoreOptions,
        Verify,
        VerifyOptions,
        Inspect,
        Cancel,
        AssetsApplied,
        FileListMade,
        NullsChecked,
        Source,
        Assets,
        Event,
        Capabilities,
        Recovered,
        RestoredAssets,
        BackupStatus,
        StatusKind,
        Phase,
        JobResult,
        BackupResult,
        RestorePlan,
        TablePlan,
        AssetsPlan,
        RestoreResult,
        RestoredTable,
        VerifyReport,
        Inspection,
        Warning,
        BackupMetadata,
        Omission,
        OnUnsupported,
        BackupManifest,
        ManifestEntry,
        EntryType,
        Schema,
        DatabaseSchema,
        StoreSchema,
        KeyPath,
        IndexSchema,
        Error,
        ErrorCode,
        ErrorContext,
    );
    text.push_str(&format!(
        "\n/** The version of this protocol. */\nexport const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n"
    ));
    text
}

use crate::Config as Config_;
