//! Every step of a job fails once, and is once where a cancel arrives. Whatever happens, everything is as
//! before or as the job promises.

use std::collections::BTreeMap;

use pos_backup::bridge::{BackupOptions, ErrorCode, RestoreOptions};
use pos_backup::job::{Outcome, Stop};
use pos_backup::jobs::BackupAssets;
use pos_backup::memory::{MemoryTable, Steps, Strike};

use crate::testkit::world::{BACKUP_ID, World, assets, changed_till, failed, ok, till};

/// How the job of a struck world ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Done,
    Cancelled,
    Failed,
}

fn end<T>(outcome: Outcome<T>, strike: Strike, step: usize) -> End {
    match outcome {
        Ok(_) => End::Done,
        Err(Stop::Cancelled) => {
            assert_eq!(strike, Strike::Cancel, "step {step}");
            End::Cancelled
        }
        Err(Stop::Failed(error)) => {
            assert_eq!(strike, Strike::Fail, "step {step}: {error}");
            assert_eq!(error.code, ErrorCode::StorageFailed, "step {step}: {error}");
            assert!(
                error.message.starts_with("Struck at"),
                "step {step}: {error}"
            );
            End::Failed
        }
    }
}

/// The steps to strike at: neither a pause nor a page that thinks about its answer can fail.
fn struck(names: &[&str], strike: Strike) -> Vec<usize> {
    let can =
        |step: &usize| strike == Strike::Cancel || !["pause", "answer"].contains(&names[*step]);
    (0..names.len()).filter(can).collect()
}

/// A table of more than one part and a file of more than one read, for steps between them.
fn some_tables() -> Vec<MemoryTable> {
    let mut tables = till();
    let large = (1..=4).map(|id| {
        format!(
            "{{\"v\":{{\"id\":{id},\"x\":\"{}\"}}}}\n",
            "x".repeat(360_000)
        )
    });
    tables.push(MemoryTable::new("large", true, large.collect()));
    tables
}

fn some_assets() -> BackupAssets {
    let mut assets = assets();
    assets
        .files
        .get_or_insert_default()
        .insert("long".to_owned(), Box::new(vec![7; 600_000]));
    assets
}

#[test]
fn each_step_of_a_backup() {
    let calm = World::new(some_tables());
    ok(calm.backup(BackupOptions::default(), some_assets()));
    let archive = calm.storage.archive(BACKUP_ID).unwrap();
    let names = calm.steps.names();
    for step in [
        "schema", "create", "read", "counts", "next", "append", "read_at", "finish",
    ] {
        assert!(names.contains(&step), "{step}");
    }
    for strike in [Strike::Fail, Strike::Cancel] {
        let mut ends = BTreeMap::new();
        for step in struck(&names, strike) {
            let world = World::with_steps(some_tables(), &Steps::strike_at(step, strike));
            let outcome = world.backup(BackupOptions::default(), some_assets());
            let end = end(outcome, strike, step);
            match end {
                End::Done => {
                    let whole = world.storage.archive(BACKUP_ID).unwrap();
                    assert!(whole == archive, "step {step}");
                    assert_eq!(world.storage.names().len(), 1, "step {step}");
                }
                _ => assert!(
                    world.storage.names().is_empty(),
                    "{}, step {step}",
                    names[step]
                ),
            }
            assert_eq!(world.database.tables(), some_tables(), "step {step}");
            ends.insert((names[step], step), end);
        }
        // What was done before the strike cannot make the job succeed in spite of it.
        for ((name, step), end) in ends {
            let may_succeed = (strike, name) == (Strike::Cancel, "finish");
            assert!(end != End::Done || may_succeed, "{name}, step {step}");
        }
    }
}

#[test]
fn each_step_of_a_restore() {
    strike_each_step_of_a_restore(false);
}

#[test]
fn each_step_of_a_restore_that_checks_first() {
    strike_each_step_of_a_restore(true);
}

fn strike_each_step_of_a_restore(checks_first: bool) {
    let archive = World::new(some_tables()).archive();
    let before = BTreeMap::from([
        (
            "files/localStorage.json".to_owned(),
            b"{\"before\":\"1\"}".to_vec(),
        ),
        ("files/other".to_owned(), b"only before".to_vec()),
    ]);
    let calm = World::new(changed_tables()).checking_first(checks_first);
    calm.page.assets.replace(before.clone());
    ok(calm.restore(&archive, RestoreOptions::default()));
    let names = calm.steps.names();
    let restored = calm.page.assets.borrow().clone();
    assert_eq!(restored.len(), 5);
    for step in [
        "schema",
        "write",
        "advance_generator",
        "read",
        "delete",
        "put",
        "flush",
        "count",
        "write_note",
        "take_over",
        "previous",
        "keep_open",
        "commit",
        "keep_undoable",
    ] {
        assert!(names.contains(&step), "{step}");
    }
    let commit = names.iter().position(|name| *name == "commit").unwrap();
    for strike in [Strike::Fail, Strike::Cancel] {
        for step in struck(&names, strike) {
            let name = names[step];
            let steps = Steps::strike_at(step, strike);
            let world = World::with_steps(changed_tables(), &steps).checking_first(checks_first);
            world.page.assets.replace(before.clone());
            let outcome = world.restore(&archive, RestoreOptions::default());
            let held = world.page.assets.borrow().clone();
            match end(outcome, strike, step) {
                End::Done => {
                    // What comes after the commit notes the end.
                    let late = step > commit || (strike, name) == (Strike::Cancel, "commit");
                    // What an attempt has left is removed by the next start.
                    let is_cleanup = name == "discard";
                    assert!(late || is_cleanup, "{strike:?} {name}, step {step}");
                    assert_eq!(world.database.tables(), some_tables(), "step {step}");
                    assert_eq!(held, restored, "step {step}");
                }
                _ => {
                    assert_eq!(
                        world.database.tables(),
                        changed_tables(),
                        "{name}, step {step}"
                    );
                    assert_eq!(held, before, "{name}, step {step}");
                    assert!(world.storage.names().is_empty(), "{name}, step {step}");
                }
            }
        }
    }
}

