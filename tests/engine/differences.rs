//! A restore writes what differs, and no more; a plan says beforehand what that is.

use std::collections::BTreeMap;

use pos_backup::bridge::{ErrorCode, IndexSchema, KeyPath, RestoreMode, RestoreOptions, TablePlan};
use pos_backup::memory::MemoryTable;
use proptest::collection::btree_map;
use proptest::prelude::*;

use crate::testkit::world::{World, failed, ok};

/// Records by the text of their keys' JSON, in the order of keys.
type Records = BTreeMap<u32, u8>;

/// Values that are equal for many keys, so that pairs of databases share records.
fn records() -> impl Strategy<Value = Records> {
    btree_map(0..40_u32, 0..3_u8, 0..25)
}

/// Half of the keys are numbers, and half strings.
fn key(number: u32) -> String {
    match number < 20 {
        true => format!("{number}"),
        false => format!("\"k{number}\""),
    }
}

fn table(name: &str, inline: bool, records: &Records) -> MemoryTable {
    let lines = records.iter().map(|(number, value)| {
        let key = key(*number);
        match inline {
            true => format!("{{\"v\":{{\"id\":{key},\"value\":{value}}}}}\n"),
            false => format!("{{\"v\":{value},\"k\":{key}}}\n"),
        }
    });
    MemoryTable::new(name, inline, lines.collect())
}

/// With a unique index, what is overwritten is deleted first.
fn tables(contents: &[Records; 2], unique: bool) -> Vec<MemoryTable> {
    let mut tables = vec![
        table("inline", true, &contents[0]),
        table("out of line", false, &contents[1]),
        table("actionQueue", true, &Records::new()),
    ];
    let index = IndexSchema {
        name: "index".to_owned(),
        key_path: KeyPath::Single("id".to_owned()),
        unique,
        multi_entry: false,
    };
    tables[0].schema.indexes.push(index.clone());
    tables[1].schema.indexes.push(index);
    tables
}

/// What a mode makes of both, and the plan's numbers.
fn expected(archived: &Records, live: &Records, mode: RestoreMode) -> (Records, [u64; 4]) {
    let mut result = live.clone();
    let [mut unchanged, mut add, mut change, mut delete] = [0; 4];
    for (key, value) in archived {
        match live.get(key) {
            None => add += 1,
            Some(other) if other == value || mode == RestoreMode::Fill => {
                unchanged += 1;
                continue;
            }
            Some(_) => change += 1,
        }
        result.insert(*key, *value);
    }
    for key in live.keys().filter(|key| !archived.contains_key(key)) {
        if mode == RestoreMode::Replace {
            result.remove(key);
            delete += 1;
        } else {
            unchanged += 1;
        }
    }
    (result, [unchanged, add, change, delete])
}

fn numbers(plan: &TablePlan) -> [u64; 4] {
    [plan.unchanged, plan.add, plan.change, plan.delete]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_restore_does_what_its_plan_says(
        archived in [records(), records()],
        live in [records(), records()],
        unique in any::<bool>(),
        mode in prop_oneof![Just(RestoreMode::Replace), Just(RestoreMode::Merge), Just(RestoreMode::Fill)],
        checks_first in any::<bool>(),
    ) {
        let archive = World::new(tables(&archived, unique)).archive();
        let world = World::new(tables(&live, unique)).checking_first(checks_first);
        let options = RestoreOptions { mode, ..RestoreOptions::default() };
        let plan = ok(world.plan(&archive, options.clone()));
        prop_assert_eq!(world.database.tables(), tables(&live, unique));
        let result = ok(world.restore(&archive, options));
        let pairs = archived.iter().zip(&live);
        let pairs: Vec<_> = pairs.map(|(archived, live)| expected(archived, live, mode)).collect();
        let contents = [pairs[0].0.clone(), pairs[1].0.clone()];
        prop_assert_eq!(world.database.tables(), tables(&contents, unique));
        for ((_, expected), (plan, done)) in pairs.iter().zip(plan.tables.iter().zip(&result.tables)) {
            prop_assert_eq!(numbers(plan), *expected, "{:?}", plan);
            prop_assert_eq!([done.unchanged, done.add, done.change, done.delete], *expected);
            prop_assert_eq!(done.records, expected[..3].iter().sum::<u64>());
            let examples = [&plan.examples.add, &plan.examples.change, &plan.examples.delete];
            for (keys, count) in examples.into_iter().zip(&expected[1..]) {
                prop_assert_eq!(keys.len() as u64, (*count).min(3));
            }
        }
        // What is as it should be is not written again.
        let again = ok(world.restore(&archive, RestoreOptions { mode, ..RestoreOptions::default() }));
        let written: u64 = again.tables.iter().map(|table| table.add + table.change + table.delete).sum();
        prop_assert_eq!(written, 0);
    }
}

