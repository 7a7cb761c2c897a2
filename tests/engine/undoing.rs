//! What a restore has replaced is kept, and brought back by a restore of it.

use std::collections::BTreeMap;

use futures::executor::block_on;
use pos_backup::archive::Sha256Hex;
use pos_backup::bridge::{ErrorCode, RestoreMode, RestoreOptions};
use pos_backup::journal::Journal;
use pos_backup::memory::{MemoryDatabase, MemoryTable, Steps};

use crate::testkit::archive::Archive;
use crate::testkit::world::{World, changed_till, failed, ok, till};

/// The archive of what the last restore has replaced.
fn kept(world: &World) -> Option<Vec<u8>> {
    let undoable = block_on(world.journal.undoable()).expect("a journal")?;
    world.storage.archive(&undoable.backup_id)
}

fn held() -> BTreeMap<String, Vec<u8>> {
    let held = [
        ("files/localStorage.json", "{\"before\":\"1\"}"),
        ("files/sessionStorage.json", "{}"),
        ("files/notes.txt", "before"),
        ("config/config.json", "{\"before\":true}"),
    ];
    held.map(|(path, content)| (path.to_owned(), content.as_bytes().to_vec()))
        .into()
}

#[test]
fn an_undo_brings_everything_back_and_can_be_undone() {
    let archive = World::new(till()).archive();
    let world = World::new(changed_till());
    world.page.assets.replace(held());
    let result = ok(world.restore(&archive, RestoreOptions::default()));
    let restored = world.page.assets.borrow().clone();
    let safety = result.safety_backup.expect("a safety backup");
    assert!(safety.stored);
    assert_eq!(world.storage.names(), [format!("{}.zip", safety.backup_id)]);
    let of = block_on(world.journal.undoable())
        .expect("a journal")
        .expect("a restore");
    assert_eq!(
        (of.backup_id, of.metadata.id),
        (safety.backup_id, result.metadata.id)
    );

    let undo = kept(&world).expect("an archive");
    assert!(ok(world.verify(&undo)).sealed);
    assert_eq!(undo.len() as u64, safety.archive_bytes);
    ok(world.restore(&undo, RestoreOptions::default()));
    assert_eq!(world.database.tables(), changed_till());
    assert_eq!(*world.page.assets.borrow(), held());
    assert_eq!(
        world.storage.names().len(),
        1,
        "the one before is not needed any more"
    );

    let redo = kept(&world).expect("an archive");
    ok(world.restore(&redo, RestoreOptions::default()));
    assert_eq!(world.database.tables(), till());
    assert_eq!(*world.page.assets.borrow(), restored);
}

#[test]
fn of_some_tables_only_these_are_kept() {
    let archive = World::new(till()).archive();
    let world = World::new(changed_till());
    world.page.assets.replace(held());
    let options = RestoreOptions {
        tables: Some(vec!["settings".to_owned(), "actionQueue".to_owned()]),
        mode: RestoreMode::Merge,
        ..RestoreOptions::default()
    };
    ok(world.restore(&archive, options));
    let undo = kept(&world).expect("an archive");
    let names = Archive::read(&undo);
    let names = names.names();
    assert_eq!(
        names,
        [
            "schema.json",
            "database/settings/000000.ndjson",
            "action-queue/000000.ndjson",
            "metadata.json",
            "manifest.json"
        ]
    );
    ok(world.restore(&undo, RestoreOptions::default()));
    assert_eq!(world.database.tables(), changed_till());
    assert_eq!(*world.page.assets.borrow(), held());
}

#[test]
fn of_a_table_that_cannot_be_read_what_can_be_is_kept() {
    let archive = World::new(till()).archive();
    let mut world = World::new(changed_till());
    world.database.unreadable = vec![0];
    ok(world.restore(&archive, RestoreOptions::default()));
    assert_eq!(world.database.tables(), till());
    let undo = kept(&world).expect("an archive");
    world.database.unreadable.clear();
    ok(world.restore(&undo, RestoreOptions::default()));
    assert_eq!(world.database.tables(), changed_till());
}

