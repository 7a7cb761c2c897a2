//! What is whole of a damaged archive is brought back, and what is missing is listed.

use std::collections::{BTreeMap, BTreeSet};

use pos_backup::archive::Sha256Hex;
use pos_backup::bridge::{
    ErrorCode, Migration, Missing, RestoreMode, RestoreOptions, RestorePlan, RestoreResult,
    SalvageReport, Validate,
};
use pos_backup::job::Stop;
use pos_backup::memory::{MemoryTable, Steps, Strike};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::testkit::archive::Archive;
use crate::testkit::world::{World, failed, ok};

/// Ids of the records of the table `orders`, three to a part.
const ARCHIVED: [u32; 12] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120];

/// What the database has of it: some others, some between them.
const LIVE: [u32; 9] = [5, 10, 25, 45, 50, 75, 105, 120, 130];

fn orders(ids: &[u32], value: &str) -> MemoryTable {
    let line = |id: &u32| format!("{{\"v\":{{\"id\":{id},\"x\":\"{value}\"}}}}\n");
    MemoryTable::new("orders", true, ids.iter().map(line).collect())
}

fn notes(names: &[&str]) -> MemoryTable {
    let line = |name: &&str| format!("{{\"v\":\"note\",\"k\":\"{name}\"}}\n");
    MemoryTable::new("notes", false, names.iter().map(line).collect())
}

fn archived_till() -> Vec<MemoryTable> {
    vec![
        orders(&ARCHIVED, "archived"),
        notes(&["a", "b"]),
        MemoryTable::new("empty", true, Vec::new()),
        MemoryTable::new("actionQueue", true, vec!["{\"v\":{\"id\":1}}\n".to_owned()]),
    ]
}

fn live_till() -> Vec<MemoryTable> {
    vec![
        orders(&LIVE, "live"),
        notes(&["b", "c"]),
        MemoryTable::new("empty", true, vec!["{\"v\":{\"id\":1}}\n".to_owned()]),
        MemoryTable::new("actionQueue", true, Vec::new()),
    ]
}

/// An archive in which `orders` has four parts.
fn archive() -> Archive {
    let mut archive = Archive::read(&World::new(archived_till()).archive());
    split(&mut archive, 3);
    archive
}

fn split(archive: &mut Archive, records: usize) {
    let first = "database/orders/000000.ndjson";
    let text = archive.text(first).to_owned();
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let at = archive.names().iter().position(|name| *name == first);
    let at = at.expect("the part");
    archive.entries.remove(at);
    let mut listed = Vec::new();
    for (number, lines) in lines.chunks(records).enumerate() {
        let path = format!("database/orders/{number:06}.ndjson");
        let id = |line: &str| serde_json::from_str::<Value>(line).expect("JSON")["v"]["id"].clone();
        listed.push(json!({
            "path": path, "type": "database", "table": "orders", "checksum": "", "size": 0,
            "records": lines.len(), "firstKey": id(lines[0]), "lastKey": id(lines[lines.len() - 1]),
        }));
        let content = lines.concat().into_bytes();
        archive.entries.insert(at + number, (path, content));
    }
    archive.edit("manifest.json", |manifest| {
        let entries = manifest["entries"].as_array_mut().expect("entries");
        let at = entries.iter().position(|entry| entry["path"] == first);
        let at = at.expect("the part");
        entries.splice(at..=at, listed);
    });
    archive.consistent();
}

fn salvaging() -> RestoreOptions {
    RestoreOptions {
        salvage: true,
        ..RestoreOptions::default()
    }
}

/// Plans and restores, and checks that both say the same.
fn salvage(file: &[u8]) -> (World, RestoreResult, SalvageReport) {
    let world = World::new(live_till());
    let (result, report) = salvage_into(&world, file, &salvaging());
    (world, result, report)
}

fn salvage_into(
    world: &World,
    file: &[u8],
    options: &RestoreOptions,
) -> (RestoreResult, SalvageReport) {
    let plan = ok(world.plan(file, options.clone()));
    let result = ok(world.restore(file, options.clone()));
    assert_eq!(result.salvage, plan.salvage);
    assert_eq!(done(&result), planned(&plan));
    let report = result.salvage.clone().expect("a report");
    (result, report)
}

type Numbers = BTreeMap<String, [u64; 4]>;

fn planned(plan: &RestorePlan) -> Numbers {
    let tables = plan.tables.iter();
    tables
        .map(|t| (t.table.clone(), [t.unchanged, t.add, t.change, t.delete]))
        .collect()
}

