//! The tables of a damaged archive: the parts that are whole, and the gaps between them.

use std::collections::HashSet;

use pos_backup_bridge::{
    EntryType, Error, ErrorCode, ManifestEntry, Missing, Sorted, SortedSet, StoreSchema, json,
};
use serde_json::value::RawValue;

use super::documents::Documents;
use super::{Salvaging, Sink, damage, missing_entry, unexpected};
use crate::archive::EntryName;
use crate::archive::check::blobs::Blobs;
use crate::archive::check::contents::compare;
use crate::archive::check::part::{LostLine, LostLines, PartToCheck, out_of_order};
use crate::archive::check::{Part, Table};
use crate::archive::directory::ZipEntry;
use crate::codec::Codec;
use crate::job::Outcome;
use crate::limits::{LOST_LINES_MAX, OMISSIONS_MAX};
use crate::record::{Key, KeyIn};
use crate::storage::ReadAt;

/// A part of a table that is there, that should be, or both.
#[derive(Default)]
struct Expected<'a> {
    listed: Option<&'a ManifestEntry>,
    entry: Option<ZipEntry>,
}

/// The parts of each table by their numbers; the action queue has no name.
type Parts<'a> = Sorted<Option<String>, Sorted<u32, Expected<'a>>>;

/// A part that is whole.
struct CheckedPart {
    part: Part,
    /// The records of it that are lost.
    lost: Vec<LostLine>,
    /// Its entry in a manifest.
    listed: ManifestEntry,
    /// The key of its last record, if it is known.
    last: Option<Key>,
}

fn place_of(name: &EntryName) -> Option<(Option<String>, u32)> {
    match name {
        EntryName::TablePart { table, number } => Some((Some(table.clone()), *number)),
        EntryName::ActionQueuePart { number } => Some((None, *number)),
        _ => None,
    }
}

fn part_name(table: &str, is_queue: bool, number: u32) -> EntryName {
    match is_queue {
        true => EntryName::ActionQueuePart { number },
        false => EntryName::TablePart {
            table: table.to_owned(),
            number,
        },
    }
}

