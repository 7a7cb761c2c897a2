//! Backup, inspect, verify, plan and restore, one after the other.

use std::rc::Rc;

use pos_backup::bridge::{BackupOptions, Consistency, ErrorCode, RestoreOptions, TablePlan};
use pos_backup::jobs::BackupAssets;
use pos_backup::memory::{MemoryHost, MemoryTable};
use serde_json::{Value, json};

use crate::testkit::world::{
    BACKUP_ID, BEGIN_MS, LOCAL_STORAGE, World, assets, changed_till, failed, ok, till,
};

fn some(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn a_restore_into_a_changed_database_gives_the_first_content_again() {
    for consistency in [
        Consistency::Snapshot,
        Consistency::Table,
        Consistency::Batch,
    ] {
        let world = World::new(till());
        let options = BackupOptions {
            consistency,
            ..BackupOptions::default()
        };
        let backup = ok(world.backup(options, assets()));
        assert_eq!(backup.backup_id, BACKUP_ID);
        assert!(backup.stored);
        assert_eq!(backup.metadata.consistency, consistency);
        assert!(backup.duration_ms > 0.0);
        assert_eq!(world.database.tables(), till(), "a backup changes nothing");
        assert_eq!(world.storage.names(), [format!("{BACKUP_ID}.zip")]);
        let archive = world.storage.archive(BACKUP_ID).unwrap();
        assert_eq!(archive.len() as u64, backup.archive_bytes);

        let other = World::new(changed_till());
        let inspection = ok(other.inspect(&archive));
        assert_eq!(inspection.metadata, backup.metadata);
        assert_eq!(inspection.archive_bytes, archive.len() as u64);
        assert_eq!(
            inspection.schema.action_queue.as_deref(),
            Some("actionQueue")
        );
        let schemas: Vec<_> = till().into_iter().map(|table| table.schema).collect();
        assert_eq!(inspection.schema.stores, schemas);

        let report = ok(other.verify(&archive));
        assert_eq!(report.metadata, backup.metadata);
        assert_eq!((report.records, report.sealed), (14, true));
        assert_eq!(report.entries, inspection.entries);
        assert_eq!(report.bytes, backup.metadata.size);

        let plan = ok(other.plan(&archive, RestoreOptions::default()));
        assert_eq!(
            other.database.tables(),
            changed_till(),
            "a plan changes nothing"
        );
        assert!(!other.steps.names().contains(&"write"));
        let planned =
            |table: &str, [unchanged, add, change, delete]: [u64; 4], examples: Value| TablePlan {
                unchanged,
                add,
                change,
                delete,
                examples: serde_json::from_value(examples).unwrap(),
                ..TablePlan::new(table)
            };
        let date = json!({ "v": 1_700_000_000_000_u64, "t": { "": "date" } });
        let settings = json!([-1.5, date, "shopName"]);
        assert_eq!(
            plan.tables,
            [
                planned(
                    "products",
                    [0, 7, 0, 1],
                    json!({ "add": [1, 2, 3], "change": [], "delete": [99] })
                ),
                planned(
                    "settings",
                    [0, 4, 0, 0],
                    json!({ "add": settings, "change": [], "delete": [] })
                ),
                planned(
                    "refunds",
                    [0, 0, 0, 1],
                    json!({ "add": [], "change": [], "delete": [1] })
                ),
                planned(
                    "../orders/ä%\\",
                    [1, 0, 0, 1],
                    json!({ "add": [], "change": [], "delete": ["o-2"] })
                ),
                planned(
                    "actionQueue",
                    [1, 0, 1, 0],
                    json!({ "add": [], "change": [1], "delete": [] })
                ),
            ]
        );
        assert!(plan.assets.local_storage && plan.assets.session_storage && plan.assets.config);
        assert_eq!(plan.assets.files, ["../Größe 1", "logo.png"]);
        assert!(plan.warnings.is_empty());

        let result = ok(other.restore(&archive, RestoreOptions::default()));
        assert_eq!(other.database.tables(), till());
        let restored: Vec<_> = result
            .tables
            .iter()
            .map(|t| (t.table.as_str(), t.records))
            .collect();
        assert_eq!(
            restored,
            [
                ("products", 7),
                ("settings", 4),
                ("refunds", 0),
                ("../orders/ä%\\", 1),
                ("actionQueue", 2)
            ]
        );
        let bytes: u64 = till()[0].lines.iter().map(|line| line.len() as u64).sum();
        assert_eq!(result.tables[0].bytes, bytes);
        let held = other.page.assets.borrow();
        let names: Vec<_> = held.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "config/config.json",
                "files/%2E%2E%2FGr%C3%B6%C3%9Fe 1",
                "files/localStorage.json",
                "files/logo.png",
                "files/sessionStorage.json",
            ]
            .map(|name| name.replace("%2E%2E%2F", "..%2F"))
        );
        assert_eq!(held["files/localStorage.json"], LOCAL_STORAGE.as_bytes());
        assert_eq!(held["files/logo.png"], [0x89, b'P', b'N', b'G', 0, 255]);
    }
}