fn done(result: &RestoreResult) -> Numbers {
    let tables = result.tables.iter();
    tables
        .map(|t| (t.table.clone(), [t.unchanged, t.add, t.change, t.delete]))
        .collect()
}

fn entries(report: &SalvageReport) -> Vec<&str> {
    let missing = report.missing.iter();
    missing.map(|missing| missing.entry.as_str()).collect()
}

/// The ids of `orders`, and whose value each has.
fn held(world: &World) -> Vec<(u32, bool)> {
    let lines = world.database.tables()[0].lines.clone();
    let read = lines.iter().map(|line| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let id = line["v"]["id"].as_u64().expect("an id");
        (id as u32, line["v"]["x"] == "archived")
    });
    read.collect()
}

/// What `orders` is to hold when these parts are missing: what there is between the ones around them stays.
fn without_parts(missing: &[usize]) -> Vec<(u32, bool)> {
    let parts: Vec<_> = ARCHIVED.chunks(3).collect();
    let mut held = BTreeMap::new();
    for (number, part) in parts.iter().enumerate() {
        if !missing.contains(&number) {
            held.extend(part.iter().map(|id| (*id, true)));
        }
    }
    for number in missing {
        let whole = |other: &usize| !missing.contains(other);
        let before = (0..*number).rev().find(whole);
        let before = before.and_then(|before| parts[before].last().copied());
        let after = (*number..parts.len())
            .find(whole)
            .map(|after| parts[after][0]);
        let is_between = |id: &&u32| Some(**id) > before && after.is_none_or(|after| **id < after);
        held.extend(LIVE.iter().filter(is_between).map(|id| (*id, false)));
    }
    held.into_iter().collect()
}

/// Breaks the data of an entry.
fn broken(archive: &Archive, name: &str) -> Vec<u8> {
    let mut zip = archive.zip();
    zip.comment = Vec::new();
    let entry = zip.entry(name);
    let mut data = crate::testkit::zip::deflate(&entry.content);
    let middle = data.len() / 2;
    data[middle] ^= 0xff;
    entry.data = Some(data);
    zip.bytes()
}

#[test]
fn a_part_that_is_damaged_is_missing_and_no_other() {
    let archive = archive();
    for number in 0..4 {
        let name = format!("database/orders/{number:06}.ndjson");
        let file = broken(&archive, &name);
        let refused = failed(World::new(live_till()).restore(&file, RestoreOptions::default()));
        assert_eq!(refused.code, ErrorCode::ChecksumMismatch);

        let (world, result, report) = salvage(&file);
        assert!(report.complete);
        assert_eq!(report.unlisted, 0);
        let [missing] = &report.missing[..] else {
            panic!("{report:?}")
        };
        let ids = &ARCHIVED[number * 3..][..3];
        let expected = Missing {
            entry: name,
            table: Some("orders".to_owned()),
            records: Some(3),
            first_key: Some(ids[0].into()),
            last_key: Some(ids[2].into()),
            key: None,
            error: missing.error.clone(),
        };
        assert_eq!(*missing, expected);
        assert_eq!(missing.error.code, ErrorCode::ChecksumMismatch);
        assert_eq!(held(&world), without_parts(&[number]));
        let tables = world.database.tables();
        assert_eq!(tables[1..], archived_till()[1..]);
        let warning = &result.warnings[0];
        assert_eq!(warning.code, Some(ErrorCode::ArchiveDamaged));
        assert_eq!(result.metadata.tables["orders"], 12);
        // What is kept can be brought back.
        ok(world.restore(
            world
                .storage
                .archive(&result.safety_backup.expect("a copy").backup_id)
                .expect("it"),
            RestoreOptions::default(),
        ));
        assert_eq!(world.database.tables(), live_till());
    }
}

#[test]
fn modes_and_full_validation_go_on_working() {
    let file = broken(&archive(), "database/orders/000001.ndjson");
    for (mode, ids) in [
        (RestoreMode::Merge, vec![5, 10, 20, 25, 30, 45, 50, 70, 75]),
        (RestoreMode::Fill, vec![5, 10, 20, 25, 30, 45, 50, 70, 75]),
    ] {
        let world = World::new(live_till());
        let options = RestoreOptions {
            mode,
            validate: Validate::Full,
            ..salvaging()
        };
        salvage_into(&world, &file, &options);
        let held: Vec<_> = held(&world).iter().map(|(id, _)| *id).take(9).collect();
        assert_eq!(held, ids);
    }
    let world = World::new(live_till());
    let options = RestoreOptions {
        validate: Validate::Full,
        ..salvaging()
    };
    salvage_into(&world, &file, &options);
    assert_eq!(held(&world), without_parts(&[1]));
}