/// How often a restore began a transaction, and whether it wrote in any but the last.
fn transactions(world: &World) -> (usize, bool) {
    let names = world.steps.names();
    let last = names.iter().rposition(|name| *name == "write").unwrap();
    let writes = ["advance_generator", "put", "delete", "clear"];
    let wrote = names[..last].iter().any(|name| writes.contains(name));
    (names.iter().filter(|name| **name == "write").count(), wrote)
}

#[test]
fn where_much_differs_the_archive_is_checked_first() {
    let many = |value: u8| -> Records { (1000..4000).map(|key| (key, value)).collect() };
    let archive = World::new(tables(&[many(1), many(1)], false)).archive();
    let changed = |every: usize| {
        let mut live = many(1);
        live.values_mut()
            .step_by(every)
            .for_each(|value| *value = 2);
        live
    };
    for (every, begun) in [(1, 2), (2, 1), (100, 1)] {
        let world = World::new(tables(&[changed(every), changed(100)], false));
        let result = ok(world.restore(&archive, RestoreOptions::default()));
        assert_eq!(world.database.tables(), tables(&[many(1), many(1)], false));
        let changes: u64 = result.tables.iter().map(|table| table.change).sum();
        assert_eq!(changes, 3000_u64.div_ceil(every as u64) + 30);
        assert_eq!(transactions(&world), (begun, false), "every {every}th");
    }
}

#[test]
fn a_table_without_live_records_has_the_archive_checked_first() {
    let some: Records = [(1, 1), (2, 1)].into();
    let none = Records::new();
    let archive = World::new(tables(&[some.clone(), none.clone()], false)).archive();
    for (live, begun) in [([none.clone(), none.clone()], 2), ([some.clone(), none], 1)] {
        let world = World::new(tables(&live, false));
        ok(world.restore(&archive, RestoreOptions::default()));
        assert_eq!(world.database.tables()[0].lines.len(), 2);
        assert_eq!(transactions(&world), (begun, false));
    }
}

#[test]
fn a_table_that_cannot_be_read_is_written_whole() {
    let [archived, live]: [Records; 2] =
        [[1, 2, 3], [2, 3, 4]].map(|keys| keys.map(|key| (key, 7)).into());
    let archive = World::new(tables(&[archived.clone(), archived.clone()], false)).archive();
    let mut world = World::new(tables(&[live.clone(), live], false));
    world.database.unreadable = vec![1];
    let merge = RestoreOptions {
        mode: RestoreMode::Merge,
        ..RestoreOptions::default()
    };
    let error = failed(world.restore(&archive, merge));
    assert_eq!(error.code, ErrorCode::UnsupportedValue);
    assert_eq!(error.context.table.as_deref(), Some("out of line"));
    let done = ok(world.restore(&archive, RestoreOptions::default())).tables;
    let numbers = done
        .iter()
        .map(|it| [it.unchanged, it.add, it.change, it.delete]);
    let expected = [[2, 1, 0, 1], [0, 3, 0, 3], [0, 0, 0, 0]];
    assert_eq!(numbers.collect::<Vec<_>>(), expected);
    assert_eq!(
        world.database.tables(),
        tables(&[archived.clone(), archived], false)
    );
}
