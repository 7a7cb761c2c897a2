//! Documents that are sound by themselves, and wrong about one another, the entries or the database.

use pos_backup::bridge::{ErrorCode, RestoreOptions};
use serde_json::{Value, json};

use crate::testkit::archive::Archive;
use crate::testkit::documents::{MANIFEST, METADATA, PART, PART_INDEX, SCHEMA, changed, good};
use crate::testkit::refused::Refused;
use crate::testkit::world::{World, changed_till, failed, ok};

#[test]
fn checksums_and_counts_altered() {
    let zeros = json!("0".repeat(64));
    let file = changed(MANIFEST, |manifest| manifest["checksum"] = zeros.clone());
    Refused::with(ErrorCode::ManifestInvalid)
        .at("/checksum")
        .by_all_jobs("manifest.checksum", &file);
    for (field, value) in [
        ("checksum", zeros.clone()),
        ("size", json!(7)),
        ("config", json!(false)),
        ("fileAssets", json!(["localStorage.json"])),
        (
            "fileAssets",
            json!([
                "localStorage.json",
                "sessionStorage.json",
                "../Größe 1",
                "logo.png",
                "more"
            ]),
        ),
        (
            "omissions",
            json!(vec![
                json!({ "table": "refunds", "key": 1, "path": "", "found": "x" });
                10_001
            ]),
        ),
        ("actionQueueCount", json!(3)),
        ("actionQueueCount", json!(u64::MAX)),
        (
            "tables",
            json!({ "products": 7, "settings": 4, "refunds": 0 }),
        ),
        (
            "tables",
            json!({ "products": 8, "settings": 4, "refunds": 0, "../orders/ä%\\": 1 }),
        ),
        (
            "tables",
            json!({ "products": 7, "settings": 4, "refunds": 0, "../orders/ä%\\": 1, "actionQueue": 2 }),
        ),
        ("database", json!("pos-2")),
    ] {
        let file = changed(METADATA, |metadata| metadata[field] = value.clone());
        Refused::with(ErrorCode::MetadataInvalid)
            .in_entry(METADATA)
            .at(&format!("/{field}"))
            .by_all_jobs(&format!("{field} {value}"), &file);
    }
    let part = good()
        .relist(PART, |entry| entry["checksum"] = zeros.clone())
        .sum()
        .sealed();
    // The metadata's checksum covers it as well, and is looked at first.
    Refused::with(ErrorCode::MetadataInvalid)
        .at("/checksum")
        .by_all_jobs("an entry's", &part);
    for checksum in [
        zeros.as_str().unwrap().to_owned(),
        checksum_of(PART).to_uppercase(),
        String::new(),
    ] {
        let mut archive = good();
        archive.relist(PART, |entry| entry["checksum"] = checksum.clone().into());
        let file = resummed(archive).sealed();
        Refused::with(ErrorCode::ChecksumMismatch)
            .in_entry(PART)
            .by_all_jobs(&checksum, &file);
    }
    let size = good()
        .relist(PART, |entry| entry["size"] = 7.into())
        .sum()
        .sealed();
    Refused::with(ErrorCode::ChecksumMismatch)
        .in_entry(PART)
        .by_all_jobs("an entry's size", &size);
}

fn checksum_of(path: &str) -> String {
    let manifest = good().json(MANIFEST);
    let entries = manifest["entries"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["path"] == path).unwrap();
    entry["checksum"].as_str().unwrap().to_owned()
}

/// The sums of the documents are right for what the manifest lists, right or wrong.
fn resummed(mut archive: Archive) -> Archive {
    let manifest = archive.json(MANIFEST);
    let entries = manifest["entries"].as_array().unwrap();
    let covered = entries.iter().filter(|entry| entry["path"] != METADATA);
    let checksum = crate::testkit::archive::entries_checksum(covered);
    archive.edit(METADATA, |metadata| metadata["checksum"] = checksum.into());
    archive.remeasure_metadata();
    archive
}