#[test]
fn an_archive_that_is_whole_has_no_report() {
    let world = World::new(live_till());
    let result = ok(world.restore(archive().sealed(), salvaging()));
    assert_eq!(result.salvage, None);
    assert_eq!(world.database.tables(), archived_till());
}

#[test]
fn an_archive_that_is_cut_off_gives_what_comes_before() {
    let archive = archive();
    let zip = archive.zip();
    let file = zip.bytes();
    let parts: Vec<_> = archive
        .names()
        .iter()
        .map(|name| name.starts_with("database/orders"))
        .collect();
    for (index, name) in archive.names().iter().enumerate().skip(1) {
        // In the middle of this entry's header.
        let cut = &file[..zip.offset_of(index) as usize + 15];
        let whole = parts[..index].iter().filter(|is_part| **is_part).count();
        let world = World::new(live_till());
        if archive.names()[..index]
            .iter()
            .all(|name| *name == "schema.json")
        {
            let error = failed(world.restore(cut, salvaging()));
            assert_eq!(error.code, ErrorCode::ArchiveTruncated, "{name}");
            continue;
        }
        let (_, report) = salvage_into(&world, cut, &salvaging());
        assert!(entries(&report).contains(&"manifest.json"), "{name}");
        let missing: Vec<_> = (whole..4).collect();
        let expected = match index == archive.names().len() - 1 {
            // The metadata say how many records there were.
            true => ARCHIVED.iter().map(|id| (*id, true)).collect(),
            false if missing.is_empty() => {
                let mut all: BTreeMap<_, _> = ARCHIVED.iter().map(|id| (*id, true)).collect();
                // Whether there was more, nobody knows.
                all.insert(130, false);
                all.into_iter().collect()
            }
            false => without_parts(&missing),
        };
        assert_eq!(held(&world), expected, "cut off at {name}");
        assert_eq!(report.complete, *name == "manifest.json", "{name}");
    }
}

#[test]
fn without_the_manifest_the_metadata_tell_what_is_missing() {
    let mut archive = archive();
    let file = broken(&archive, "manifest.json");
    let (world, _, report) = salvage(&file);
    assert_eq!(entries(&report), ["manifest.json"]);
    assert!(report.complete);
    assert_eq!(world.database.tables(), archived_till());

    for (removed, listed) in [("000003", true), ("000001", false)] {
        let mut archive = archive.clone();
        let name = format!("database/orders/{removed}.ndjson");
        let file = broken(archive.remove(&name), "manifest.json");
        let (world, _, report) = salvage(&file);
        // Perhaps there was more at the end too.
        let mut expected = vec!["manifest.json", &name];
        expected.extend((!listed).then_some("database/orders/000004.ndjson"));
        assert_eq!(entries(&report), expected);
        let records = listed.then_some(3);
        assert_eq!(report.missing[1].records, records);
        assert_eq!(report.complete, listed);
        let mut expected = without_parts(&[if listed { 3 } else { 1 }]);
        if !listed {
            // Perhaps there was more at the end too.
            expected.push((130, false));
        }
        assert_eq!(held(&world), expected);
    }

    // An edited manifest proves nothing.
    archive.relist("database/orders/000000.ndjson", |entry| {
        entry["size"] = 2.into()
    });
    let (_, _, report) = salvage(&archive.sealed());
    assert_eq!(entries(&report), ["manifest.json"]);
}

#[test]
fn other_documents_can_be_lost_too() {
    for document in ["schema.json", "metadata.json"] {
        let (world, result, report) = salvage(&broken(&archive(), document));
        assert_eq!(entries(&report), [document]);
        assert!(report.complete);
        let mut tables = world.database.tables();
        // Without a schema nobody knows of a generator's next key.
        tables
            .iter_mut()
            .for_each(|table| table.schema.next_key = None);
        assert_eq!(tables, archived_till());
        let is_known = document == "schema.json";
        assert_eq!(result.metadata.app_version == "2.3.0", is_known);
    }
    // Of a database that does not exist there must be a schema.
    let mut world = World::new(Vec::new());
    world.database = pos_backup::memory::MemoryDatabase::missing("pos", &world.steps);
    let error = failed(world.restore(broken(&archive(), "schema.json"), salvaging()));
    assert_eq!(error.code, ErrorCode::ChecksumMismatch);
    let file = broken(&archive(), "database/notes/000000.ndjson");
    let result = ok(world.restore(&file, salvaging()));
    assert_eq!(
        entries(result.salvage.as_ref().expect("a report")),
        ["database/notes/000000.ndjson"]
    );
    assert_eq!(world.database.tables()[1].lines.len(), 0);
}

