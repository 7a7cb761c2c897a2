//! The schema's tables and their parts.

use std::collections::BTreeMap;

use pos_backup_bridge::{
    BackupManifest, BackupMetadata, Error, Result, Schema, Sorted, SortedSet, StoreSchema,
};
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
    let mut parts = Vec::new();
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
        parts.push(((table, number), Some(entry)));
    }
    let mut parts: Parts<'_, '_> = parts.into_iter().collect();
    let tables = schema
        .stores
        .iter()
        .map(|store| take_table(store, &mut parts));
    let tables = tables.collect::<Result<Vec<_>>>()?;
    match parts.iter().find(|(_, part)| part.is_some()) {
        Some(((table, number), _)) => Err(invalid::<BackupManifest>(
            "The archive has a part that belongs to no table, or a gap before it.",
        )
        .in_table(table)
        .expected("parts numbered from 0 of a table of the schema", *number)),
        None => Ok(tables),
    }
}

/// Parts by table and number, until they are taken.
type Parts<'a, 'n> = Sorted<(&'a str, u32), Option<&'n Named<'n>>>;

/// Takes the parts of a table. A table that is there twice finds none the second time.
fn take_table<'a>(store: &'a StoreSchema, parts: &mut Parts<'a, '_>) -> Result<Table> {
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
        let part = parts.get_mut(&(store.name.as_str(), number));
        let Some(part) = part.and_then(Option::take) else {
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
            left_out: SortedSet::new(),
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
    let mut counts = BTreeMap::new();
    for table in tables.iter().filter(|table| !is_queue(table)) {
        counts.insert(table.schema.name.clone(), table.records);
    }
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
