//! Archives cut off or changed anywhere: never taken for whole.

use pos_backup::bridge::{BackupOptions, ErrorCode, RestoreOptions, Result};
use pos_backup::job::Stop;
use pos_backup::jobs::BackupAssets;
use pos_backup::memory::{MemoryTable, Steps};
use pos_backup::storage::ReadAt;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sha2::{Digest, Sha256};

use crate::testkit::archive::Archive;
use crate::testkit::refused::Refused;
use crate::testkit::world::{BACKUP_ID, World, changed_till, failed, ok, till};
use crate::testkit::zip::hex;

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

/// With a seal that is right again: what it does not find, the checks behind it must.
fn resealed(mut file: Vec<u8>) -> Vec<u8> {
    let end = file.len() - 84;
    let sum = hex(&Sha256::digest(&file[..end]));
    file.truncate(end);
    file.extend(format!("pos-backup/1 sha256:{sum}").bytes());
    file
}

/// A changed file may pass where a ZIP says what nobody reads (who made it, its attributes), but never
/// with another content.
fn same_or_refused(file: &[u8], what: std::fmt::Arguments<'_>) {
    let whole = small_archive();
    match World::new(Vec::new()).verify(file) {
        Err(Stop::Failed(error)) => {
            assert_ne!(error.code, ErrorCode::Internal, "{what}: {error}");
            assert_ne!(error.code, ErrorCode::StorageFailed, "{what}: {error}");
        }
        Ok(report) => {
            assert_eq!(
                report.metadata,
                ok(World::new(Vec::new()).verify(&whole)).metadata,
                "{what}"
            );
            assert_eq!(
                Archive::read(file).entries,
                Archive::read(&whole).entries,
                "{what}"
            );
        }
        Err(Stop::Cancelled) => panic!("{what}: cancelled"),
    }
}

#[test]
fn any_byte_changed_under_a_right_seal() {
    let archive = small_archive();
    for at in 0..archive.len() - 84 {
        for change in [0xff, 0x01, 0x80] {
            let mut file = archive.clone();
            file[at] ^= change;
            same_or_refused(&resealed(file), format_args!("byte {at} ^ {change}"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn several_changes_under_a_right_seal(
        changes in vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut file = small_archive();
        let seal = file.split_off(file.len() - 84);
        for (place, byte, kind) in &changes {
            let at = place.index(file.len());
            match kind {
                0 => file[at] = *byte,
                1 => drop(file.remove(at)),
                _ => file.insert(at, *byte),
            }
        }
        file.extend(seal);
        same_or_refused(&resealed(file), format_args!("{changes:?}"));
    }

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..300), head in any::<bool>(), tail in any::<bool>()) {
        let mut file = if head { b"PK\x03\x04".to_vec() } else { Vec::new() };
        file.extend(bytes);
        if tail {
            file.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\0\0\0\0\0\0");
        }
        prop_assert!(World::new(Vec::new()).verify(&file).is_err());
    }
}

/// A file in which a byte changes once the restore has begun to write.
struct Changing {
    file: Vec<u8>,
    at: usize,
    steps: Steps,
}

impl ReadAt for Changing {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.file.read_at(offset, buffer)?;
        let place = (self.at as u64).checked_sub(offset);
        let byte = place.and_then(|place| buffer.get_mut(place as usize));
        if let Some(byte) = byte.filter(|_| self.steps.names().contains(&"write")) {
            *byte ^= 1;
        }
        Ok(())
    }
}

#[test]
fn a_file_that_changes_after_it_was_checked() {
    let archive = World::new(till()).archive();
    let text = b"database/settings/000000.ndjson";
    let header = archive
        .windows(text.len())
        .position(|window| window == text)
        .unwrap();
    for checks_first in [true, false] {
        let world = World::new(changed_till()).checking_first(checks_first);
        let file = Changing {
            file: archive.clone(),
            at: header + text.len() + 20,
            steps: world.steps.clone(),
        };
        let error = failed(world.restore(file, RestoreOptions::default()));
        assert_eq!(error.code, ErrorCode::ChecksumMismatch);
        assert_eq!(
            error.context.entry.as_deref(),
            Some("database/settings/000000.ndjson")
        );
        // The first table was written, unless all are compared before.
        assert_eq!(world.steps.names().contains(&"put"), checks_first);
        assert_eq!(world.database.tables(), changed_till());
        assert!(world.page.assets.borrow().is_empty());
    }
}

/// A part whose seal and checksums are right, and whose lines are not.
#[test]
fn tables_that_are_not_asked_for_are_checked_before_anything_is_compared() {
    let mut archive = Archive::read(&World::new(till()).archive());
    *archive.content("database/settings/000000.ndjson") = b"{\"v\":1}\n".to_vec();
    let file = archive.consistent().sealed();
    let world = World::new(changed_till());
    let options = RestoreOptions {
        tables: Some(vec!["products".to_owned()]),
        ..RestoreOptions::default()
    };
    let error = failed(world.restore(file, options));
    assert_eq!(error.code, ErrorCode::RecordInvalid);
    assert!(!world.steps.names().contains(&"write"));
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
