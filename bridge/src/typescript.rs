//! The protocol as TypeScript, generated from the Rust types.

use serde::Serialize;
use ts_rs::{Config, TS};

use crate::*;

/// An enum that is a word in the protocol, and a union in TypeScript.
pub(crate) trait Words: Sized {
    /// Each word and its docs.
    fn words() -> Vec<(Self, &'static str)>;
}

impl Words for ErrorCode {
    fn words() -> Vec<(Self, &'static str)> {
        let all = Self::ALL.iter();
        all.map(|code| (*code, code.meaning())).collect()
    }
}

/// All declarations of the protocol, as one TypeScript module.
pub fn declarations() -> String {
    let config = Config::new().with_large_int("number");
    let mut text = String::from(
        "// Generated from the Rust types in bridge/src by `cargo xtask build`. Do not edit.\n",
    );
    macro_rules! declare {
        ($($type:ty $(=> $list:ident)?),+ $(,)?) => {$(
            text.push('\n');
            if let Some(docs) = <$type as TS>::docs() {
                $(let docs = $list::<$type>(&docs);)?
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
        Migration,
        MigrationStep,
        CreateBackup,
        BackupOptions,
        Consistency => listing,
        RestoreMode => listing,
        Validate => listing,
        PlanRestore,
        Restore,
        RestoreOptions,
        UndoRestore,
        UndoOptions,
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
        RecoveredRestore,
        RestoreOutcome => listing,
        UndoableRestore,
        RestoredAssets,
        BackupStatus,
        StatusKind => listing,
        Phase => listing,
        JobResult,
        BackupResult,
        RestorePlan,
        AppVersions,
        VersionOrder => listing,
        SalvageReport,
        Missing,
        MigrationReport,
        MigratedTable,
        MigrationExamples,
        SafetyPlan,
        PlanExamples,
        TablePlan,
        AssetsPlan,
        RestoreResult,
        SafetyBackup,
        RestoredTable,
        VerifyReport,
        LiveComparison,
        Inspection,
        Warning,
        BackupMetadata,
        Omission,
        OnUnsupported => listing,
        BackupManifest,
        ManifestEntry,
        EntryType => listing,
        Schema,
        DatabaseSchema,
        StoreSchema,
        KeyPath,
        IndexSchema,
        Error,
        ErrorCode => listing,
        ErrorContext,
        SchemaVersions,
    );
    text.push_str(&format!(
        "\n/** The version of this protocol. */\nexport const PROTOCOL_VERSION = {PROTOCOL_VERSION};\n"
    ));
    text
}

/// The docs of a union, with its words listed in them.
fn listing<T: Words + Serialize>(docs: &str) -> String {
    let mut list = String::from(" *\n");
    for (word, meaning) in T::words() {
        let word = serde_json::to_string(&word).unwrap_or_default();
        list.push_str(&format!(" * - `{word}`: {meaning}\n"));
    }
    docs.replace(" */", &format!("{list} */"))
}

use crate::Config as Config_;
