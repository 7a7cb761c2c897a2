//! A restore that is cut off at each of its steps, and the start after it: everything is as before or as the archive has
//! it, tables and assets alike, and the start says which.

use std::collections::BTreeMap;

use futures::executor::block_on;
use pos_backup::bridge::{ErrorCode, RestoreOptions, RestoreOutcome};
use pos_backup::jobs::recover;
use pos_backup::journal::{Journal, Reached};
use pos_backup::limits::STORAGE_SETTLES_MS;
use pos_backup::memory::{MemoryDatabase, MemoryTable, Steps, Strike};

use crate::testkit::world::{BEGIN_MS, World, changed_till, failed, ok, till};

type Held = BTreeMap<String, Vec<u8>>;

/// What the page has before: a localStorage, no config, a file that the archive does not have.
fn held_before() -> Held {
    let held = [
        ("files/localStorage.json", "{\"before\":\"1\"}"),
        ("files/sessionStorage.json", "{\"session\":\"1\"}"),
        ("files/other", "only before"),
        ("config/config.json", "{\"before\":true}"),
    ];
    held.map(|(path, content)| (path.to_owned(), content.as_bytes().to_vec()))
        .into()
}

/// A browser that is killed forgets the last that was written to the storages.
fn forget(world: &World, storages: &Held) {
    let mut assets = world.page.assets.borrow_mut();
    for path in ["files/localStorage.json", "files/sessionStorage.json"] {
        assets.insert(path.to_owned(), storages[path].clone());
    }
    let is_archives = storages[LOCAL_STORAGE] != held_before()[LOCAL_STORAGE];
    world.page.has_taken_over.set(is_archives);
}

const LOCAL_STORAGE: &str = "files/localStorage.json";