fn changed_tables() -> Vec<MemoryTable> {
    let mut tables = changed_till();
    tables.push(MemoryTable::new(
        "large",
        true,
        vec!["{\"v\":{\"id\":1}}\n".to_owned()],
    ));
    tables
}

#[test]
fn each_step_of_a_plan_a_verification_and_an_inspection() {
    let archive = World::new(some_tables()).archive();
    let calm = World::new(changed_tables());
    ok(calm.plan(&archive, RestoreOptions::default()));
    for strike in [Strike::Fail, Strike::Cancel] {
        for step in struck(&calm.steps.names(), strike) {
            let world = World::with_steps(changed_tables(), &Steps::strike_at(step, strike));
            let outcome = world.plan(&archive, RestoreOptions::default());
            assert_ne!(end(outcome, strike, step), End::Done);
            assert!(!world.steps.names().contains(&"write"));
        }
    }
    let cancelled = Steps::default();
    cancelled.cancel().request();
    let world = World::with_steps(Vec::new(), &cancelled);
    assert!(matches!(world.verify(&archive), Err(Stop::Cancelled)));
    assert!(matches!(world.inspect(&archive), Err(Stop::Cancelled)));
}

#[test]
fn a_cancel_before_the_start_begins_nothing() {
    let cancelled = Steps::default();
    cancelled.cancel().request();
    let world = World::with_steps(till(), &cancelled);
    let outcome = world.backup(BackupOptions::default(), assets());
    assert!(matches!(outcome, Err(Stop::Cancelled)));
    assert!(!world.steps.names().contains(&"create"));
}

#[test]
fn a_byte_that_the_storage_loses_is_noticed() {
    let tables = || {
        vec![MemoryTable::new(
            "t",
            true,
            vec!["{\"v\":{\"id\":1}}\n".to_owned()],
        )]
    };
    let backup = |broken_byte| {
        let mut world = World::new(tables());
        world.storage.broken_byte = broken_byte;
        let outcome = world.backup(BackupOptions::default(), BackupAssets::default());
        (world, outcome)
    };
    let (world, outcome) = backup(None);
    ok(outcome);
    for byte in 0..world.storage.archive(BACKUP_ID).unwrap().len() {
        let (world, outcome) = backup(Some(byte));
        let error = failed(outcome);
        assert_eq!(error.code, ErrorCode::StorageFailed, "byte {byte}: {error}");
        assert!(world.storage.names().is_empty(), "byte {byte}");
    }
}

#[test]
fn a_full_storage_leaves_nothing_behind() {
    let size = World::new(till()).archive().len();
    for quota in (0..size).step_by(97) {
        let mut world = World::new(till());
        world.storage.quota_bytes = Some(quota);
        let error = failed(world.backup(BackupOptions::default(), assets()));
        assert_eq!(error.code, ErrorCode::QuotaExceeded);
        assert!(world.storage.names().is_empty());
    }
}

/// A cancel is a message, and messages are given way to.
#[test]
fn large_entries_are_checked_with_pauses() {
    let mut assets = BackupAssets::default();
    let noise: Vec<u8> = (0_u32..8 << 20)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    assets
        .files
        .get_or_insert_default()
        .insert("noise".to_owned(), Box::new(noise));
    let line = format!("{{\"v\":{{\"id\":1,\"x\":\"{}\"}}}}\n", "x".repeat(8 << 20));
    let world = World::new(vec![MemoryTable::new("t", true, vec![line])]);
    ok(world.backup(BackupOptions::default(), assets));
    let archive = world.storage.archive(BACKUP_ID).unwrap();
    let other = World::new(Vec::new());
    ok(other.verify(&archive));
    let pauses = other
        .steps
        .names()
        .iter()
        .filter(|step| **step == "pause")
        .count();
    // Each look at the clock moves it by a millisecond, and each of the 64 pieces is followed by one.
    assert!(pauses >= 4, "{pauses}");
}

#[test]
fn a_page_that_never_answers_fails_the_restore_in_time() {
    let archive = World::new(till()).archive();
    let mut world = World::new(changed_till());
    world.page.answers_after = None;
    let error = failed(world.restore(&archive, RestoreOptions::default()));
    assert_eq!(error.code, ErrorCode::AssetsNotApplied);
    assert!(error.hint.contains("reload"), "{}", error.hint);
    assert_eq!(world.database.tables(), changed_till());
    let statuses = world.statuses();
    let [first, .., last] = statuses.as_slice() else {
        panic!("{statuses:?}")
    };
    let waited_ms = last.timestamp - first.timestamp;
    assert!((30_000.0..40_000.0).contains(&waited_ms), "{waited_ms}");
}