#[test]
fn listings_that_do_not_agree_with_their_entries() {
    let cases: [(&str, &str, fn(&mut Value)); 12] = [
        ("type", PART, |entry| entry["type"] = "file".into()),
        ("type", PART, |entry| entry["type"] = "action-queue".into()),
        ("table", PART, |entry| entry["table"] = "settings".into()),
        ("records", PART, |entry| entry["records"] = json!(u64::MAX)),
        ("records", PART, |entry| entry["records"] = json!(100_000)),
        ("lastKey", PART, |entry| {
            entry["lastKey"] = json!({ "no": "key" })
        }),
        ("firstKey", PART, |entry| entry["firstKey"] = json!([true])),
        ("firstKey", "database/refunds/000000.ndjson", |entry| {
            entry["firstKey"] = json!(1)
        }),
        ("lastKey", "database/refunds/000000.ndjson", |entry| {
            entry["lastKey"] = json!(1)
        }),
        ("type", "files/logo.png", |entry| {
            entry["type"] = "config".into()
        }),
        ("table", "files/logo.png", |entry| {
            entry["table"] = "products".into()
        }),
        ("records", SCHEMA, |entry| entry["records"] = json!(0)),
    ];
    for (field, path, change) in cases {
        let mut archive = good();
        let entries = archive.json(MANIFEST)["entries"].clone();
        let index = entries
            .as_array()
            .unwrap()
            .iter()
            .position(|e| e["path"] == path)
            .unwrap();
        archive.relist(path, change);
        Refused::with(ErrorCode::ManifestInvalid)
            .in_entry(MANIFEST)
            .at(&format!("/entries/{index}/{field}"))
            .by_all_jobs(&format!("{path} {field}"), &archive.sealed());
    }
    for path in [PART, MANIFEST] {
        let mut archive = good();
        let count = archive.json(MANIFEST)["entries"].as_array().unwrap().len();
        archive.list(path, "database");
        if path == PART {
            let first = archive.json(MANIFEST)["entries"][PART_INDEX].clone();
            archive.edit(MANIFEST, |manifest| manifest["entries"][count] = first);
        }
        Refused::with(ErrorCode::ManifestInvalid)
            .at(&format!("/entries/{count}/path"))
            .by_all_jobs(&format!("{path} listed again"), &archive.sealed());
    }
    let unlisted = good().unlist(PART).sealed();
    Refused::with(ErrorCode::EntryUnexpected)
        .in_entry(PART)
        .by_all_jobs("unlisted", &unlisted);
}

#[test]
fn counts_that_would_overflow() {
    // More parts, each with more records than it can have.
    let mut archive = good();
    for number in 1..4 {
        let path = format!("database/products/{number:06}.ndjson");
        archive
            .add(&path, "x")
            .list(&path, "database")
            .relist(&path, |entry| {
                entry["table"] = "products".into();
                entry["records"] = json!(u64::MAX / 2);
            });
    }
    let file = archive.consistent().sealed();
    Refused::with(ErrorCode::ManifestInvalid).by_all_jobs("records", &file);
    // Sizes that a ZIP64 can state.
    let mut archive = good();
    archive.relist(PART, |entry| entry["size"] = json!(u64::MAX));
    archive.relist("files/logo.png", |entry| entry["size"] = json!(u64::MAX));
    let mut zip = archive.sum().zip();
    for path in [PART, "files/logo.png"] {
        zip.entry(path).zip64 = true;
        zip.entry(path).stated.bytes = Some(u64::MAX);
    }
    Refused::with(ErrorCode::ArchiveDamaged).by_all_jobs("sizes", &zip.sealed());
}

