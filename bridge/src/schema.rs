//! `schema.json` of an archive: what the database's stores look like.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::json;

/// The database's shape (`schema.json`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// The database.
    pub database: DatabaseSchema,
    /// The store that holds the queue of pending actions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_queue: Option<String>,
    /// The stores in the archive, in the database's order.
    pub stores: Vec<StoreSchema>,
    /// Whether the database has stores that the archive lacks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<bool>"))]
    pub partial: bool,
}

/// The database's name and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DatabaseSchema {
    /// Its name.
    pub name: String,
    /// Its version, as IndexedDB counts (Dexie's times ten): at most 2⁵³ − 1.
    pub version: u64,
}

/// One object store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct StoreSchema {
    /// Its name.
    pub name: String,
    /// Where in the record the key is; null when keys are out of line.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub key_path: Option<KeyPath>,
    /// Whether it generates keys.
    pub auto_increment: bool,
    /// The next key it will generate, where it generates any.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "as_whole_number"
    )]
    pub next_key: Option<f64>,
    /// Its indexes.
    pub indexes: Vec<IndexSchema>,
}

/// A whole number without a fraction of zero: some readers tell `8001.0` from an integer.
fn as_whole_number<S: Serializer>(number: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    /// Number.MAX_SAFE_INTEGER: what is larger does not cross to a page as an integer.
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    match *number {
        Some(number) if number.fract() == 0.0 && (0.0..=LARGEST).contains(&number) => {
            serializer.serialize_u64(number as u64)
        }
        other => other.serialize(serializer),
    }
}

/// One index of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct IndexSchema {
    /// Its name.
    pub name: String,
    /// What it indexes.
    pub key_path: KeyPath,
    /// Whether two records may not share a key.
    pub unique: bool,
    /// Whether an array adds an entry per element.
    pub multi_entry: bool,
}

/// A key path: one path, or the several of a compound key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(untagged)]
pub enum KeyPath {
    /// One path, with dots between the steps; the empty path is the record itself.
    Single(String),
    /// The paths of a compound key.
    Compound(Vec<String>),
}

// serde's own code for such an enum reads everything into a copy first, and tries that.
impl<'de> Deserialize<'de> for KeyPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let single = json::read(text.get()).map(Self::Single);
        let path = single.or_else(|_| json::read(text.get()).map(Self::Compound));
        path.map_err(|_| {
            D::Error::custom("data did not match any variant of untagged enum KeyPath")
        })
    }
}
