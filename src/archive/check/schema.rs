//! A schema that a browser takes: what `createObjectStore` and `createIndex` refuse is found with the archive.

use std::collections::HashSet;

use pos_backup_bridge::{Error, IndexSchema, KeyPath, Result, Schema, StoreSchema};

use crate::archive::documents::invalid;
use crate::limits::SAFE_INTEGER_MAX;

/// What stands for the next key of a generator that has given its last one: more than any other.
const NEXT_KEY_MAX: f64 = 9_007_199_254_740_994.0;

pub(super) fn check_schema(schema: &Schema) -> Result<()> {
    let version = schema.database.version;
    if !(1..=SAFE_INTEGER_MAX).contains(&version) {
        return Err(wrong("/database/version").expected("a version from 1 to 2^53 - 1", version));
    }
    let mut stores = schema.stores.iter().enumerate();
    stores.try_for_each(|(index, store)| {
        check_store(store, &format!("/stores/{index}")).map_err(|error| error.in_table(&store.name))
    })
}

fn check_store(store: &StoreSchema, at: &str) -> Result<()> {
    if let Some(path) = &store.key_path {
        check_key_path(path, &format!("{at}/keyPath"))?;
        let is_generated = matches!(path, KeyPath::Single(path) if !path.is_empty());
        if store.auto_increment && !is_generated {
            return Err(wrong(&format!("{at}/autoIncrement")).expected(
                "a key path of one name at least, where keys are generated",
                true,
            ));
        }
    }
    if let Some(next) = store.next_key
        && !(next.fract() == 0.0 && (1.0..=NEXT_KEY_MAX).contains(&next))
    {
        let path = format!("{at}/nextKey");
        return Err(wrong(&path).expected(format!("a whole number from 1 to {NEXT_KEY_MAX}"), next));
    }
    let mut names = HashSet::new();
    for (number, index) in store.indexes.iter().enumerate() {
        let at = format!("{at}/indexes/{number}");
        let IndexSchema { name, key_path, .. } = index;
        if !names.insert(name) {
            return Err(wrong(&format!("{at}/name")).expected("each name once", name.as_str()));
        }
        check_key_path(key_path, &format!("{at}/keyPath"))?;
        if index.multi_entry && matches!(key_path, KeyPath::Compound(_)) {
            return Err(wrong(&format!("{at}/multiEntry")).expected(
                "no compound key path, where an array adds an entry per element",
                true,
            ));
        }
    }
    Ok(())
}

fn check_key_path(path: &KeyPath, at: &str) -> Result<()> {
    let paths = match path {
        KeyPath::Single(path) => std::slice::from_ref(path),
        KeyPath::Compound(paths) => paths,
    };
    let wrong = |found: &str| {
        wrong(at).expected(
            "names of JavaScript with dots between them, or nothing",
            found,
        )
    };
    match paths.iter().find(|path| !is_key_path(path)) {
        Some(path) => Err(wrong(path)),
        None if paths.is_empty() => Err(wrong("[]")),
        None => Ok(()),
    }
}

/// Of characters that are not ASCII only the browser knows which ones a name may have.
fn is_key_path(path: &str) -> bool {
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '$') || !c.is_ascii();
    let is_name = |name: &str| {
        name.starts_with(begins) && name.chars().all(|c| begins(c) || c.is_ascii_digit())
    };
    path.is_empty() || path.split('.').all(is_name)
}

fn wrong(path: &str) -> Error {
    invalid::<Schema>("The schema is one that no database can have.")
        .with(|c| c.path = Some(path.to_owned()))
}
