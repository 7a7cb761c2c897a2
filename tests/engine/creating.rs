//! A restore where there is no database: it is created from the archive, whole or not at all.

use pos_backup::bridge::{BackupOptions, ErrorCode, RestoreOptions};
use pos_backup::memory::{MemoryDatabase, Steps, Strike};

use crate::testkit::world::{BACKUP_ID, World, assets, failed, ok, till};

/// A world without its database.
fn empty(steps: &Steps) -> World {
    let mut world = World::with_steps(Vec::new(), steps);
    world.database = MemoryDatabase::missing("pos", steps);
    world
}

#[test]
fn the_database_is_created_with_all_it_had() {
    let source = World::new(till());
    let file = source.archive();
    let world = empty(&Steps::default());

    let plan = ok(world.plan(file.as_slice(), RestoreOptions::default()));
    assert!(plan.creates_database);
    assert!(plan.tables.iter().all(|table| table.delete == 0));
    assert_eq!(world.database.version(), None, "a plan creates nothing");

    ok(world.restore(file.as_slice(), RestoreOptions::default()));
    assert_eq!(world.database.version(), source.database.version());
    assert_eq!(world.database.tables(), source.database.tables());
    assert!(!ok(world.plan(file.as_slice(), RestoreOptions::default())).creates_database);
}

#[test]
fn tables_that_are_not_asked_for_are_created_empty() {
    let source = World::new(till());
    let file = source.archive();
    let world = empty(&Steps::default());
    let options = RestoreOptions {
        tables: Some(vec!["settings".to_owned()]),
        ..RestoreOptions::default()
    };
    ok(world.restore(file.as_slice(), options));
    for (made, kept) in world.database.tables().iter().zip(source.database.tables()) {
        assert_eq!(made.schema, kept.schema);
        let is_asked_for = made.schema.name == "settings";
        let expected = if is_asked_for { kept.lines } else { Vec::new() };
        assert_eq!(made.lines, expected, "{}", made.schema.name);
    }
}

#[test]
fn an_archive_of_some_tables_is_not_enough() {
    let source = World::new(till());
    let options = BackupOptions {
        tables: Some(vec!["settings".to_owned()]),
        ..BackupOptions::default()
    };
    ok(source.backup(options, assets()));
    let file = source.storage.archive(BACKUP_ID).expect("the archive");
    let world = empty(&Steps::default());
    for error in [
        failed(world.plan(file.as_slice(), RestoreOptions::default())),
        failed(world.restore(file.as_slice(), RestoreOptions::default())),
    ] {
        assert_eq!(error.code, ErrorCode::DatabaseNotFound);
        assert_eq!(error.context.database.as_deref(), Some("pos"));
    }
    // Into a database that is there it can be restored.
    ok(World::new(till()).restore(file.as_slice(), RestoreOptions::default()));
}

#[test]
fn a_backup_still_needs_a_database() {
    let world = empty(&Steps::default());
    let error = failed(world.backup(BackupOptions::default(), assets()));
    assert_eq!(error.code, ErrorCode::DatabaseNotFound);
    assert!(world.storage.names().is_empty());
}

#[test]
fn a_strike_at_any_step_leaves_no_database() {
    let file = World::new(till()).archive();
    let steps = Steps::default();
    ok(empty(&steps).restore(file.as_slice(), RestoreOptions::default()));
    for (step, name) in steps.names().iter().enumerate() {
        for strike in [Strike::Fail, Strike::Cancel] {
            let steps = Steps::strike_at(step, strike);
            let world = empty(&steps);
            let outcome = world.restore(file.as_slice(), RestoreOptions::default());
            let exists = world.database.version().is_some();
            assert_eq!(exists, outcome.is_ok(), "{strike:?} at {name}");
            assert_eq!(steps.broken_promises(), Vec::<String>::new(), "{name}");
        }
    }
}