#[test]
fn a_directory_or_a_header_can_be_lost_too() {
    let archive = archive();
    let whole = archive.zip().bytes();
    let offset = archive.zip().offset_of(2) as usize;
    let directory = whole.len() - 22 - 200;
    for at in [0, offset, offset + 26, directory, whole.len() - 22] {
        let mut file = whole.clone();
        file[at] ^= 0xff;
        let (_, _, report) = salvage(&file);
        let missing = entries(&report);
        assert!(missing.len() <= 1, "byte {at}: {missing:?}");
        assert!(report.complete, "byte {at}");
    }
}

#[test]
fn a_record_whose_large_value_is_lost_stays_as_it_is() {
    let value = vec![7; 5000];
    let world = World::new(live_till());
    let sha256 = world.database.add_blob(&value);
    let mut sum = Sha256Hex::default();
    sum.update(&value);
    assert_eq!(sum.finish(), sha256);
    let mut tables = archived_till();
    tables[0].lines[4] = format!(
        "{{\"v\":{{\"id\":50,\"x\":{{\"blob\":\"{sha256}\",\"size\":5000}}}},\"t\":{{\"/x\":\"arraybuffer\"}}}}\n"
    );
    let whole = World::new(tables);
    whole.database.add_blob(&value);
    let mut archive = Archive::read(&whole.archive());
    split(&mut archive, 3);
    let blob = format!("blobs/{sha256}");
    let (_, report) = salvage_into(&world, &broken(&archive, &blob), &salvaging());
    assert_eq!(
        entries(&report),
        [blob.as_str(), "database/orders/000001.ndjson"]
    );
    let record = &report.missing[1];
    assert_eq!(
        (record.records, record.key.clone()),
        (Some(1), Some(50.into()))
    );
    assert_eq!(record.error.context.line, Some(2));
    let held: Vec<_> = held(&world)
        .into_iter()
        .filter(|(id, _)| (40..61).contains(id))
        .collect();
    // Between 40 and 60 nobody knows what there was but 50.
    assert_eq!(held, [(40, true), (45, false), (50, false), (60, true)]);
}

#[test]
fn of_files_those_that_are_lost_stay() {
    let archive = archive();
    let path = "files/logo.png";
    let world = World::new(live_till());
    world
        .page
        .assets
        .borrow_mut()
        .insert(path.to_owned(), b"mine".to_vec());
    world
        .page
        .assets
        .borrow_mut()
        .insert("files/other".to_owned(), b"mine too".to_vec());
    let (_, report) = salvage_into(&world, &broken(&archive, path), &salvaging());
    assert_eq!(entries(&report), [path]);
    let held = world.page.assets.borrow().clone();
    assert_eq!(held[path], b"mine");
    assert!(
        !held.contains_key("files/other"),
        "the archive's files are all there are"
    );
    assert!(held.contains_key("files/localStorage.json"));
}

#[test]
fn what_is_nothing_of_ours_is_refused_as_ever() {
    for file in [&b"PK\x03\x04 no archive at all"[..], b"", b"text"] {
        let error = failed(World::new(live_till()).restore(file, salvaging()));
        let plain = failed(World::new(live_till()).restore(file, RestoreOptions::default()));
        assert_eq!(error, plain);
    }
    let mut newer = archive();
    newer.edit("metadata.json", |metadata| {
        metadata["version"] = "2.0".into()
    });
    let file = broken(newer.consistent(), "database/notes/000000.ndjson");
    let error = failed(World::new(live_till()).restore(&file, salvaging()));
    assert_eq!(error.code, ErrorCode::FormatTooNew);
}

/// A world whose app is a version ahead, with a function to get there.
fn migrating_world() -> World {
    let mut world = World::new(live_till());
    world.config.schema_version = Some(11);
    world.config.migrations = vec![Migration {
        from: 10,
        to: 11,
        steps: Vec::new(),
        module: Some("m.js".to_owned()),
    }];
    world
}

#[test]
fn a_damaged_archive_of_an_older_schema_is_migrated_too() {
    let mut world = migrating_world();
    world.codec.migrate = |_, line| (!line.contains("\"id\":20,")).then(|| line.to_owned());
    let file = broken(&archive(), "database/orders/000001.ndjson");
    let (result, _) = salvage_into(&world, &file, &salvaging());
    assert!(result.migration.is_some());
    let mut expected = without_parts(&[1]);
    expected.retain(|(id, _)| *id != 20);
    assert_eq!(held(&world), expected);
}