#[test]
fn large_values_are_kept_too() {
    let content = vec![7; 3 << 20];
    let mut sum = Sha256Hex::default();
    sum.update(&content);
    let line = format!(
        "{{\"v\":{{\"id\":1,\"image\":{{\"blob\":\"{}\",\"size\":3145728}}}},\"t\":{{\"/image\":\"arraybuffer\"}}}}\n",
        sum.finish()
    );
    let world = World::new(vec![MemoryTable::new("t", true, vec![line.clone()])]);
    world.database.add_blob(&content);
    let archive = World::new(vec![MemoryTable::new("t", true, Vec::new())]).archive();
    ok(world.restore(&archive, RestoreOptions::default()));
    assert!(world.database.tables()[0].lines.is_empty());
    let undo = kept(&world).expect("an archive");
    ok(world.restore(&undo, RestoreOptions::default()));
    assert_eq!(world.database.tables()[0].lines, [line]);
}

#[test]
fn nothing_is_kept_where_that_is_declined_or_nothing_was_there() {
    let archive = World::new(till()).archive();
    let declined = World::new(changed_till());
    let options = RestoreOptions {
        safety_backup: Some(false),
        ..RestoreOptions::default()
    };
    assert!(
        ok(declined.restore(&archive, options))
            .safety_backup
            .is_none()
    );
    let mut created = World::new(Vec::new());
    created.database = MemoryDatabase::missing("pos", &created.steps);
    let result = ok(created.restore(&archive, RestoreOptions::default()));
    assert!(result.safety_backup.is_none());
    for world in [declined, created] {
        assert_eq!(kept(&world), None);
        assert!(world.storage.names().is_empty());
    }
}

#[test]
fn a_storage_that_is_too_short_is_told_before_and_changes_nothing() {
    let archive = World::new(till()).archive();
    let plan = |quota_bytes| {
        let mut world = World::new(changed_till());
        world.storage.quota_bytes = quota_bytes;
        let plan = ok(world.plan(&archive, RestoreOptions::default()));
        let warned = plan
            .warnings
            .iter()
            .any(|warning| warning.code == Some(ErrorCode::QuotaExceeded));
        let safety = plan.safety_backup.expect("an estimate");
        assert_eq!(safety.fits, !warned);
        safety
    };
    let estimate = plan(None);
    assert!(estimate.bytes > 0 && estimate.fits);
    assert!(plan(Some(estimate.bytes as usize)).fits);
    assert!(!plan(Some(estimate.bytes as usize - 1)).fits);

    for quota_bytes in [0, 500, 1500] {
        let mut world = World::new(changed_till());
        world.storage.quota_bytes = Some(quota_bytes);
        let error = failed(world.restore(&archive, RestoreOptions::default()));
        assert_eq!(error.code, ErrorCode::QuotaExceeded);
        assert!(error.hint.contains("safetyBackup: false"), "{}", error.hint);
        assert_eq!(world.database.tables(), changed_till());
        assert!(world.storage.names().is_empty());
        let options = RestoreOptions {
            safety_backup: Some(false),
            ..RestoreOptions::default()
        };
        ok(world.restore(&archive, options));
        assert_eq!(world.database.tables(), till());
    }
}

#[test]
fn a_plan_without_a_copy_has_no_estimate() {
    let archive = World::new(till()).archive();
    let options = RestoreOptions {
        safety_backup: Some(false),
        ..RestoreOptions::default()
    };
    let plan = ok(World::new(changed_till()).plan(&archive, options));
    assert_eq!(plan.safety_backup, None);
    let steps = Steps::default();
    let mut missing = World::with_steps(Vec::new(), &steps);
    missing.database = MemoryDatabase::missing("pos", &steps);
    let plan = ok(missing.plan(&archive, RestoreOptions::default()));
    assert_eq!(plan.safety_backup, None);
}
