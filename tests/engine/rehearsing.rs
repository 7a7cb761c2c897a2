//! Whether a backup is current, and whether it can be restored.

use futures::executor::block_on;
use pos_backup::bridge::{ErrorCode, VerifyOptions};
use pos_backup::job::Stop;
use pos_backup::journal::Journal;
use pos_backup::memory::{MemoryDatabase, MemoryTable, Steps, Strike};

use crate::testkit::world::{World, changed_till, failed, ok, till};

const LIVE: VerifyOptions = VerifyOptions {
    live: true,
    rehearse: false,
};
const REHEARSE: VerifyOptions = VerifyOptions {
    live: false,
    rehearse: true,
};

#[test]
fn a_backup_is_current_until_something_changes() {
    let archive = World::new(till()).archive();
    let live = |tables| {
        ok(World::new(tables).verify_with(&archive, LIVE))
            .live
            .expect("a comparison")
    };
    let current = live(till());
    assert!(current.current);
    assert_eq!(current.tables.len(), 5);

    let changed = live(changed_till());
    assert!(!changed.current);
    assert_eq!(changed.tables[0].delete, 1);

    let mut more = till();
    more.push(MemoryTable::new("since", true, Vec::new()));
    assert!(!live(more).current, "a table that the backup does not hold");

    let mut world = World::new(Vec::new());
    world.database = MemoryDatabase::missing("pos", &world.steps);
    let missing = ok(world.verify_with(&archive, LIVE))
        .live
        .expect("a comparison");
    assert!(!missing.current);
    assert_eq!(missing.tables[0].add, 7);
    assert_eq!(world.database.version(), None);
}

#[test]
fn a_rehearsal_is_remembered_and_leaves_nothing() {
    let archive = World::new(till()).archive();
    let world = World::new(changed_till());
    assert_eq!(ok(world.verify(&archive)).rehearsed_at, None);
    let report = ok(world.verify_with(&archive, REHEARSE));
    assert!(report.rehearsed_at.is_some());
    assert_eq!(report.live, None);
    assert_eq!(world.scratch.version(), None);
    assert_eq!(world.database.tables(), changed_till());
    assert_eq!(ok(world.verify(&archive)).rehearsed_at, report.rehearsed_at);
    let other = World::new(changed_till()).archive();
    assert_eq!(ok(world.verify(&other)).rehearsed_at, None);
}

#[test]
fn what_comes_back_otherwise_fails_the_rehearsal() {
    let archive = World::new(till()).archive();
    let mut world = World::new(till());
    world.scratch.alters_records = Some(("2.2", "2.3"));
    let error = failed(world.verify_with(&archive, REHEARSE));
    assert_eq!(error.code, ErrorCode::ValidationFailed);
    assert_eq!(error.context.table.as_deref(), Some("products"));
    assert_eq!(error.context.key, Some(1.into()));
    let checksum = ok(world.verify(&archive)).metadata.checksum;
    assert_eq!(block_on(world.journal.rehearsed_at(&checksum)), Ok(None));
    assert_eq!(world.scratch.version(), None);
}

#[test]
fn each_step_of_a_rehearsal() {
    let archive = World::new(till()).archive();
    let both = VerifyOptions {
        live: true,
        rehearse: true,
    };
    let calm = World::new(till());
    ok(calm.verify_with(&archive, both.clone()));
    let names = calm.steps.names();
    for step in [
        "create",
        "put",
        "commit",
        "next",
        "remove_database",
        "note_rehearsed",
    ] {
        assert!(names.contains(&step), "{step} of {names:?}");
    }
    for strike in [Strike::Fail, Strike::Cancel] {
        for (step, name) in names.iter().enumerate() {
            let world = World::with_steps(till(), &Steps::strike_at(step, strike));
            let outcome = world.verify_with(&archive, both.clone());
            assert_eq!(world.database.tables(), till(), "{name}, step {step}");
            match outcome {
                Ok(_) => {}
                Err(Stop::Cancelled) => assert_eq!(strike, Strike::Cancel),
                Err(Stop::Failed(error)) => {
                    assert!(
                        error.message.starts_with("Struck at"),
                        "step {step}: {error}"
                    );
                }
            }
            let is_removal = *name == "remove_database" && strike == Strike::Fail;
            if !is_removal {
                assert_eq!(
                    world.scratch.version(),
                    None,
                    "{strike:?} {name}, step {step}"
                );
            }
        }
    }
}
