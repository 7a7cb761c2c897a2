//! Archives of older schemas.

use pos_backup::archive::Sha256Hex;
use pos_backup::bridge::{
    ErrorCode, KeyPath, MigratedTable, Migration, MigrationStep, Phase, RestoreMode,
    RestoreOptions, RestorePlan, Validate, VerifyOptions, VersionOrder,
};
use pos_backup::codec::TableMigration;
use pos_backup::memory::{MemoryDatabase, MemoryTable, MigrateLine, Steps, Strike};

use crate::testkit::world::{World, failed, ok};

fn table(name: &str, lines: &[&str]) -> MemoryTable {
    let lines = lines.iter().map(|line| format!("{line}\n")).collect();
    MemoryTable::new(name, true, lines)
}

/// What the app had in version 1.
fn old_till() -> Vec<MemoryTable> {
    vec![
        table(
            "items",
            &[
                r#"{"v":{"id":1,"price":2}}"#,
                r#"{"v":{"id":2}}"#,
                r#"{"v":{"id":3,"price":4}}"#,
                r#"{"v":{"id":4,"price":5}}"#,
            ],
        ),
        table("drafts", &[r#"{"v":{"id":1}}"#]),
        table("settings", &[r#"{"v":{"id":"a"}}"#]),
        table("actionQueue", &[r#"{"v":{"id":1,"price":9}}"#]),
    ]
}

/// What it has in version 3.
fn new_till() -> Vec<MemoryTable> {
    vec![
        table(
            "products",
            &[
                r#"{"v":{"id":1,"unitPrice":2}}"#,
                r#"{"v":{"id":7,"unitPrice":7}}"#,
            ],
        ),
        table("settings", &[]),
        table("customers", &[r#"{"v":{"id":1}}"#]),
        table("pending", &[]),
        table("logs", &[r#"{"v":{"id":1}}"#]),
    ]
}

fn archive() -> Vec<u8> {
    let mut world = World::new(old_till());
    world.config.schema_version = Some(1);
    world.config.app_version = "1.9".to_owned();
    world.archive()
}

fn migrations() -> Vec<Migration> {
    let rename = |table: &str, to: &str| MigrationStep::RenameTable {
        table: table.to_owned(),
        to: to.to_owned(),
    };
    let drafts = "drafts".to_owned();
    let customers = "customers".to_owned();
    let to_cents = MigrationStep::RenameField {
        table: "products".to_owned(),
        field: "/price".to_owned(),
        to: "unitPrice".to_owned(),
    };
    let steps = vec![
        rename("items", "products"),
        rename("actionQueue", "pending"),
        MigrationStep::DropTable { table: drafts },
        MigrationStep::AddTable { table: customers },
    ];
    vec![
        Migration {
            from: 2,
            to: 3,
            steps: vec![to_cents],
            module: None,
        },
        Migration {
            from: 1,
            to: 2,
            steps,
            module: None,
        },
    ]
}

/// The step of these migrations.
fn renamed(_: &TableMigration, line: &str) -> Option<String> {
    Some(line.replace("\"price\"", "\"unitPrice\""))
}

fn world_with(steps: &Steps, migrate: MigrateLine) -> World {
    let mut world = World::with_steps(new_till(), steps);
    world.config.schema_version = Some(3);
    world.config.action_queue = Some("pending".to_owned());
    world.config.migrations = migrations();
    world.codec.migrate = migrate;
    world
}

fn world(migrate: MigrateLine) -> World {
    world_with(&Steps::default(), migrate)
}

/// What the database is to hold then.
fn migrated_till() -> Vec<MemoryTable> {
    let mut tables = new_till();
    let [products, settings, customers, pending, _logs] = &mut tables[..] else {
        panic!("five tables")
    };
    products.lines = [
        r#"{"v":{"id":1,"unitPrice":2}}"#,
        r#"{"v":{"id":2}}"#,
        r#"{"v":{"id":3,"unitPrice":4}}"#,
        r#"{"v":{"id":4,"unitPrice":5}}"#,
    ]
    .map(|line| format!("{line}\n"))
    .into();
    settings.lines = vec!["{\"v\":{\"id\":\"a\"}}\n".to_owned()];
    customers.lines.clear();
    pending.lines = vec!["{\"v\":{\"id\":1,\"price\":9}}\n".to_owned()];
    tables
}

fn of_table<'a>(tables: &'a [MigratedTable], name: &str) -> &'a MigratedTable {
    let is_named =
        |table: &&MigratedTable| [&table.table, &table.archived].contains(&&Some(name.to_owned()));
    tables.iter().find(is_named).expect("the table")
}

fn numbers(plan: &RestorePlan) -> Vec<(&str, u64, u64, u64, u64)> {
    let tables = plan.tables.iter();
    tables
        .map(|t| (t.table.as_str(), t.unchanged, t.add, t.change, t.delete))
        .collect()
}

#[test]
fn records_and_tables_go_from_version_to_version() {
    let archive = archive();
    let world = world(renamed);
    let plan = ok(world.plan(&archive, RestoreOptions::default()));
    assert_eq!(
        numbers(&plan),
        [
            ("products", 1, 3, 0, 1),
            ("settings", 0, 1, 0, 0),
            ("pending", 0, 1, 0, 0),
            ("customers", 0, 0, 0, 1),
        ]
    );
    let migration = plan.migration.clone().expect("a migration");
    assert_eq!(migration.versions, [1, 2, 3]);
    let products = of_table(&migration.tables, "products");
    assert_eq!(products.archived.as_deref(), Some("items"));
    assert_eq!(
        (products.records, products.changed, products.removed),
        (4, 3, 0)
    );
    assert_eq!(products.examples.changed, [1, 3, 4]);
    assert_eq!(of_table(&migration.tables, "drafts").table, None);
    assert_eq!(of_table(&migration.tables, "drafts").records, 1);
    assert_eq!(of_table(&migration.tables, "customers").archived, None);
    let warned: Vec<_> = plan
        .warnings
        .iter()
        .filter_map(|w| w.table.as_deref())
        .collect();
    assert_eq!(warned, ["logs", "drafts"]);
    assert_eq!(plan.app_version.archive, "1.9");
    assert_eq!(plan.app_version.archive_is, VersionOrder::Older);
    assert_eq!(world.database.tables(), new_till());
    assert_eq!(world.storage.names(), Vec::<String>::new());
    // Only the table that a step is about.
    let touched = world.codec.migrations.take();
    let touched: Vec<_> = touched.iter().map(|table| table.table.as_str()).collect();
    assert_eq!(touched, ["products"]);

    let options = RestoreOptions {
        validate: Validate::Full,
        ..RestoreOptions::default()
    };
    let result = ok(world.restore(&archive, options));
    assert_eq!(world.database.tables(), migrated_till());
    assert_eq!(result.migration, plan.migration);
    assert_eq!(result.app_version, plan.app_version);
    assert_eq!(result.metadata.schema_version, 1);
    let done = result.tables.iter();
    let done = done.map(|t| (t.table.as_str(), t.unchanged, t.add, t.change, t.delete));
    assert_eq!(done.collect::<Vec<_>>(), numbers(&plan));
    assert_eq!(world.storage.names().len(), 1, "the safety backup");
    assert!(
        world
            .page
            .assets
            .borrow()
            .contains_key("files/localStorage.json")
    );
}

#[test]
fn it_is_said_what_is_being_done() {
    let mut tables = old_till();
    let lines = (0..20_000).map(|id| format!("{{\"v\":{{\"id\":{id},\"price\":2}}}}\n"));
    tables[0].lines = lines.collect();
    let mut old = World::new(tables);
    old.config.schema_version = Some(1);
    let world = world(renamed);
    ok(world.restore(old.archive(), RestoreOptions::default()));
    let statuses = world.statuses();
    let at = |phase| statuses.iter().position(|status| status.phase == phase);
    let migrating = at(Phase::Migrating).expect("a status");
    assert!(at(Phase::Checking) < Some(migrating));
    assert!(Some(migrating) < at(Phase::Writing));
    assert_eq!(statuses[migrating].records_total, 20_000);
    let mut tables = statuses.iter().filter(|it| it.phase == Phase::Migrating);
    assert!(tables.any(|status| status.table.as_deref() == Some("products")));
}

#[test]
fn a_backup_of_an_older_schema_can_be_current() {
    let archive = archive();
    let options = VerifyOptions {
        live: true,
        rehearse: true,
    };
    for (tables, is_current) in [(migrated_till(), true), (new_till(), false)] {
        let mut world = world(renamed);
        let mut tables = tables;
        // A table of which the archive knows nothing is no part of what it can say.
        tables.pop();
        world.database = MemoryDatabase::new("pos", 10, tables, &world.steps);
        let report = ok(world.verify_with(&archive, options.clone()));
        assert_eq!(report.live.expect("a comparison").current, is_current);
        assert!(report.rehearsed_at.is_some());
        assert_eq!(world.storage.names(), Vec::<String>::new());
    }
}

#[test]
fn tables_are_chosen_by_the_names_that_they_have_now() {
    let world = world(renamed);
    let of = |table: &str| RestoreOptions {
        tables: Some(vec![table.to_owned()]),
        ..RestoreOptions::default()
    };
    let error = failed(world.restore(archive(), of("items")));
    assert_eq!(error.code, ErrorCode::TableNotFound);
    let result = ok(world.restore(archive(), of("products")));
    assert_eq!(result.tables.len(), 1);
    let mut expected = new_till();
    expected[0] = migrated_till()[0].clone();
    assert_eq!(world.database.tables(), expected);
}

#[test]
fn a_record_that_is_left_out_is_counted() {
    let without_third: MigrateLine = |table, line| {
        (!line.contains("\"id\":3"))
            .then(|| renamed(table, line))
            .flatten()
    };
    let world = world(without_third);
    let plan = ok(world.plan(archive(), RestoreOptions::default()));
    let migration = plan.migration.expect("a migration");
    let products = of_table(&migration.tables, "products");
    assert_eq!((products.changed, products.removed), (2, 1));
    assert_eq!(products.examples.removed, [3]);
    let warned = plan
        .warnings
        .iter()
        .filter(|w| w.table.as_deref() == Some("products"));
    assert_eq!(warned.count(), 1);
    ok(world.restore(archive(), RestoreOptions::default()));
    assert_eq!(world.database.tables()[0].lines.len(), 3);
}

/// A key path that the older one is not.
fn keyed_by(path: &str) -> impl Fn(&Steps, MigrateLine) -> World {
    move |steps, migrate| {
        let mut world = world_with(steps, migrate);
        let mut tables = new_till();
        tables[0].schema.key_path = Some(KeyPath::Single(path.to_owned()));
        tables[0].lines = vec![format!("{{\"v\":{{\"{path}\":-9,\"x\":1}}}}\n")];
        world.database = MemoryDatabase::new("pos", 10, tables, steps);
        world
    }
}

/// Keys in the reverse order.
const REVERSED: MigrateLine = |_, line| {
    let id: i32 = line
        .split("\"id\":")
        .nth(1)?
        .split(['}', ','])
        .next()?
        .parse()
        .ok()?;
    Some(format!("{{\"v\":{{\"code\":{}}}}}", -id))
};

#[test]
fn a_table_whose_keys_come_in_another_order_is_written_whole() {
    let world = keyed_by("code")(&Steps::default(), REVERSED);
    let plan = ok(world.plan(archive(), RestoreOptions::default()));
    assert_eq!(numbers(&plan)[0], ("products", 0, 4, 0, 1));
    let options = RestoreOptions {
        validate: Validate::Full,
        ..RestoreOptions::default()
    };
    ok(world.restore(archive(), options.clone()));
    let lines = [-4, -3, -2, -1].map(|id| format!("{{\"v\":{{\"code\":{id}}}}}\n"));
    assert_eq!(world.database.tables()[0].lines, lines);

    let mut altering = keyed_by("code")(&Steps::default(), REVERSED);
    altering.database.alters_records = Some(("-3}", "-3,\"x\":1}"));
    let before = altering.database.tables();
    let error = failed(altering.restore(archive(), options.clone()));
    assert_eq!(error.code, ErrorCode::ValidationFailed);
    assert_eq!(altering.database.tables(), before);

    let world = keyed_by("code")(&Steps::default(), REVERSED);
    let merged = RestoreOptions {
        mode: RestoreMode::Merge,
        ..RestoreOptions::default()
    };
    let error = failed(world.restore(archive(), merged));
    assert_eq!(error.code, ErrorCode::UnsupportedValue);
}

#[test]
fn records_that_a_table_cannot_take_are_refused_with_their_key() {
    let cases: [(MigrateLine, &str, i32); 3] = [
        (
            |_, line| Some(line.replace("\"id\":3", "\"no\":3")),
            "a key",
            3,
        ),
        (
            |_, line| Some(line.replace("\"id\":3", "\"id\":2")),
            "same key",
            3,
        ),
        (
            |_, line| Some(line.replace("\"id\":4", "\"id\":null")),
            "a key",
            4,
        ),
    ];
    for (migrate, said, key) in cases {
        let world = world(migrate);
        let error = failed(world.restore(archive(), RestoreOptions::default()));
        assert_eq!(error.code, ErrorCode::MigrationFailed, "{error}");
        assert!(error.message.contains(said), "{error}");
        assert_eq!(error.context.table.as_deref(), Some("products"));
        assert_eq!(error.context.key, Some(key.into()));
        assert_eq!(error.context.expected, Some("id".into()));
        assert_eq!(world.database.tables(), new_till());
        assert_eq!(world.storage.names(), Vec::<String>::new());
    }
    // Not side by side, they are found when the table is counted.
    let world = world(|_, line| Some(line.replace("\"id\":4", "\"id\":1")));
    let error = failed(world.restore(archive(), RestoreOptions::default()));
    assert_eq!(error.code, ErrorCode::MigrationFailed, "{error}");
    assert!(error.message.contains("same key"), "{error}");
    assert_eq!(world.database.tables(), new_till());
}

#[test]
fn a_way_that_is_missing_is_named() {
    for (schema_version, migrations, at) in [
        (Some(3), migrations()[..1].to_vec(), "schema version 1 "),
        (Some(3), migrations()[1..].to_vec(), "schema version 2 "),
        (Some(4), migrations(), "schema version 3 "),
        (None, migrations(), "schema version 3 "),
    ] {
        let mut world = world(renamed);
        world.config.schema_version = schema_version;
        world.config.migrations = migrations;
        let error = failed(world.plan(archive(), RestoreOptions::default()));
        assert_eq!(error.code, ErrorCode::MigrationMissing);
        assert!(error.message.contains(at), "{error}");
    }
}

#[test]
fn every_table_must_go_somewhere() {
    let mut world = world(renamed);
    world.config.migrations[1].steps.remove(2);
    let error = failed(world.plan(archive(), RestoreOptions::default()));
    assert_eq!(error.code, ErrorCode::SchemaMismatch);
    assert_eq!(error.context.table.as_deref(), Some("drafts"));
    assert!(error.hint.contains("drop-table"));
}

#[test]
fn a_missing_database_is_the_apps_to_create_when_its_schema_is_another() {
    let mut world = world(renamed);
    world.database = MemoryDatabase::missing("pos", &world.steps);
    for schema_version in [Some(3), None] {
        world.config.schema_version = schema_version;
        let error = failed(world.restore(archive(), RestoreOptions::default()));
        assert_eq!(error.code, ErrorCode::DatabaseNotFound);
        assert!(error.hint.contains("Open the app once"));
    }
    // Where the app registers none, it upgrades what is there by itself.
    world.config.migrations.clear();
    let result = ok(world.restore(archive(), RestoreOptions::default()));
    assert_eq!(result.migration, None);
    assert_eq!(world.database.tables(), old_till());
}

/// A large value that the archive does not hold.
const NEW_VALUE: [u8; 9000] = [2; 9000];

fn large_line(id: u32, value: &[u8]) -> String {
    let (mut sum, size) = (Sha256Hex::default(), value.len());
    sum.update(value);
    let sha256 = sum.finish();
    format!(
        r#"{{"v":{{"id":{id},"image":{{"blob":"{sha256}","size":{size}}}}},"t":{{"/image":"arraybuffer"}}}}"#
    )
}

#[test]
fn large_values_come_from_the_archive_or_from_the_migration() {
    let known = vec![1; 9000];
    let mut tables = old_till();
    tables[0].lines = [1, 2].map(|id| large_line(id, &known) + "\n").into();
    let mut old = World::new(tables);
    old.config.schema_version = Some(1);
    let sha_known = old.database.add_blob(&known);
    let archive = old.archive();

    // The second record gets another image.
    let mut world = world(|_, line| match line.contains("\"id\":2") {
        true => Some(large_line(2, &NEW_VALUE)),
        false => Some(line.to_owned()),
    });
    world.codec.keeps = vec![known.clone(), NEW_VALUE.to_vec()];
    ok(world.restore(&archive, RestoreOptions::default()));
    let blobs = world.database.blobs();
    assert_eq!(blobs.get(&sha_known), Some(&known));
    assert_eq!(blobs.len(), 2);
    assert!(blobs.values().any(|value| *value == NEW_VALUE));

    // Of the value that the archive holds nothing is written.
    let entries = |keeps: Vec<u8>| {
        let mut world = self::world(|_, line| Some(line.to_owned()));
        world.codec.keeps = vec![keeps];
        ok(world.plan(&archive, RestoreOptions::default()));
        let names = world.steps.names();
        names.iter().filter(|name| **name == "append").count()
    };
    assert!(entries(known) < entries(NEW_VALUE.to_vec()));
}

/// A till whose keys keep their order, and one whose keys do not.
fn worlds() -> [Box<dyn Fn(&Steps) -> World>; 2] {
    [
        Box::new(|steps| world_with(steps, renamed)),
        Box::new(|steps| keyed_by("code")(steps, REVERSED)),
    ]
}

#[test]
fn each_step_may_fail_and_be_where_a_cancel_arrives() {
    let archive = archive();
    for begin in worlds() {
        let calm = begin(&Steps::default());
        let before = calm.database.tables();
        ok(calm.restore(&archive, RestoreOptions::default()));
        let names = calm.steps.names();
        assert!(names.contains(&"migration") && names.contains(&"migrate"));
        for strike in [Strike::Fail, Strike::Cancel] {
            for (step, name) in names.iter().enumerate() {
                let world = begin(&Steps::strike_at(step, strike));
                let outcome = world.restore(&archive, RestoreOptions::default());
                let parts = world.storage.names();
                let parts = parts.iter().filter(|name| name.ends_with(".part"));
                assert_eq!(parts.count(), 0, "{strike:?} at {name}, step {step}");
                let after = world.database.tables();
                match outcome {
                    Ok(_) => assert_eq!(after, calm.database.tables(), "{name}"),
                    Err(_) => assert_eq!(after, before, "{strike:?} at {name}, step {step}"),
                }
            }
        }
    }
}

#[test]
fn a_crash_at_any_step_leaves_the_old_or_the_new() {
    let archive = archive();
    for begin in worlds() {
        let calm = begin(&Steps::default());
        let before = calm.database.tables();
        ok(calm.restore(&archive, RestoreOptions::default()));
        let mut finished = 0;
        for step in 0..calm.steps.names().len() {
            let crashing = begin(&Steps::strike_at(step, Strike::Crash));
            crashing.restore_and_crash(&archive, RestoreOptions::default());
            let again = crashing.after_crash();
            let recovered = again.recover();
            let is_finished = recovered.is_some_and(|recovered| {
                recovered.outcome == pos_backup::bridge::RestoreOutcome::Finished
            });
            let tables = again.database.tables();
            match is_finished {
                true => assert_eq!(tables, calm.database.tables(), "step {step}"),
                // A restore of which the page knows everything is no news.
                false => assert!(
                    tables == before
                        || tables == calm.database.tables() && again.recover().is_none(),
                    "step {step}"
                ),
            }
            finished += usize::from(is_finished);
        }
        assert!(finished > 0);
    }
}

#[test]
fn an_archive_of_a_newer_app_is_told() {
    let mut newer = World::new(new_till());
    newer.config.app_version = "2.4.0".to_owned();
    let archive = newer.archive();
    let world = World::new(new_till());
    let plan = ok(world.plan(&archive, RestoreOptions::default()));
    assert_eq!(plan.app_version.archive_is, VersionOrder::Newer);
    let said = plan.warnings.iter().map(|warning| warning.message.as_str());
    let said: Vec<_> = said.collect();
    assert!(
        said[0].contains("2.4.0") && said[0].contains("2.3.0"),
        "{said:?}"
    );
    assert_eq!(plan.migration, None);
}