#[test]
fn large_tables_come_back_from_many_parts() {
    let line = |id: usize| {
        format!(
            "{{\"v\":{{\"id\":{id},\"x\":\"{}\"}}}}\n",
            format!("{id:02x}").repeat(200_000)
        )
    };
    // Batches have 3 records, so the last parts are: a full one, one that is not full, a full one again.
    for (records, parts) in [(6, 2), (7, 3), (9, 3)] {
        let tables = vec![
            MemoryTable::new(
                "large",
                true,
                (1..=records).map(|id| line(id % 10 + 10 * id)).collect(),
            ),
            MemoryTable::new("small", true, vec!["{\"v\":{\"id\":1}}\n".to_owned()]),
        ];
        let world = World::new(tables.clone());
        let archive = world.archive();
        let inspection = ok(world.inspect(&archive));
        // schema, metadata, manifest, config, 4 files, the small table
        assert_eq!(inspection.entries, 9 + parts, "{records} records");
        let empty = tables.iter().map(|table| MemoryTable {
            lines: Vec::new(),
            ..table.clone()
        });
        let other = World::new(empty.collect());
        ok(other.restore(&archive, RestoreOptions::default()));
        assert_eq!(other.database.tables(), tables);
    }
}

#[test]
fn an_empty_database_without_assets() {
    let world = World::new(Vec::new());
    let backup = ok(world.backup(BackupOptions::default(), BackupAssets::default()));
    assert!(backup.metadata.tables.is_empty());
    let archive = world.storage.archive(BACKUP_ID).unwrap();
    assert_eq!(ok(world.verify(&archive)).records, 0);
    let result = ok(world.restore(&archive, RestoreOptions::default()));
    assert!(result.tables.is_empty());
    assert!(!world.steps.names().contains(&"apply_assets"));
}

#[test]
fn a_backup_of_some_tables() {
    let world = World::new(till());
    let options = BackupOptions {
        tables: some(&["settings", "actionQueue"]),
        consistency: Consistency::Snapshot,
        ..BackupOptions::default()
    };
    let backup = ok(world.backup(options, assets()));
    assert_eq!(
        backup.metadata.tables.keys().collect::<Vec<_>>(),
        ["settings"]
    );
    assert_eq!(backup.metadata.action_queue_count, 2);
    let archive = world.storage.archive(BACKUP_ID).unwrap();

    let other = World::new(changed_till());
    let plan = ok(other.plan(&archive, RestoreOptions::default()));
    let kept: Vec<_> = plan
        .warnings
        .iter()
        .filter_map(|warning| warning.table.as_deref())
        .collect();
    assert_eq!(
        kept,
        ["products", "refunds", "../orders/ä%\\"],
        "tables that stay as they are"
    );
    ok(other.restore(&archive, RestoreOptions::default()));
    let (found, first, changed) = (other.database.tables(), till(), changed_till());
    assert_eq!([&found[1], &found[4]], [&first[1], &first[4]]);
    assert_eq!(
        [&found[0], &found[2], &found[3]],
        [&changed[0], &changed[2], &changed[3]]
    );
}

#[test]
fn a_backup_without_the_action_queue_has_none() {
    let world = World::new(till());
    let options = BackupOptions {
        tables: some(&["settings"]),
        consistency: Consistency::Snapshot,
        ..BackupOptions::default()
    };
    let backup = ok(world.backup(options, BackupAssets::default()));
    assert_eq!(backup.metadata.action_queue_count, 0);
    assert!(backup.warnings.is_empty());
    let archive = world.storage.archive(BACKUP_ID).unwrap();
    assert_eq!(ok(world.inspect(&archive)).schema.action_queue, None);
}

#[test]
fn an_action_queue_that_the_database_does_not_have_is_told() {
    let mut world = World::new(till());
    world.config.action_queue = Some("actionQueu".to_owned());
    let backup = ok(world.backup(BackupOptions::default(), BackupAssets::default()));
    let warning = &backup.warnings[0];
    assert_eq!(warning.code, Some(ErrorCode::TableNotFound));
    assert_eq!(warning.table.as_deref(), Some("actionQueu"));
    assert_eq!(backup.metadata.tables.len(), 5);
    assert_eq!(backup.metadata.action_queue_count, 0);
}

#[test]
fn a_restore_of_some_tables_leaves_all_else_alone() {
    let archive = World::new(till()).archive();
    let other = World::new(changed_till());
    let options = RestoreOptions {
        tables: some(&["actionQueue", "refunds", "refunds"]),
        ..RestoreOptions::default()
    };
    let plan = ok(other.plan(&archive, options.clone()));
    assert_eq!(plan.tables.len(), 2);
    assert_eq!(plan.assets, Default::default());
    let result = ok(other.restore(&archive, options));
    assert_eq!(result.tables.len(), 2);
    let (found, first, changed) = (other.database.tables(), till(), changed_till());
    assert_eq!([&found[2], &found[4]], [&first[2], &first[4]]);
    assert_eq!(
        [&found[0], &found[1], &found[3]],
        [&changed[0], &changed[1], &changed[3]]
    );
    assert!(
        other.page.assets.borrow().is_empty(),
        "assets belong to no table"
    );
}