#[test]
fn each_step_of_it_may_fail() {
    let file = broken(&archive(), "database/orders/000001.ndjson");
    let calm = World::new(live_till());
    ok(calm.restore(&file, salvaging()));
    for strike in [Strike::Fail, Strike::Cancel] {
        for (step, name) in calm.steps.names().iter().enumerate() {
            let world = World::with_steps(live_till(), &Steps::strike_at(step, strike));
            let outcome = world.restore(&file, salvaging());
            let after = world.database.tables();
            match outcome {
                Ok(_) => assert_eq!(after, calm.database.tables(), "{name}"),
                Err(_) => assert_eq!(after, live_till(), "{strike:?} at {name}, step {step}"),
            }
        }
    }
}

/// Without its manifest and its directory, so that the local headers are all there is.
fn headers_only(archive: &mut Archive) -> Vec<u8> {
    let zip = archive.remove("manifest.json").zip();
    let file = zip.bytes();
    let end = zip.offset_of(zip.entries.len()) as usize;
    file[..end].to_vec()
}

#[test]
fn tables_of_which_the_archive_says_nothing_are_left_alone() {
    // A backup of one table, whose schema is lost.
    let world = World::new(archived_till());
    let options = pos_backup::bridge::BackupOptions {
        tables: Some(vec!["orders".to_owned()]),
        ..Default::default()
    };
    ok(world.backup(options, Default::default()));
    let archived = world
        .storage
        .archive(crate::testkit::world::BACKUP_ID)
        .expect("it");
    let mut archive = Archive::read(&archived);
    let (world, result, _) = salvage(&broken(&archive, "schema.json"));
    assert_eq!(world.database.tables()[1..], live_till()[1..]);
    assert_eq!(result.tables.len(), 1);
    let (world, _, _) = salvage(&broken(archive.remove("manifest.json"), "schema.json"));
    assert_eq!(world.database.tables()[1..], live_till()[1..]);

    // All parts of a table are lost with the schema and the manifest: it is missing, and not empty.
    let mut archive = self::archive();
    archive
        .remove("manifest.json")
        .remove("database/notes/000000.ndjson");
    let (world, _, report) = salvage(&broken(&archive, "schema.json"));
    assert!(
        entries(&report).contains(&"database/notes/000000.ndjson"),
        "{report:?}"
    );
    assert_eq!(world.database.tables()[1], {
        let mut notes = live_till().remove(1);
        notes.schema.next_key = world.database.tables()[1].schema.next_key;
        notes
    });

    // A ZIP of something else.
    let mut foreign = Archive {
        entries: Vec::new(),
    };
    foreign.add("files/x", "text");
    let error = failed(World::new(live_till()).restore(foreign.zip().bytes(), salvaging()));
    assert_eq!(error.code, ErrorCode::ManifestInvalid);
}

#[test]
fn an_archive_within_the_archive_is_none_of_its_own() {
    let mut inner_till = archived_till();
    inner_till[0] = orders(&[1, 2, 3], "inner");
    let inner = World::new(inner_till).archive();
    let mut archive = archive();
    archive
        .entries
        .insert(1, ("files/backup.zip".to_owned(), inner.clone()));
    archive.list("files/backup.zip", "file");
    archive.edit("metadata.json", |metadata| {
        metadata["fileAssets"]
            .as_array_mut()
            .expect("files")
            .push("backup.zip".into());
    });
    archive.consistent();
    let mut zip = archive.zip();
    zip.entry("files/backup.zip").method = crate::testkit::zip::STORED;
    let file = zip.bytes();
    ok(World::new(live_till()).restore(&file, RestoreOptions::default()));
    let (start, end) = (zip.offset_of(1) as usize, zip.offset_of(2) as usize);
    let directory = zip.offset_of(zip.entries.len()) as usize;
    let inner_at = end - inner.len();
    // Cut off within it; its header damaged and the directory lost.
    let mut damaged = file[..directory].to_vec();
    damaged[start] ^= 0xff;
    for file in [file[..inner_at + inner.len() / 2].to_vec(), damaged] {
        let world = World::new(live_till());
        let Ok(result) = world.restore(&file, salvaging()) else {
            continue;
        };
        let lines = world.database.tables()[0].lines.concat();
        assert!(!lines.contains("inner"), "{lines}");
        assert!(result.salvage.is_some());
    }
}

