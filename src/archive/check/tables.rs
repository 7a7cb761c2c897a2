//! The schema's tables and their parts.

use std::collections::{BTreeMap, BTreeSet};

use pos_backup_bridge::{BackupManifest, BackupMetadata, Error, Result, Schema, StoreSchema};
use serde_json::value::RawValue;

use super::listing::Named;
use super::part::out_of_order;
use super::structure::disagrees;
use super::{Part, Table};
use crate::archive::EntryName;
use crate::archive::documents::invalid;
use crate::archive::gaps::Gaps;
use crate::record::Key;

/// The parts of each table, numbered without gaps.
pub(super) fn collect_tables(schema: &Schema, named: &[Named<'_>]) -> Result<Vec<Table>> {
    let queue = schema.action_queue.as_deref();
    if queue.is_some_and(|queue| schema.stores.iter().all(|store| store.name != queue)) {
        return Err(disagrees::<Schema>("/actionQueue"));
    }
    let mut parts: BTreeMap<(&str, u32), &Named<'_>> = BTreeMap::new();
    for entry in named {
        let (table, number) = match entry.name {
            EntryName::TablePart { table, number } if Some(table.as_str()) != queue => {
                (table.as_str(), *number)
            }
            EntryName::ActionQueuePart { number } if entry.listed.table.as_deref() == queue => {
                (queue.unwrap_or_default(), *number)
            }
            // The action queue's parts are in its own folder, and no other's are.
            EntryName::TablePart { .. } | EntryName::ActionQueuePart { .. } => {
                return Err(disagrees::<Schema>("/actionQueue")
                    .expected(entry.listed.path.as_str(), schema.action_queue.clone()));
            }
            _ => continue,
        };
        parts.insert((table, number), entry);
    }
    let tables = schema
        .stores
        .iter()
        .map(|store| take_table(store, &mut parts));
    let tables = tables.collect::<Result<Vec<_>>>()?;
    match parts.first_key_value() {
        Some(((table, number), _)) => Err(invalid::<BackupManifest>(
            "The archive has a part that belongs to no table, or a gap before it.",
        )
        .in_table(table)
        .expected("parts numbered from 0 of a table of the schema", *number)),
        None => Ok(tables),
    }
}

/// Takes the parts of a table. A table that is there twice finds none the second time.
fn take_table<'a>(
    store: &'a StoreSchema,
    parts: &mut BTreeMap<(&'a str, u32), &Named<'_>>,
) -> Result<Table> {
    let mut table = Table {
        schema: store.clone(),
        records: 0,
        bytes: 0,
        lowest: None,
        gaps: Gaps::default(),
        parts: Vec::new(),
    };
    let mut last_key: Option<Key> = None;
    for number in 0.. {
        let Some(part) = parts.remove(&(store.name.as_str(), number)) else {
            break;
        };
        let records = part.listed.records.unwrap_or_default();
        let key = |listed: &Option<Box<RawValue>>| Key::read(listed.as_deref()?).ok().flatten();
        if let (Some(last), Some(first)) = (&last_key, key(&part.listed.first_key))
            && *last >= first
        {
            return Err(out_of_order()
                .in_table(&store.name)
                .in_entry(&part.listed.path));
        }
        last_key = key(&part.listed.last_key);
        table.records += records;
        table.bytes += part.listed.size;
        table.parts.push(Part {
            entry: part.entry.clone(),
            checksum: part.listed.checksum.clone(),
            records,
            keys: [part.listed.first_key.clone(), part.listed.last_key.clone()],
            left_out: BTreeSet::new(),
        });
    }
    if table.parts.is_empty() {
        return Err(
            invalid::<Schema>("The schema has a table without parts, or one twice.")
                .in_table(&store.name),
        );
    }
    Ok(table)
}

/// The metadata's counts are those of the parts.
pub(super) fn check_counts(
    metadata: &BackupMetadata,
    schema: &Schema,
    tables: &[Table],
) -> Result<()> {
    let is_queue = |table: &&Table| schema.action_queue.as_ref() == Some(&table.schema.name);
    let counts: BTreeMap<_, _> = tables
        .iter()
        .filter(|table| !is_queue(table))
        .map(|table| (table.schema.name.clone(), table.records))
        .collect();
    let wrong = |path: &str| -> Result<(), Error> { Err(disagrees::<BackupMetadata>(path)) };
    if counts != metadata.tables {
        return wrong("/tables");
    }
    let queue = tables.iter().find(is_queue);
    if queue.map_or(0, |table| table.records) != metadata.action_queue_count {
        return wrong("/actionQueueCount");
    }
    Ok(())
}
