//! What a restore has written is checked before it is committed.

use pos_backup::bridge::{ErrorCode, RestoreMode, RestoreOptions, Validate};
use pos_backup::memory::MemoryDatabase;

use crate::testkit::world::{World, changed_till, failed, ok, till};

fn options(mode: RestoreMode, validate: Validate) -> RestoreOptions {
    RestoreOptions {
        mode,
        validate,
        ..RestoreOptions::default()
    }
}

/// A price.
const ALTERED: Option<(&str, &str)> = Some(("2.2", "2.3"));

const MODES: [RestoreMode; 3] = [RestoreMode::Replace, RestoreMode::Merge, RestoreMode::Fill];

#[test]
fn what_is_right_passes_in_every_mode() {
    let archive = World::new(till()).archive();
    for mode in MODES {
        let world = World::new(changed_till());
        let full = ok(world.restore(&archive, options(mode, Validate::Full)));
        let other = World::new(changed_till());
        let counted = ok(other.restore(&archive, options(mode, Validate::Counts)));
        assert_eq!(world.database.tables(), other.database.tables());
        let numbers = |tables: &[pos_backup::bridge::RestoredTable]| {
            let tables = tables.iter();
            tables
                .map(|t| (t.records, t.unchanged, t.add, t.change, t.delete))
                .collect::<Vec<_>>()
        };
        assert_eq!(numbers(&full.tables), numbers(&counted.tables));
    }
}

#[test]
fn a_record_that_was_altered_on_the_way_fails_the_restore() {
    let archive = World::new(till()).archive();
    for mode in [RestoreMode::Replace, RestoreMode::Merge] {
        let mut world = World::new(changed_till());
        world.database.alters_records = ALTERED;
        let error = failed(world.restore(&archive, options(mode, Validate::Full)));
        assert_eq!(error.code, ErrorCode::ValidationFailed, "{mode:?}");
        assert_eq!(error.context.table.as_deref(), Some("products"));
        assert_eq!(error.context.key, Some(1.into()));
        assert_eq!(world.database.tables(), changed_till());
        // Counting alone does not find it.
        ok(world.restore(&archive, options(mode, Validate::Counts)));
    }
}

#[test]
fn a_table_that_is_written_whole_is_checked_too() {
    let archive = World::new(till()).archive();
    for alters_records in [None, ALTERED] {
        let mut world = World::new(Vec::new());
        world.database = MemoryDatabase::missing("pos", &world.steps);
        world.database.alters_records = alters_records;
        let outcome = world.restore(&archive, options(RestoreMode::Replace, Validate::Full));
        match alters_records {
            None => assert_eq!(ok(outcome).tables.len(), 5),
            Some(_) => assert_eq!(failed(outcome).code, ErrorCode::ValidationFailed),
        }
    }
}