#[test]
fn records_that_get_other_keys_leave_what_is_lost_between_them() {
    let mut world = migrating_world();
    // The order stays, but what is lost between them may have gone anywhere.
    world.codec.migrate = |_, line| Some(line.replace("\"id\":", "\"id\":1000"));
    let file = broken(&archive(), "database/orders/000001.ndjson");
    salvage_into(&world, &file, &salvaging());
    let held: Vec<_> = held(&world)
        .into_iter()
        .filter(|(_, own)| !own)
        .map(|(id, _)| id)
        .collect();
    assert_eq!(held, LIVE);

    world.codec.migrate = |table, line| match table.table.as_str() {
        "orders" => {
            let id: i64 = line
                .split("\"id\":")
                .nth(1)?
                .split(',')
                .next()?
                .parse()
                .ok()?;
            Some(format!("{{\"v\":{{\"id\":{},\"x\":\"archived\"}}}}", -id))
        }
        _ => Some(line.to_owned()),
    };
    let error = failed(world.restore(&file, salvaging()));
    assert_eq!(error.code, ErrorCode::MigrationFailed);
    assert!(error.message.contains("another order"));
}

#[test]
fn without_the_manifest_the_metadata_tell_of_files_too() {
    let mut archive = archive();
    archive.remove("files/logo.png");
    let world = World::new(live_till());
    world
        .page
        .assets
        .borrow_mut()
        .insert("files/logo.png".to_owned(), b"mine".to_vec());
    let (_, report) = salvage_into(&world, &broken(&archive, "manifest.json"), &salvaging());
    assert_eq!(entries(&report), ["manifest.json", "files/logo.png"]);
    assert_eq!(world.page.assets.borrow()["files/logo.png"], b"mine");
    let file = broken(archive.remove("metadata.json"), "manifest.json");
    let (_, _, report) = salvage(&file);
    assert!(!report.complete);
}

#[test]
fn a_document_that_was_edited_is_lost() {
    for (document, edit) in [
        ("schema.json", "/stores/0/keyPath"),
        ("metadata.json", "/schemaVersion"),
    ] {
        let mut archive = archive();
        archive.edit(document, |document| {
            let place = document.pointer_mut(edit).expect("the place");
            *place = if edit.ends_with("keyPath") {
                "x".into()
            } else {
                9.into()
            };
        });
        let (world, result, report) = salvage(&archive.zip().bytes());
        assert_eq!(entries(&report), [document]);
        assert_eq!(report.missing[0].error.code, ErrorCode::ChecksumMismatch);
        assert_eq!(held(&world).len(), 12);
        assert_eq!(result.metadata.schema_version, 10);
    }
}

#[test]
fn parts_of_unknown_tables_are_told() {
    let mut world = World::new(live_till());
    let mut tables = live_till();
    tables.remove(1);
    world.database = pos_backup::memory::MemoryDatabase::new("pos", 10, tables, &world.steps);
    let (_, report) = salvage_into(&world, &broken(&archive(), "schema.json"), &salvaging());
    assert_eq!(
        entries(&report),
        ["schema.json", "database/notes/000000.ndjson"]
    );
    assert_eq!(report.missing[1].records, Some(2));
}

#[test]
fn an_archive_that_does_not_say_its_version_is_refused() {
    let mut damaged = archive();
    let file = broken(damaged.remove("metadata.json"), "manifest.json");
    let mut world = World::new(live_till());
    world.config.schema_version = Some(3);
    // The app counts by itself, and the databases are of one version.
    ok(world.restore(&file, salvaging()));
    world.database = pos_backup::memory::MemoryDatabase::new("pos", 20, live_till(), &world.steps);
    let error = failed(world.restore(&file, salvaging()));
    assert!(error.hint.contains("which app and version"), "{error}");
    // Without a schema, the archive must be of the database's version.
    let mut older = World::new(live_till());
    older.config.schema_version = Some(11);
    let error = failed(older.restore(broken(&archive(), "schema.json"), salvaging()));
    assert!(error.hint.contains("which app and version"), "{error}");
    // Nor is one taken for this app's of which neither is left.
    let mut neither = archive();
    neither.remove("metadata.json").remove("manifest.json");
    let error =
        failed(World::new(live_till()).restore(broken(&neither, "schema.json"), salvaging()));
    assert!(error.hint.contains("which app and version"), "{error}");
}

#[test]
fn numbers_of_parts_and_lost_lines_are_no_way_to_hold_it_up() {
    let mut archive = archive();
    archive.rename(
        "database/orders/000003.ndjson",
        "database/orders/4294967295.ndjson",
    );
    let (_, _, report) = salvage(&headers_only(&mut archive));
    assert_eq!(
        entries(&report),
        [
            "manifest.json",
            "database/orders/000003.ndjson",
            "database/orders/4294967295.ndjson"
        ]
    );

    // So many lines that are no records that the part is given up.
    let mut archive = self::archive();
    *archive.content("database/orders/000002.ndjson") = vec![b'\n'; 3_000_000];
    let (_, _, report) = salvage(&headers_only(&mut archive));
    assert_eq!(
        entries(&report),
        [
            "manifest.json",
            "database/orders/000002.ndjson",
            "database/orders/000004.ndjson"
        ]
    );
    assert_eq!(report.missing[1].error.code, ErrorCode::RecordInvalid);
}

