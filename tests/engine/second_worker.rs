//! Parts that are packed and checked beside the thread that reads and writes them.

use std::io::Cursor;
use std::rc::Rc;

use pos_backup::bridge::{BackupOptions, ErrorCode, RestoreOptions};
use pos_backup::jobs::BackupAssets;
use pos_backup::memory::{MemoryPartWorker, MemoryTable};

use crate::testkit::archive::Archive;
use crate::testkit::world::{BACKUP_ID, World, failed, ok, till};

/// Two tables of several parts each.
fn large() -> Vec<MemoryTable> {
    let line = |id: u32| {
        format!(
            "{{\"v\":{{\"id\":{id},\"x\":\"{}\"}}}}\n",
            format!("{id:04}").repeat(50_000)
        )
    };
    ["left", "right"]
        .map(|name| MemoryTable::new(name, true, (1..=32).map(line).collect()))
        .to_vec()
}

/// The parts by their names: the other entries say when they were made.
fn parts(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut entries = Archive::read(file).entries;
    entries.retain(|(name, _)| name.starts_with("database/"));
    entries.sort();
    entries
}

#[test]
fn the_archive_is_the_same() {
    let alone = parts(&World::new(large()).archive());
    assert!(alone.len() > 6, "{} parts", alone.len());
    let worker = MemoryPartWorker::default();
    let packed = Rc::clone(&worker.packed);
    let sound = Rc::clone(&worker.sound);
    let world = World::new(large()).with_part_worker(worker);
    let file = world.archive();
    assert_eq!(parts(&file), alone);
    assert!(packed.get() > 2, "{} parts", packed.get());
    // Reading it back.
    assert!(sound.get() > 2, "{} parts", sound.get());
    sound.set(0);
    ok(world.verify(&file));
    assert!(sound.get() > 2, "{} parts", sound.get());
    let empty = large().into_iter().map(|table| MemoryTable {
        lines: Vec::new(),
        ..table
    });
    let other = World::new(empty.collect()).with_part_worker(MemoryPartWorker::default());
    ok(other.restore(&file, RestoreOptions::default()));
    assert_eq!(other.database.tables(), large());
}

#[test]
fn records_that_need_more_than_their_part_are_judged_here() {
    // Among them are blobs, and values that only a browser can make.
    let world = World::new(till());
    let archive = world.archive();
    let worker = MemoryPartWorker::default();
    let sound = Rc::clone(&worker.sound);
    let world = World::new(till()).with_part_worker(worker);
    ok(world.verify(&archive));
    let parts = till().len() as u32;
    assert!(
        (1..parts).contains(&sound.get()),
        "{} of {parts}",
        sound.get()
    );
}

#[test]
fn a_damaged_part_is_named_as_ever() {
    let mut file = World::new(large()).archive();
    let name = "database/right/000001.ndjson";
    let mut zip = zip::ZipArchive::new(Cursor::new(&file)).unwrap();
    let data = zip.by_name(name).unwrap().data_start().unwrap() as usize;
    file[data + 100] ^= 1;
    let alone = failed(World::new(till()).verify(&file));
    let world = World::new(till()).with_part_worker(MemoryPartWorker::default());
    let error = failed(world.verify(&file));
    assert_eq!(error.code, ErrorCode::ChecksumMismatch);
    assert_eq!(error.context.entry.as_deref(), Some(name));
    assert_eq!(error.to_string(), alone.to_string());
}

#[test]
fn what_one_that_breaks_down_has_left_is_done_here() {
    let world = World::new(large()).with_part_worker(MemoryPartWorker::breaking());
    ok(world.backup(BackupOptions::default(), BackupAssets::default()));
    let file = world.storage.archive(BACKUP_ID).unwrap();
    let alone = World::new(large()).archive();
    assert_eq!(parts(&file), parts(&alone));
    ok(world.verify(&file));
}