#[test]
fn parts_and_tables_that_do_not_fit() {
    const SECOND: &str = "database/products/000001.ndjson";
    const QUEUE: &str = "action-queue/000000.ndjson";
    let gap = good().rename(PART, SECOND).consistent().sealed();
    Refused::with(ErrorCode::SchemaInvalid)
        .in_table_only("products")
        .by_all_jobs("no first part", &gap);
    let mut archive = good();
    archive
        .add("database/products/000002.ndjson", "")
        .list("database/products/000002.ndjson", "database")
        .relist("database/products/000002.ndjson", |entry| {
            entry["table"] = "products".into();
            entry["records"] = 0.into();
        });
    Refused::with(ErrorCode::ManifestInvalid)
        .in_table_only("products")
        .by_all_jobs("a gap", &archive.consistent().sealed());
    let mut archive = good();
    archive.edit(SCHEMA, |schema| {
        drop(schema["stores"].as_array_mut().unwrap().remove(0))
    });
    Refused::with(ErrorCode::ManifestInvalid)
        .in_table_only("products")
        .by_all_jobs("a part of no table", &archive.consistent().sealed());
    let mut archive = good();
    archive.edit(SCHEMA, |schema| {
        let store = schema["stores"][1].clone();
        schema["stores"].as_array_mut().unwrap().push(store);
    });
    Refused::with(ErrorCode::SchemaInvalid)
        .in_table_only("settings")
        .by_all_jobs("a table twice", &archive.consistent().sealed());

    let queue: [(&str, fn(&mut Archive)); 6] = [
        ("another queue", |archive| {
            archive.edit(SCHEMA, |schema| schema["actionQueue"] = "settings".into());
        }),
        ("a queue that is no table", |archive| {
            archive.edit(SCHEMA, |schema| schema["actionQueue"] = "q".into());
        }),
        ("no queue", |archive| {
            archive.edit(SCHEMA, |schema| {
                drop(schema.as_object_mut().unwrap().remove("actionQueue"))
            });
        }),
        ("another table's parts in its folder", |archive| {
            archive.relist(QUEUE, |entry| entry["table"] = "settings".into());
        }),
        ("the queue among the tables", |archive| {
            archive.rename(QUEUE, "database/actionQueue/000000.ndjson");
            archive.relist("database/actionQueue/000000.ndjson", |entry| {
                entry["type"] = "database".into()
            });
        }),
        ("the queue twice", |archive| {
            let path = "database/actionQueue/000000.ndjson";
            archive
                .add(path, "")
                .list(path, "database")
                .relist(path, |entry| {
                    entry["table"] = "actionQueue".into();
                    entry["records"] = 0.into();
                });
        }),
    ];
    for (name, change) in queue {
        let mut archive = good();
        change(&mut archive);
        Refused::with(ErrorCode::SchemaInvalid)
            .at("/actionQueue")
            .by_all_jobs(name, &archive.consistent().sealed());
    }
}

#[test]
fn other_databases_and_versions_are_whole_but_not_restored() {
    type Change = fn(&mut Archive);
    let cases: [(&str, ErrorCode, Change); 5] = [
        ("newer schema", ErrorCode::SchemaTooNew, |archive| {
            archive.edit(METADATA, |metadata| metadata["schemaVersion"] = 11.into());
        }),
        ("older schema", ErrorCode::MigrationMissing, |archive| {
            archive.edit(METADATA, |metadata| metadata["schemaVersion"] = 9.into());
        }),
        ("another database", ErrorCode::DatabaseMismatch, |archive| {
            archive.edit(METADATA, |metadata| metadata["database"] = "pos-2".into());
            archive.edit(SCHEMA, |schema| schema["database"]["name"] = "pos-2".into());
        }),
        ("another key path", ErrorCode::SchemaMismatch, |archive| {
            archive.edit(SCHEMA, |schema| {
                schema["stores"][3]["keyPath"] = "total".into()
            });
            archive.relist(
                "database/..%2Forders%2F%C3%A4%25%5C/000000.ndjson",
                |entry| {
                    entry["firstKey"] = 12.into();
                    entry["lastKey"] = 12.into();
                },
            );
        }),
        ("another generator", ErrorCode::SchemaMismatch, |archive| {
            archive.edit(SCHEMA, |schema| {
                schema["stores"][0]["autoIncrement"] = false.into()
            });
        }),
    ];
    for (name, code, change) in cases {
        let mut archive = good();
        change(&mut archive);
        let file = archive.consistent().sealed();
        Refused::with(code).by_restore(name, &file);
        assert!(ok(World::new(Vec::new()).verify(&file)).sealed, "{name}");
        ok(World::new(Vec::new()).inspect(&file));
    }
    let mut tables = changed_till();
    tables.remove(2);
    let error = failed(World::new(tables).restore(good().sealed(), RestoreOptions::default()));
    assert_eq!(error.code, ErrorCode::SchemaMismatch);
}