impl<F: ReadAt, C: Codec> Salvaging<'_, F, C> {
    /// The tables, with the parts that are whole.
    pub(super) async fn tables(&mut self, documents: &Documents) -> Outcome<Vec<Table>> {
        let mut parts = self.parts(documents).await?;
        let mut sink = std::mem::take(&mut self.sink);
        let tables = self.tables_of(documents, &mut parts, &mut sink).await;
        self.sink = sink;
        tables
    }

    async fn tables_of(
        &self,
        documents: &Documents,
        parts: &mut Parts<'_>,
        sink: &mut Sink,
    ) -> Outcome<Vec<Table>> {
        let blobs = Blobs::of_reader(&self.reader);
        let mut tables = Vec::new();
        for store in &documents.schema.stores {
            let name = (!documents.is_queue(&store.name)).then(|| store.name.clone());
            let expected = parts.remove(&name).unwrap_or_default();
            // Whether it ever had an action queue, a lost schema does not say.
            let is_none = name.is_none() && documents.count(&store.name) == Some(0);
            if !documents.is_own_schema && expected.is_empty() && is_none {
                continue;
            }
            let table = self.table(store, expected, documents, &blobs, sink);
            tables.push(table.await?);
        }
        let homeless = std::mem::take(parts);
        let homes = homeless.keys().filter_map(Clone::clone);
        let stores = documents
            .schema
            .stores
            .iter()
            .map(|store| store.name.clone());
        let known: HashSet<_> = homes.chain(stores).collect();
        let is_known = |table: &String| known.contains(table);
        for (table, parts) in homeless {
            for (number, Expected { listed, .. }) in parts {
                let path = part_name(
                    table.as_deref().unwrap_or_default(),
                    table.is_none(),
                    number,
                );
                let message = "The archive holds a part of a table of which nothing is known.";
                let error = Error::new(ErrorCode::SchemaInvalid, message);
                sink.missing.add(Missing {
                    table: table.clone(),
                    records: listed.and_then(|listed| listed.records),
                    ..missing_entry(&path.to_string(), error)
                });
                self.job.breathe().await?;
            }
        }
        for (table, count) in documents.counts().filter(|(table, _)| !is_known(table)) {
            let path = part_name(table, false, 0).to_string();
            sink.missing.add(Missing {
                table: Some(table.clone()),
                records: Some(count),
                ..missing_entry(&path, self.lost(&path))
            });
        }
        Ok(tables)
    }

    async fn parts<'d>(&self, documents: &'d Documents) -> Outcome<Parts<'d>> {
        let mut parts = Parts::new();
        let listed = documents.manifest.iter().flat_map(|it| &it.entries);
        for listed in listed {
            self.job.breathe().await?;
            let name = EntryName::parse(&listed.path).ok();
            if let Some((table, number)) = name.as_ref().and_then(place_of) {
                let of_table = parts.or_insert_with(table, Sorted::new);
                let part = of_table.or_insert_with(number, Expected::default);
                part.listed = Some(listed);
            }
        }
        for entry in self.reader.entries() {
            self.job.breathe().await?;
            let name = self.names.get(&entry.name);
            if let Some((table, number)) = name.and_then(place_of) {
                let of_table = parts.or_insert_with(table, Sorted::new);
                let part = of_table.or_insert_with(number, Expected::default);
                part.entry = Some(entry.clone());
            }
        }
        Ok(parts)
    }

    async fn table(
        &self,
        store: &StoreSchema,
        expected: Sorted<u32, Expected<'_>>,
        documents: &Documents,
        blobs: &Blobs<'_, F>,
        sink: &mut Sink,
    ) -> Outcome<Table> {
        let is_queue = documents.is_queue(&store.name);
        let is_listed = documents.manifest.is_some();
        let mut table = Table::empty(store.clone());
        let (mut lines_lost, mut parts_lost) = (0, 0);
        let mut last_key = None;
        let mut next_number = 0;
        for (number, Expected { listed, entry }) in expected {
            self.job.breathe().await?;
            let path = part_name(&store.name, is_queue, number).to_string();
            if is_listed && listed.is_none() {
                // It is more than there should be, so that nothing is missing for it.
                sink.missing.add_entry(&path, unexpected());
                continue;
            }
            if number > next_number {
                // Without a manifest nobody knows whether these were ever there.
                let path = part_name(&store.name, is_queue, next_number).to_string();
                add_part(sink, &mut table, &path, None, self.lost(&path));
                parts_lost += 1;
            }
            next_number = number.saturating_add(1);
            let checked = match &entry {
                None => Err(self.lost(&path).into()),
                Some(entry) => {
                    let room = OMISSIONS_MAX.saturating_sub(sink.missing.report.missing.len());
                    let lost = LostLines::up_to(room.min(LOST_LINES_MAX));
                    let after = last_key.as_ref();
                    self.part(store, entry, listed, after, blobs, lost).await
                }
            };
            let CheckedPart {
                part,
                lost,
                listed,
                last,
            } = match checked {
                Ok(checked) => checked,
                Err(stop) => {
                    add_part(sink, &mut table, &path, listed, damage(stop)?);
                    parts_lost += 1;
                    continue;
                }
            };
            last_key = last.or(last_key);
            lines_lost += lost.len() as u64;
            for (before, line) in (0..).zip(lost) {
                table.gaps.insert(table.records + line.index - before);
                sink.missing.add(Missing {
                    table: Some(store.name.clone()),
                    records: Some(1),
                    key: line.key,
                    ..missing_entry(&path, line.error)
                });
            }
            table.records += part.records;
            table.bytes += part.entry.bytes;
            table.parts.push(part);
            sink.whole.push(listed);
        }
        let found = table.records + lines_lost;
        match (is_listed, documents.count(&store.name)) {
            (true, _) if next_number > 0 => {}
            (_, Some(count)) if count == found && parts_lost == 0 => {}
            // What comes after the last part is missing, and nothing else.
            (_, Some(count)) if count > found && parts_lost == 0 => {
                let path = part_name(&store.name, is_queue, next_number).to_string();
                sink.missing.add(Missing {
                    table: Some(store.name.clone()),
                    records: Some(count - found),
                    ..missing_entry(&path, self.lost(&path))
                });
                table.gaps.insert(table.records);
            }
            _ => {
                let path = part_name(&store.name, is_queue, next_number).to_string();
                let message = "Nobody knows whether the archive held more records of this table.";
                let error = Error::new(ErrorCode::EntryMissing, message);
                sink.missing.add(Missing {
                    table: Some(store.name.clone()),
                    ..missing_entry(&path, error)
                });
                table.gaps.insert(table.records);
                sink.missing.report.complete = false;
            }
        }
        Ok(table)
    }

    /// Checks a part, which comes after a record of this key.
    async fn part(
        &self,
        store: &StoreSchema,
        entry: &ZipEntry,
        listed: Option<&ManifestEntry>,
        after: Option<&Key>,
        blobs: &Blobs<'_, F>,
        mut lost: LostLines,
    ) -> Outcome<CheckedPart> {
        let name = EntryName::parse(&entry.name)?;
        let mut content = Vec::new();
        let checksum = self.read(entry, &name, &mut content, true).await?;
        if let Some(listed) = listed {
            compare(entry, &listed.checksum, checksum.clone())?;
        }
        let lines = content.iter().filter(|byte| **byte == b'\n').count() as u64;
        let listed = match listed {
            Some(listed) => listed.clone(),
            None => ManifestEntry {
                path: entry.name.clone(),
                checksum: checksum.clone(),
                size: entry.bytes,
                entry_type: match name {
                    EntryName::ActionQueuePart { .. } => EntryType::ActionQueue,
                    _ => EntryType::Database,
                },
                table: Some(store.name.clone()),
                records: Some(lines),
                first_key: None,
                last_key: None,
            },
        };
        let part = PartToCheck {
            table: &store.name,
            listed: &listed,
            key_in: KeyIn::of(store.key_path.as_ref()),
        };
        let checking = part.check_each(self.job, &content, blobs, self.codec, Some(&mut lost));
        let [first, last] = checking.await?;
        // A name is not under the CRC-32: this part may be another one.
        if first
            .zip(after)
            .is_some_and(|(first, after)| first <= *after)
        {
            return Err(out_of_order().into());
        }
        let lost = lost.lines;
        let left_out: SortedSet<_> = lost.iter().map(|line| line.index).collect();
        let part = Part {
            entry: entry.clone(),
            checksum,
            records: lines - left_out.len() as u64,
            keys: [None, None],
            left_out,
        };
        Ok(CheckedPart {
            part,
            lost,
            listed,
            last,
        })
    }
}

/// Notes a part that is missing.
fn add_part(
    sink: &mut Sink,
    table: &mut Table,
    path: &str,
    listed: Option<&ManifestEntry>,
    error: Error,
) {
    let key = |key: Option<&RawValue>| json::value(key?.get());
    table.gaps.insert(table.records);
    sink.missing.add(Missing {
        table: Some(table.schema.name.clone()),
        records: listed.and_then(|listed| listed.records),
        first_key: key(listed.and_then(|listed| listed.first_key.as_deref())),
        last_key: key(listed.and_then(|listed| listed.last_key.as_deref())),
        ..missing_entry(path, error.in_table(&table.schema.name))
    });
}
