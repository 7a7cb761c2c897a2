//! How an archive of an older schema becomes one of the app's own: what the app registers, and what came of it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{Error, ErrorCode, Result};

/// The way from one schema version to a later one. An archive goes it before it is compared with the database; the
/// database itself is never migrated. Its steps come first, in order, then its function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Migration {
    /// The schema version that it begins with: as `metadata.schemaVersion` says it, and so by default as IndexedDB counts
    /// (Dexie's times ten).
    pub from: u64,
    /// The one that it leads to.
    pub to: u64,
    /// What is done, in this order; nothing by default, as when only indexes differ.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(as = "Option<Vec<MigrationStep>>"))]
    pub steps: Vec<MigrationStep>,
    /// The URL of a module that the worker imports. Its `migrate({ table, key, value, from, to })` is called for each record
    /// after the steps, `table` being the table's name then and `key` the record's key in the archive, and gives the new
    /// value, or a promise of it; a record for which it gives `undefined` is left out, and counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
}

/// A step of a migration. `field` is a JSON Pointer into the record (RFC 6901); `*` in it stands for every element of an
/// array, or every property of an object. Records that do not have the field are left as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum MigrationStep {
    /// Gives a table another name.
    RenameTable {
        /// The table.
        table: String,
        /// Its new name.
        to: String,
    },
    /// Leaves a table out.
    DropTable {
        /// The table.
        table: String,
    },
    /// Adds a table without records: a restore then leaves it empty. Without this step a table that the archive does not
    /// hold stays as it is.
    AddTable {
        /// The table.
        table: String,
    },
    /// Gives a field another name, in the same object.
    RenameField {
        /// The table.
        table: String,
        /// The field.
        field: String,
        /// Its new name: a property's, not a pointer.
        to: String,
    },
    /// Removes a field.
    DropField {
        /// The table.
        table: String,
        /// The field.
        field: String,
    },
    /// Adds a field to the objects that lack it.
    AddField {
        /// The table.
        table: String,
        /// The field.
        field: String,
        /// Its value: any JSON value.
        #[cfg_attr(feature = "typescript", ts(type = "unknown"))]
        default: Value,
    },
    /// Gives a field other values.
    MapValues {
        /// The table.
        table: String,
        /// The field.
        field: String,
        /// Pairs of an old value (a string, number, boolean or null) and the new one, which may be any JSON value. A value
        /// that is in none of them stays.
        #[cfg_attr(
            feature = "typescript",
            ts(type = "[string | number | boolean | null, unknown][]")
        )]
        values: Vec<(Value, Value)>,
    },
}

// serde's own code for an enum with a tag reads everything into a copy first. The name tells our reader to look for the tag.
#[derive(Deserialize)]
#[serde(
    remote = "MigrationStep",
    rename = "internally tagged enum MigrationStep",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
enum Tagged {
    RenameTable {
        table: String,
        to: String,
    },
    DropTable {
        table: String,
    },
    AddTable {
        table: String,
    },
    RenameField {
        table: String,
        field: String,
        to: String,
    },
    DropField {
        table: String,
        field: String,
    },
    AddField {
        table: String,
        field: String,
        default: Value,
    },
    MapValues {
        table: String,
        field: String,
        values: Vec<(Value, Value)>,
    },
}

impl<'de> Deserialize<'de> for MigrationStep {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Tagged::deserialize(deserializer)
    }
}

impl MigrationStep {
    /// The table that it is about, by the name that it has then.
    pub fn table(&self) -> &str {
        match self {
            Self::RenameTable { table, .. }
            | Self::DropTable { table }
            | Self::AddTable { table }
            | Self::RenameField { table, .. }
            | Self::DropField { table, .. }
            | Self::AddField { table, .. }
            | Self::MapValues { table, .. } => table,
        }
    }

    /// What is wrong with it: the name of the field of this message, what was expected, and what was found.
    fn fault(&self) -> Option<(&'static str, &'static str, Value)> {
        let field = match self {
            Self::RenameField { field, .. }
            | Self::DropField { field, .. }
            | Self::AddField { field, .. }
            | Self::MapValues { field, .. } => Some(field),
            _ => None,
        };
        if let Some(field) = field.filter(|field| !is_field(field)) {
            let expected = "a JSON Pointer to a field, such as /price or /lines/*/price";
            return Some(("field", expected, field.as_str().into()));
        }
        match self {
            Self::RenameField { to, .. } if to.starts_with('/') => {
                Some(("to", "a property's name, not a pointer", to.as_str().into()))
            }
            Self::RenameField { field, .. }
            | Self::DropField { field, .. }
            | Self::AddField { field, .. }
                if field.ends_with("/*") =>
            {
                Some(("field", "a name at the end", field.as_str().into()))
            }
            Self::MapValues { values, .. } => {
                let is_compound = |(old, _): &&(Value, Value)| old.is_object() || old.is_array();
                let old = values.iter().find(is_compound).map(|(old, _)| old.clone());
                let expected = "pairs that begin with a string, a number, true, false or null";
                old.map(|old| ("values", expected, old))
            }
            _ => None,
        }
    }
}

/// Whether it is a JSON Pointer to something in a record.
fn is_field(pointer: &str) -> bool {
    let mut escapes = pointer.split('~').skip(1);
    pointer.starts_with('/') && escapes.all(|rest| rest.starts_with(['0', '1']))
}

/// Checks what serde does not.
///
/// # Errors
///
/// `INVALID_MESSAGE`, with the path in the message.
pub(crate) fn check_migrations(migrations: &[Migration]) -> Result<()> {
    for (index, migration) in migrations.iter().enumerate() {
        let Migration { from, to, .. } = migration;
        let wrong = |at: &str, expected: &str, found: Value| {
            let path = format!("/config/migrations/{index}/{at}");
            Err(
                Error::new(ErrorCode::InvalidMessage, "A migration cannot be used.")
                    .with(|c| c.path = Some(path))
                    .expected(expected, found),
            )
        };
        if from >= to {
            return wrong("to", "a later version than `from`", (*to).into());
        }
        let mut earlier = migrations.iter().take(index);
        if earlier.any(|earlier| earlier.from == *from) {
            return wrong("from", "one migration from each version", (*from).into());
        }
        if migration.module.as_deref() == Some("") {
            return wrong("module", "the URL of a module", "".into());
        }
        for (number, step) in migration.steps.iter().enumerate() {
            if let Some((field, expected, found)) = step.fault() {
                return wrong(&format!("steps/{number}/{field}"), expected, found);
            }
        }
    }
    Ok(())
}

/// What migrations make of an archive on its way into the database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MigrationReport {
    /// The schema versions by which it goes, from the archive's to the app's.
    pub versions: Vec<u64>,
    /// What becomes of each table: those of the archive in its order, then those that are added.
    pub tables: Vec<MigratedTable>,
}

/// What migrations make of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct MigratedTable {
    /// Its name in the archive; absent when it is added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<String>,
    /// Its name in the database; absent when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Records that the archive holds of it.
    pub records: u64,
    /// Records that are others afterwards.
    pub changed: u64,
    /// Records that a function leaves out.
    pub removed: u64,
    /// Keys of some of them.
    pub examples: MigrationExamples,
}

/// The first few keys of each kind, as the archive has them. Very long ones are not shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MigrationExamples {
    /// Of records that are others afterwards.
    #[cfg_attr(feature = "typescript", ts(type = "unknown[]"))]
    pub changed: Vec<Value>,
    /// Of records that are left out.
    #[cfg_attr(feature = "typescript", ts(type = "unknown[]"))]
    pub removed: Vec<Value>,
}
