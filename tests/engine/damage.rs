//! Archives cut off or changed anywhere: never taken for whole.

use pos_backup::bridge::{BackupOptions, ErrorCode};
use pos_backup::job::Stop;
use pos_backup::jobs::BackupAssets;
use pos_backup::memory::MemoryTable;

use crate::testkit::refused::Refused;
use crate::testkit::world::{BACKUP_ID, World, failed, ok, till};

/// As small as an archive can be with a record in it.
fn small_archive() -> Vec<u8> {
    let tables = vec![MemoryTable::new(
        "t",
        true,
        vec!["{\"v\":{\"id\":1}}\n".to_owned()],
    )];
    let world = World::new(tables);
    ok(world.backup(BackupOptions::default(), BackupAssets::default()));
    world.storage.archive(BACKUP_ID).unwrap()
}

fn verify_fails(file: &[u8], what: std::fmt::Arguments<'_>) -> ErrorCode {
    match World::new(Vec::new()).verify(file) {
        Err(Stop::Failed(error)) => {
            assert_ne!(error.code, ErrorCode::Internal, "{what}: {error}");
            assert_ne!(error.code, ErrorCode::StorageFailed, "{what}: {error}");
            error.code
        }
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn cut_off_at_any_of_fifty_places() {
    let archive = World::new(till()).archive();
    for place in 0..50 {
        let length = archive.len() * place / 50;
        let code = if length < 4 {
            ErrorCode::NotAnArchive
        } else {
            ErrorCode::ArchiveTruncated
        };
        Refused::with(code).by_all_jobs(&format!("{length} bytes"), &archive[..length]);
    }
}

#[test]
fn cut_off_at_any_of_the_last_bytes() {
    let archive = World::new(till()).archive();
    for missing in 1..=200 {
        let file = &archive[..archive.len() - missing];
        Refused::with(ErrorCode::ArchiveTruncated).by_all_jobs(&format!("{missing} missing"), file);
    }
}

#[test]
fn cut_off_anywhere() {
    let archive = small_archive();
    for length in 0..archive.len() {
        verify_fails(&archive[..length], format_args!("{length} bytes"));
    }
}

#[test]
fn something_added_at_the_end() {
    let archive = small_archive();
    for added in [&b"\0"[..], b"\n", b"PK\x05\x06", &archive] {
        let file = [archive.as_slice(), added].concat();
        verify_fails(&file, format_args!("{} bytes added", added.len()));
    }
}

#[test]
fn one_bit_changed_at_any_of_two_hundred_places() {
    let archive = World::new(till()).archive();
    for place in 0..200 {
        let at = archive.len() * place / 200;
        let mut file = archive.clone();
        file[at] ^= 1 << (place % 8);
        let world = World::new(till());
        let code = verify_fails(&file, format_args!("byte {at}"));
        let error = failed(world.restore(&file, Default::default()));
        assert_eq!(error.code, code, "byte {at}: {error}");
        assert_eq!(world.database.tables(), till());
        assert!(!world.steps.names().contains(&"write"));
    }
}

#[test]
fn any_byte_changed() {
    let archive = small_archive();
    for at in 0..archive.len() {
        for change in [0xff, 0x01, 0x80, 0x20] {
            let mut file = archive.clone();
            file[at] ^= change;
            verify_fails(&file, format_args!("byte {at} ^ {change}"));
        }
    }
}

#[test]
fn any_byte_missing_or_doubled() {
    let archive = small_archive();
    for at in 0..archive.len() {
        let mut file = archive.clone();
        file.remove(at);
        verify_fails(&file, format_args!("byte {at} missing"));
        let mut file = archive.clone();
        file.insert(at, archive[at]);
        // A byte doubled beside its like is the same as one added anywhere in the run.
        verify_fails(&file, format_args!("byte {at} doubled"));
    }
}

#[test]
fn two_archives_do_not_mix() {
    let (first, second) = (small_archive(), World::new(till()).archive());
    for length in (1..first.len().min(second.len())).step_by(7) {
        let file = [&first[..length], &second[length..]].concat();
        if file == second {
            continue;
        }
        verify_fails(&file, format_args!("mixed at {length}"));
    }
}