/// Cuts a restore off at each of its steps, by a crash of the page and by one of the browser, and gives the outcomes by
/// the steps' names.
fn cut_off(
    archive: &[u8],
    world: impl Fn(&Steps) -> World,
) -> Vec<(&'static str, Option<RestoreOutcome>)> {
    let calm = world(&Steps::default());
    calm.page.assets.replace(held_before());
    ok(calm.restore(archive, RestoreOptions::default()));
    let names = calm.steps.names();
    let whole = (calm.database.version(), calm.database.tables());
    let held_after = calm.page.assets.take();
    let mut outcomes = Vec::new();
    let steps = names.iter().enumerate();
    for ((step, name), forgets) in steps.flat_map(|step| [(step, false), (step, true)]) {
        let crashing = world(&Steps::strike_at(step, Strike::Crash));
        crashing.page.assets.replace(held_before());
        let before = (crashing.database.version(), crashing.database.tables());
        crashing.restore_and_crash(archive, RestoreOptions::default());

        let next = crashing.after_crash();
        if forgets {
            forget(&next, &held_before());
        }
        let recovered = next.recover();
        let outcome = recovered.as_ref().map(|restore| restore.outcome);
        let error = recovered.and_then(|restore| restore.error);
        assert_eq!(error, None);
        // What it forgets now is put right by the start after it.
        if forgets && outcome.is_some() {
            forget(&next, &held_before());
            assert_eq!(next.recover(), None);
        }
        let now = (next.database.version(), next.database.tables());
        let held = next.page.assets.borrow().clone();
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
        ("write_note", Some(RestoreOutcome::Finished)),
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
    assert!(outcomes.contains(&("write_note", Some(RestoreOutcome::Finished))));
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
        let outcomes = cut_off(&archive, |steps| {
            World::with_steps(table(live.clone()), steps)
        });
        assert!(outcomes.contains(&("write_note", Some(RestoreOutcome::Finished))));
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
    assert!(outcomes.contains(&("write_note", Some(RestoreOutcome::Finished))));
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
    assert_eq!(
        (restore.outcome, restore.error),
        (RestoreOutcome::Undone, None)
    );
    assert_eq!(next.page.assets.take(), held_before());
}

/// The archive's, as a page holds them that has taken them over.
fn held_after(archive: &[u8]) -> Held {
    let world = World::new(changed_till());
    world.page.assets.replace(held_before());
    ok(world.restore(archive, RestoreOptions::default()));
    world.page.assets.take()
}

#[test]
fn a_browser_that_forgets_after_the_end_is_put_right() {
    let archive = World::new(till()).archive();
    let restored = World::new(changed_till());
    restored.page.assets.replace(held_before());
    ok(restored.restore(&archive, RestoreOptions::default()));
    let is_told = [false, true];
    for is_told in is_told {
        if is_told {
            let note = restored.journal.note().expect("a note");
            block_on(restored.journal.told(&note.job_id)).expect("a journal");
        }
        let next = restored.after_crash();
        next.page.assets.replace(held_after(&archive));
        forget(&next, &held_before());
        let outcome = next.recover().map(|restore| restore.outcome);
        // What the page knows is not told again.
        assert_eq!(outcome, (!is_told).then_some(RestoreOutcome::Finished));
        assert_eq!(next.page.assets.take(), held_after(&archive));
    }
}

#[test]
fn a_browser_that_forgets_an_undo_is_put_right() {
    let archive = World::new(till()).archive();
    let calm = World::new(changed_till());
    calm.page.assets.replace(held_before());
    ok(calm.restore(&archive, RestoreOptions::default()));
    let commit = calm.steps.names().iter().position(|name| *name == "commit");
    let steps = Steps::strike_at(commit.expect("a commit"), Strike::Fail);
    let failing = World::with_steps(changed_till(), &steps);
    failing.page.assets.replace(held_before());
    failed(failing.restore(&archive, RestoreOptions::default()));
    assert_eq!(*failing.page.assets.borrow(), held_before());

    let next = failing.after_crash();
    forget(&next, &held_after(&archive));
    assert_eq!(
        next.recover().map(|restore| restore.outcome),
        Some(RestoreOutcome::Undone)
    );
    assert_eq!(next.page.assets.take(), held_before());
}

#[test]
fn what_the_app_writes_after_the_end_is_its_own() {
    let archive = World::new(till()).archive();
    let restored = World::new(changed_till());
    restored.page.assets.replace(held_before());
    ok(restored.restore(&archive, RestoreOptions::default()));
    let mut held = held_after(&archive);
    held.insert(LOCAL_STORAGE.to_owned(), b"{\"later\":\"1\"}".to_vec());
    restored.page.assets.replace(held.clone());
    let next = restored.after_crash();
    next.recover();
    assert_eq!(next.page.assets.take(), held);
    // And after a while nothing is remembered.
    let World {
        database,
        storage,
        journal,
        page,
        ..
    } = &next;
    let later_ms = BEGIN_MS + STORAGE_SETTLES_MS + 100_000.0;
    let recovered =
        block_on(recover(database, storage, journal, page, later_ms)).expect("a journal");
    assert_eq!((recovered, journal.note()), (None, None));
}

#[test]
fn a_storage_that_the_page_declined_is_left_alone() {
    let archive = World::new(till()).archive();
    let steps = Steps::default();
    let world = World::with_steps(changed_till(), &steps);
    let mut held = held_before();
    held.remove(LOCAL_STORAGE);
    world.page.assets.replace(held);
    ok(world.restore(&archive, RestoreOptions::default()));
    let note = world.journal.note().expect("a note");
    let Reached::Settled(settled) = note.reached else {
        panic!("{note:?}")
    };
    assert_eq!(settled.storages.local_storage, None);
    assert!(settled.storages.session_storage.is_some());
}

/// It has changed its storages, and nobody knows: the next start puts them back.
#[test]
fn a_page_that_never_answers_is_put_right_by_the_next_start() {
    let archive = World::new(till()).archive();
    let mut world = World::new(changed_till());
    world.page.assets.replace(held_before());
    world.page.answers_after = None;
    failed(world.restore(&archive, RestoreOptions::default()));
    assert_ne!(*world.page.assets.borrow(), held_before());
    let next = world.after_crash();
    let recovered = next.recover().expect("a note");
    assert_eq!(recovered.outcome, RestoreOutcome::Undone);
    assert_eq!(next.page.assets.take(), held_before());
    assert_eq!(next.database.tables(), changed_till());
}