#[test]
fn a_restore_of_no_table_changes_nothing() {
    let archive = World::new(till()).archive();
    let other = World::new(changed_till());
    let options = RestoreOptions {
        tables: some(&[]),
        ..RestoreOptions::default()
    };
    assert!(ok(other.restore(&archive, options)).tables.is_empty());
    assert_eq!(other.database.tables(), changed_till());
}

#[test]
fn a_table_that_is_not_there_is_refused() {
    let world = World::new(till());
    let options = BackupOptions {
        tables: some(&["settings", "nowhere"]),
        consistency: Consistency::Snapshot,
        ..BackupOptions::default()
    };
    let error = failed(world.backup(options, assets()));
    assert_eq!(error.code, ErrorCode::TableNotFound);
    assert_eq!(error.context.table.as_deref(), Some("nowhere"));
    assert!(world.storage.names().is_empty());

    let archive = World::new(till()).archive();
    let options = RestoreOptions {
        tables: some(&["nowhere"]),
        ..RestoreOptions::default()
    };
    let error = failed(world.restore(&archive, options));
    assert_eq!(error.code, ErrorCode::TableNotFound);
    assert_eq!(error.context.table.as_deref(), Some("nowhere"));
    assert_eq!(world.database.tables(), till());
}

#[test]
fn an_archive_of_another_database_needs_a_word() {
    let archive = World::new(till()).archive();
    let mut other = World::new(changed_till());
    other.config.database = "pos-2".to_owned();
    let error = failed(other.restore(&archive, RestoreOptions::default()));
    assert_eq!(error.code, ErrorCode::DatabaseMismatch);
    assert_eq!(error.context.expected, Some("pos-2".into()));
    assert_eq!(error.context.found, Some("pos".into()));
    assert_eq!(other.database.tables(), changed_till());
    let options = RestoreOptions {
        any_database: true,
        ..RestoreOptions::default()
    };
    ok(other.restore(&archive, options));
    assert_eq!(other.database.tables(), till());
}

#[test]
fn schema_versions_are_the_apps_or_else_the_databases() {
    let mut world = World::new(till());
    world.config.schema_version = Some(3);
    let archive = world.archive();
    assert_eq!(ok(world.inspect(&archive)).metadata.schema_version, 3);
    for (version, expected) in [
        (Some(3), None),
        (Some(4), Some(ErrorCode::MigrationMissing)),
        (Some(2), Some(ErrorCode::SchemaTooNew)),
        (None, Some(ErrorCode::MigrationMissing)),
    ] {
        let mut other = World::new(changed_till());
        other.config.schema_version = version;
        let outcome = other.restore(&archive, RestoreOptions::default());
        match expected {
            None => drop(ok(outcome)),
            Some(code) => {
                assert_eq!(failed(outcome).code, code);
                assert_eq!(other.database.tables(), changed_till());
            }
        }
    }
}

#[test]
fn tables_must_be_there_with_keys_of_the_same_kind() {
    let archive = World::new(till()).archive();
    type Change = fn(&mut Vec<MemoryTable>);
    let changes: [(Change, &str); 4] = [
        (|tables| drop(tables.remove(2)), "refunds"),
        (
            |tables| tables[1] = MemoryTable::new("settings", true, Vec::new()),
            "settings",
        ),
        (|tables| tables[0].schema.auto_increment = false, "products"),
        (
            |tables| {
                tables[0].schema.key_path =
                    Some(pos_backup::bridge::KeyPath::Compound(vec!["id".to_owned()]))
            },
            "products",
        ),
    ];
    for (change, table) in changes {
        let mut tables = changed_till();
        change(&mut tables);
        let other = World::new(tables.clone());
        for error in [
            failed(other.plan(&archive, RestoreOptions::default())),
            failed(other.restore(&archive, RestoreOptions::default())),
        ] {
            assert_eq!(error.code, ErrorCode::SchemaMismatch);
            assert_eq!(error.context.table.as_deref(), Some(table));
            assert!(error.context.expected.is_some() && error.context.found.is_some());
        }
        assert_eq!(other.database.tables(), tables);
        let options = RestoreOptions {
            tables: some(&["actionQueue"]),
            ..RestoreOptions::default()
        };
        ok(other.restore(&archive, options));
    }
}

#[test]
fn the_time_of_a_backup_may_be_a_fraction() {
    for part in (0..4096).step_by(7) {
        let begin_ms = BEGIN_MS + f64::from(part) / 4096.0;
        let mut world = World::new(Vec::new());
        world.host = Rc::new(MemoryHost::new(begin_ms, &world.steps));
        let backup = ok(world.backup(BackupOptions::default(), BackupAssets::default()));
        assert_eq!(backup.metadata.timestamp, begin_ms + 1.0);
    }
}
