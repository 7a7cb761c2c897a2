//! A restore that is cut off at each of its steps, and the start after it: everything is as before or as the archive has
//! it, tables and assets alike, and the start says which.

use std::collections::BTreeMap;

use pos_backup::bridge::{ErrorCode, RestoreOptions, RestoreOutcome};
use pos_backup::memory::{MemoryDatabase, MemoryTable, Steps, Strike};

use crate::testkit::world::{World, changed_till, ok, till};

type Held = BTreeMap<String, Vec<u8>>;

/// What the page has before: a localStorage, no config, a file that the archive does not have.
fn held_before() -> Held {
    let held = [
        ("files/localStorage.json", "{\"before\":\"1\"}"),
        ("files/sessionStorage.json", "{\"session\":\"1\"}"),
        ("files/other", "only before"),
        ("config/config.json", "{\"before\":true}"),
    ];
    held.map(|(path, content)| (path.to_owned(), content.as_bytes().to_vec())).into()
}

/// Cuts a restore off at each of its steps, and gives the outcomes by the steps' names.
fn cut_off(
    archive: &[u8],
    world: impl Fn(&Steps) -> World,
) -> Vec<(&'static str, Option<RestoreOutcome>)> {
    let calm = world(&Steps::default());
    calm.page.assets.replace(held_before());
    ok(calm.restore(archive, RestoreOptions::default()));
    assert_eq!(calm.journal.note(), None);
    let names = calm.steps.names();
    let whole = (calm.database.version(), calm.database.tables());
    let held_after = calm.page.assets.take();
    let mut outcomes = Vec::new();
    for (step, name) in names.iter().enumerate() {
        let crashing = world(&Steps::strike_at(step, Strike::Crash));
        crashing.page.assets.replace(held_before());
        let before = (crashing.database.version(), crashing.database.tables());
        crashing.restore_and_crash(archive, RestoreOptions::default());

        let next = crashing.after_crash();
        let recovered = next.recover();
        let outcome = recovered.as_ref().map(|restore| restore.outcome);
        assert!(recovered.is_none_or(|restore| restore.error.is_none()));
        let now = (next.database.version(), next.database.tables());
        let held = next.page.assets.take();
        match outcome {
            Some(RestoreOutcome::Finished) => {
                assert!(now == whole, "{name}, step {step}");
                assert_eq!(held, held_after, "{name}, step {step}");
            }
            _ => {
                assert!(now == before, "{name}, step {step}");
                assert_eq!(held, held_before(), "{name}, step {step}");
            }
        }
        assert_eq!(next.journal.note(), None, "{name}, step {step}");
        assert_eq!(next.recover(), None, "once is enough");
        outcomes.push((*name, outcome));
    }
    outcomes
}

#[test]
fn at_each_step() {
    let archive = World::new(till()).archive();
    let outcomes = cut_off(&archive, |steps| World::with_steps(changed_till(), steps));
    // What was not noted yet needs no word; what was noted is told, whatever came of it.
    for told in [
        ("schema", None),
        ("write_note", None),
        ("put", Some(RestoreOutcome::Undone)),
        ("write_note", Some(RestoreOutcome::Undone)),
        ("take_over", Some(RestoreOutcome::Undone)),
        ("answer", Some(RestoreOutcome::Undone)),
        ("commit", Some(RestoreOutcome::Undone)),
        ("clear_note", Some(RestoreOutcome::Finished)),
    ] {
        assert!(outcomes.contains(&told), "{told:?} of {outcomes:?}");
    }
}

#[test]
fn at_each_step_of_one_that_creates_the_database() {
    let archive = World::new(till()).archive();
    let outcomes = cut_off(&archive, |steps| {
        let mut world = World::with_steps(Vec::new(), steps);
        world.database = MemoryDatabase::missing("pos", steps);
        world
    });
    assert!(outcomes.contains(&("commit", Some(RestoreOutcome::Undone))));
    assert!(outcomes.contains(&("clear_note", Some(RestoreOutcome::Finished))));
}

/// Each kind of change alone must tell the one from the other.
#[test]
fn at_each_step_whatever_differs() {
    let line = |id: u32, name: &str| format!("{{\"v\":{{\"id\":{id},\"name\":\"{name}\"}}}}\n");
    let table = |lines: Vec<String>| vec![MemoryTable::new("t", true, lines)];
    let rows = |names: &[&str]| {
        let rows = names.iter().zip(1..);
        rows.map(|(name, id)| line(id, name)).collect::<Vec<_>>()
    };
    let archived = rows(&["a", "b", "c", "d"]);
    let archive = World::new(table(archived.clone())).archive();
    let mut longer = archived.clone();
    longer.push(line(9, "x"));
    let cases = [
        Vec::new(),
        rows(&["a", "b", "c"]),
        rows(&["a", "b", "other", "d"]),
        longer,
        archived,
    ];
    for live in cases {
        let outcomes = cut_off(&archive, |steps| World::with_steps(table(live.clone()), steps));
        assert!(outcomes.contains(&("clear_note", Some(RestoreOutcome::Finished))));
    }
}

/// A table of which not all can be read is written whole: others tell.
#[test]
fn at_each_step_with_a_table_that_cannot_be_read() {
    let archive = World::new(till()).archive();
    let outcomes = cut_off(&archive, |steps| {
        let mut world = World::with_steps(changed_till(), steps);
        world.database.unreadable = vec![0];
        world
    });
    assert!(outcomes.contains(&("commit", Some(RestoreOutcome::Undone))));
    assert!(outcomes.contains(&("clear_note", Some(RestoreOutcome::Finished))));
}

#[test]
fn a_page_that_refuses_is_asked_again() {
    let archive = World::new(till()).archive();
    let calm = World::new(changed_till());
    ok(calm.restore(&archive, RestoreOptions::default()));
    let commit = calm.steps.names().iter().position(|name| *name == "commit");
    let steps = Steps::strike_at(commit.expect("a commit"), Strike::Crash);
    let crashing = World::with_steps(changed_till(), &steps);
    crashing.page.assets.replace(held_before());
    crashing.restore_and_crash(&archive, RestoreOptions::default());

    let mut next = crashing.after_crash();
    next.page.refuses = Some("no space".to_owned());
    let restore = next.recover().expect("a restore that was cut off");
    let error = restore.error.expect("a page that refused");
    assert_eq!(error.code, ErrorCode::AssetsNotApplied);
    assert_eq!(error.context.found, Some("no space".into()));
    assert!(next.journal.note().is_some());

    next.page.refuses = None;
    let restore = next.recover().expect("it is tried again");
    assert_eq!((restore.outcome, restore.error), (RestoreOutcome::Undone, None));
    assert_eq!(next.page.assets.take(), held_before());
}