#[test]
fn a_directory_that_errs_is_corrected_by_local_headers() {
    let archive = archive();
    let zip = archive.zip();
    let file = zip.bytes();
    let directory = zip.offset_of(zip.entries.len()) as usize;
    let name = b"database/orders/000002.ndjson";
    let at = file[directory..]
        .windows(name.len())
        .position(|window| window == name);
    let record = directory + at.expect("the record") - 46;
    // CRC-32, size, compressed size, and the name.
    for byte in [16, 20, 24, 46] {
        let mut file = file.clone();
        file[record + byte] ^= 1;
        let (world, _, report) = salvage(&file);
        assert_eq!(report.missing, [], "byte {byte}");
        assert_eq!(world.database.tables(), archived_till());
    }
}

#[test]
fn one_wrong_bit_in_the_directory_costs_one_part_at_most() {
    let archive = archive();
    let zip = archive.zip();
    let file = zip.bytes();
    for at in zip.offset_of(zip.entries.len()) as usize..file.len() - 22 {
        let mut file = file.clone();
        file[at] ^= 1;
        let world = World::new(live_till());
        let result = ok(world.restore(&file, salvaging()));
        let Some(report) = result.salvage else {
            continue;
        };
        // A name that another entry gets is told too.
        let lost: BTreeSet<_> = report
            .missing
            .iter()
            .map(|missing| &missing.table)
            .collect();
        assert!(lost.len() <= 1, "byte {at}: {report:?}");
        let restored = held(&world)
            .iter()
            .filter(|(_, is_archived)| *is_archived)
            .count();
        assert!(restored >= 9, "byte {at}: {restored} {report:?}");
    }
}

#[test]
fn what_is_damaged_before_and_between_entries_costs_nothing() {
    let archive = archive();
    let zip = archive.zip();
    let whole = zip.bytes();
    let directory = zip.offset_of(zip.entries.len()) as usize;
    let prepended = [b"x", &whole[..]].concat();
    let without_directory = [&whole[..directory], b"damaged".as_slice()].concat();
    let mut first = whole.clone();
    first[0] ^= 0xff;
    for (what, file) in [
        ("prepended", prepended),
        ("directory", without_directory),
        ("first byte", first),
    ] {
        let (world, _, report) = salvage(&file);
        assert_eq!(report.missing, [], "{what}");
        assert_eq!(world.database.tables(), archived_till(), "{what}");
    }
    // A piece of one part has fallen out.
    let index = archive
        .names()
        .iter()
        .position(|name| *name == "database/orders/000001.ndjson");
    let at = zip.offset_of(index.expect("it") + 1) as usize;
    let holed = [&whole[..at - 8], &whole[at..]].concat();
    let (world, _, report) = salvage(&holed);
    assert_eq!(entries(&report), ["database/orders/000001.ndjson"]);
    assert_eq!(held(&world), without_parts(&[1]));
}

#[test]
fn a_directory_cannot_name_the_same_bytes_many_times() {
    let mut archive = archive();
    archive.remove("manifest.json");
    let mut zip = archive.zip();
    let offset = zip.offset_of(zip.entries.len());
    let content = vec![0; 1 << 20];
    for number in 0..500 {
        let mut entry =
            crate::testkit::zip::ZipEntry::new(format!("files/{number}"), content.clone());
        if number > 0 {
            entry.stated.header_offset = Some(offset);
            entry.data = Some(Vec::new());
            entry.stated.compressed_bytes =
                Some(crate::testkit::zip::deflate(&content).len() as u64);
        }
        zip.entries.push(entry);
    }
    let world = World::new(live_till());
    let result = ok(world.plan(zip.bytes(), salvaging()));
    let files = result
        .assets
        .files
        .iter()
        .filter(|name| name.parse::<u32>().is_ok());
    assert!(files.count() <= 1);
}

#[test]
fn a_table_of_which_only_the_metadata_know_is_told() {
    let mut archive = archive();
    archive
        .remove("manifest.json")
        .remove("database/notes/000000.ndjson");
    let file = broken(&archive, "schema.json");
    let mut world = World::new(live_till());
    let mut tables = live_till();
    tables.remove(1);
    world.database = pos_backup::memory::MemoryDatabase::new("pos", 10, tables, &world.steps);
    let (_, report) = salvage_into(&world, &file, &salvaging());
    let notes = report
        .missing
        .iter()
        .find(|it| it.table.as_deref() == Some("notes"));
    assert_eq!(notes.expect("it").records, Some(2));
}

/// A file of which one read fails.
struct Vanishing {
    file: Vec<u8>,
    reads: std::cell::Cell<u32>,
}

impl pos_backup::storage::ReadAt for Vanishing {
    fn size(&self) -> u64 {
        self.file.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> pos_backup::bridge::Result<()> {
        let left = self.reads.get();
        self.reads.set(left.wrapping_sub(1));
        if left == 0 {
            let message = "The drive does not answer.";
            return Err(pos_backup::bridge::Error::new(
                ErrorCode::StorageFailed,
                message,
            ));
        }
        self.file.read_at(offset, buffer)
    }
}

#[test]
fn what_is_out_of_reach_is_not_lost() {
    let file = broken(&archive(), "database/orders/000001.ndjson");
    let mut failures = 0;
    for reads in 0..200 {
        let vanishing = Vanishing {
            file: file.clone(),
            reads: reads.into(),
        };
        match World::new(live_till()).plan(vanishing, salvaging()) {
            Ok(plan) => assert_eq!(plan.salvage.expect("a report").missing.len(), 1),
            Err(Stop::Failed(error)) => {
                assert_eq!(error.code, ErrorCode::StorageFailed, "{reads}: {error}");
                failures += 1;
            }
            Err(Stop::Cancelled) => panic!("cancelled"),
        }
    }
    assert!((3..200).contains(&failures), "{failures}");
}

/// Whatever is wrong with a file: it is refused as it was, or each record is the archive's or the database's own, none that
/// the archive still has is missing, and what was said beforehand was done.
fn check_salvage(file: &[u8], what: std::fmt::Arguments<'_>) {
    let world = World::new(live_till());
    let plan = match world.plan(file, salvaging()) {
        Ok(plan) => plan,
        Err(Stop::Failed(error)) => {
            assert_ne!(error.code, ErrorCode::Internal, "{what}: {error}");
            assert_ne!(error.code, ErrorCode::StorageFailed, "{what}: {error}");
            return;
        }
        Err(Stop::Cancelled) => panic!("{what}: cancelled"),
    };
    let result = match world.restore(file, salvaging()) {
        Ok(result) => result,
        Err(stop) => panic!("{what}: {stop:?}"),
    };
    assert_eq!(done(&result), planned(&plan), "{what}");
    let held: BTreeMap<_, _> = held(&world).into_iter().collect();
    for (id, is_archived) in &held {
        let known = if *is_archived { &ARCHIVED[..] } else { &LIVE };
        assert!(known.contains(id), "{what}: {id}");
    }
    let Some(report) = result.salvage else {
        assert_eq!(world.database.tables(), archived_till(), "{what}");
        return;
    };
    let part = |missing: &Missing| {
        let number = missing
            .entry
            .strip_prefix("database/orders/")?
            .strip_suffix(".ndjson")?;
        let records = missing.records.unwrap_or(3);
        Some((number.parse::<u64>().ok()?, records))
    };
    let lost: Vec<_> = report.missing.iter().filter_map(part).collect();
    if report.complete {
        for (number, part) in ARCHIVED.chunks(3).enumerate() {
            // What is missing at the end is told by its first part.
            let is_lost = lost.iter().any(|(first, records)| {
                (*first..first + records.div_ceil(3)).contains(&(number as u64))
            });
            for id in part {
                assert!(
                    is_lost || held.get(id) == Some(&true),
                    "{what}: {id} {report:?}"
                );
            }
        }
    }
}

#[test]
fn any_byte_changed() {
    let whole = archive().zip().bytes();
    for at in 0..whole.len() {
        let mut file = whole.clone();
        file[at] ^= 0xff;
        check_salvage(&file, format_args!("byte {at}"));
    }
}

#[test]
fn cut_off_anywhere() {
    let whole = archive().zip().bytes();
    for length in (0..whole.len()).step_by(7) {
        check_salvage(&whole[..length], format_args!("{length} bytes"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn several_changes(changes in vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..6)) {
        let mut file = archive().zip().bytes();
        for (place, byte, kind) in &changes {
            let at = place.index(file.len());
            match kind {
                0 => file[at] = *byte,
                1 => drop(file.remove(at)),
                _ => file.insert(at, *byte),
            }
        }
        check_salvage(&file, format_args!("{changes:?}"));
    }
}
