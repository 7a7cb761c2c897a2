//! The archive's contract (docs/format.md), read with another ZIP reader and summed by other code.

use std::collections::BTreeSet;
use std::io::Cursor;

use pos_backup::bridge::{BackupOptions, Consistency};
use pos_backup::memory::MemoryTable;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::testkit::archive::{Archive, entries_checksum};
use crate::testkit::world::{BACKUP_ID, BEGIN_MS, LOCAL_STORAGE, World, assets, ok, till};
use crate::testkit::zip::hex;

const SMALL: &str = "database/small/000000.ndjson";

/// A till with a table of two parts, besides the small ones.
fn tables() -> Vec<MemoryTable> {
    let mut tables = till();
    let large = (1..=4).map(|id| {
        format!(
            "{{\"v\":{{\"id\":{id},\"x\":\"{}\"}}}}\n",
            "x".repeat(400_000)
        )
    });
    tables.push(MemoryTable::new("large", true, large.collect()));
    tables
}

fn archive() -> (Archive, Vec<u8>) {
    let file = World::new(tables()).archive();
    (Archive::read(&file), file)
}

#[test]
fn the_entries_are_those_of_the_format_in_order() {
    let (archive, _) = archive();
    let names = archive.names();
    assert_eq!(
        names[..7],
        [
            "schema.json",
            "files/localStorage.json",
            "files/sessionStorage.json",
            "files/..%2FGr%C3%B6%C3%9Fe 1",
            "files/logo.png",
            "config/config.json",
            "database/refunds/000000.ndjson",
        ]
    );
    let tables: BTreeSet<_> = names[6..names.len() - 2].iter().copied().collect();
    let expected = [
        "action-queue/000000.ndjson",
        "database/..%2Forders%2F%C3%A4%25%5C/000000.ndjson",
        "database/large/000000.ndjson",
        "database/large/000001.ndjson",
        "database/products/000000.ndjson",
        "database/refunds/000000.ndjson",
        "database/settings/000000.ndjson",
    ];
    assert_eq!(tables.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(
        names[names.len() - 2..],
        ["metadata.json", "manifest.json"],
        "written last"
    );
}

#[test]
fn the_manifest_lists_every_entry_but_itself_with_its_true_sum() {
    let (archive, _) = archive();
    let manifest = archive.json("manifest.json");
    let fields: Vec<_> = manifest
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(fields, ["checksum", "entries", "timestamp", "version"]);
    assert_eq!(manifest["version"], "1.0");
    assert_eq!(manifest["timestamp"], BEGIN_MS + 1.0);
    let entries = manifest["entries"].as_array().unwrap();
    let listed: Vec<_> = entries
        .iter()
        .map(|entry| entry["path"].as_str().unwrap())
        .collect();
    let names = archive.names();
    assert_eq!(listed, names[..names.len() - 1], "in the archive's order");
    for entry in entries {
        let path = entry["path"].as_str().unwrap();
        let content = archive.get(path);
        assert_eq!(entry["size"], content.len(), "{path}");
        assert_eq!(entry["checksum"], hex(&Sha256::digest(content)), "{path}");
        let expected = match path.split('/').next().unwrap() {
            "database" => "database",
            "action-queue" => "action-queue",
            "files" => "file",
            _ => "config",
        };
        assert_eq!(entry["type"], expected, "{path}");
    }
    assert_eq!(manifest["checksum"], entries_checksum(entries.iter()));
}

#[test]
fn the_metadata_say_what_the_backup_is() {
    let (archive, _) = archive();
    let manifest = archive.json("manifest.json");
    let entries = manifest["entries"].as_array().unwrap();
    let covered = || {
        entries
            .iter()
            .filter(|entry| entry["path"] != "metadata.json")
    };
    let size: u64 = covered().map(|entry| entry["size"].as_u64().unwrap()).sum();
    assert_eq!(
        archive.json("metadata.json"),
        json!({
            "version": "1.0",
            "id": BACKUP_ID,
            "timestamp": BEGIN_MS + 1.0,
            "appVersion": "2.3.0",
            "schemaVersion": 10,
            "database": "pos",
            "consistency": "snapshot",
            "checksum": entries_checksum(covered()),
            "size": size,
            "tables": { "products": 7, "settings": 4, "refunds": 0, "../orders/ä%\\": 1, "large": 4 },
            "actionQueueCount": 2,
            "fileAssets": ["localStorage.json", "sessionStorage.json", "../Größe 1", "logo.png"],
            "config": true,
            "omissions": [],
        })
    );
}

#[test]
fn the_schema_is_the_databases() {
    let (archive, _) = archive();
    let store = |name: &str, key_path: Value| json!({ "name": name, "keyPath": key_path, "autoIncrement": false, "indexes": [] });
    let mut products = store("products", json!("id"));
    products["autoIncrement"] = true.into();
    products["nextKey"] = 8.into();
    assert_eq!(
        archive.json("schema.json"),
        json!({
            "database": { "name": "pos", "version": 10 },
            "actionQueue": "actionQueue",
            "stores": [
                products,
                store("settings", Value::Null),
                store("refunds", json!("id")),
                store("../orders/ä%\\", json!("id")),
                store("actionQueue", json!("id")),
                store("large", json!("id")),
            ],
        })
    );
}

#[test]
fn parts_say_their_table_records_and_keys() {
    let (archive, _) = archive();
    let manifest = archive.json("manifest.json");
    let entries = manifest["entries"].as_array().unwrap();
    let part = |path: &str| {
        let entry = entries.iter().find(|entry| entry["path"] == path).unwrap();
        let mut entry = entry.as_object().unwrap().clone();
        for field in ["path", "checksum", "size", "type"] {
            entry.remove(field);
        }
        Value::Object(entry)
    };
    let date = json!({ "v": 1_700_000_000_000_u64, "t": { "": "date" } });
    assert_eq!(
        part("database/products/000000.ndjson"),
        json!({ "table": "products", "records": 7, "firstKey": 1, "lastKey": 7 })
    );
    assert_eq!(
        part("database/settings/000000.ndjson"),
        json!({ "table": "settings", "records": 4, "firstKey": -1.5, "lastKey": ["a", [1]] })
    );
    assert_ne!(date, Value::Null);
    assert_eq!(
        part("database/refunds/000000.ndjson"),
        json!({ "table": "refunds", "records": 0 })
    );
    assert_eq!(
        part("action-queue/000000.ndjson"),
        json!({ "table": "actionQueue", "records": 2, "firstKey": 1, "lastKey": 2 })
    );
    assert_eq!(
        [
            part("database/large/000000.ndjson"),
            part("database/large/000001.ndjson")
        ],
        [
            json!({ "table": "large", "records": 3, "firstKey": 1, "lastKey": 3 }),
            json!({ "table": "large", "records": 1, "firstKey": 4, "lastKey": 4 }),
        ]
    );
    let others = entries.iter().filter(|entry| entry.get("table").is_none());
    for entry in others {
        assert_eq!(entry.as_object().unwrap().len(), 4, "{entry}");
    }
}

#[test]
fn parts_are_the_records_lines_and_nothing_else() {
    let (archive, _) = archive();
    for table in tables() {
        let folder = match table.schema.name.as_str() {
            "actionQueue" => "action-queue/".to_owned(),
            "../orders/ä%\\" => "database/..%2Forders%2F%C3%A4%25%5C/".to_owned(),
            name => format!("database/{name}/"),
        };
        let parts = archive
            .entries
            .iter()
            .filter(|(name, _)| name.starts_with(&folder));
        let bytes: Vec<u8> = parts.flat_map(|(_, content)| content.clone()).collect();
        assert_eq!(String::from_utf8(bytes).unwrap(), table.lines.concat());
    }
    assert_eq!(archive.get("database/refunds/000000.ndjson"), b"");
}

#[test]
fn assets_are_kept_byte_by_byte() {
    let (archive, _) = archive();
    assert_eq!(archive.text("files/localStorage.json"), LOCAL_STORAGE);
    assert_eq!(archive.text("files/sessionStorage.json"), "{}");
    assert_eq!(
        archive.get("files/logo.png"),
        [0x89, b'P', b'N', b'G', 0, 255]
    );
    assert_eq!(archive.get("files/..%2FGr%C3%B6%C3%9Fe 1"), b"");
    assert_eq!(
        archive.text("config/config.json"),
        "{\"currency\":\"EUR\",\"rates\":[0.19,0.07]}"
    );
}

#[test]
fn the_comment_is_the_seal_of_all_before_it() {
    let (_, file) = archive();
    let zip = zip::ZipArchive::new(Cursor::new(&file)).unwrap();
    let comment = String::from_utf8(zip.comment().to_vec()).unwrap();
    let sum = hex(&Sha256::digest(&file[..file.len() - comment.len()]));
    assert_eq!(comment, format!("pos-backup/1 sha256:{sum}"));
}

#[test]
fn each_consistency_is_noted() {
    for (consistency, name) in [
        (Consistency::Snapshot, "snapshot"),
        (Consistency::Table, "table"),
        (Consistency::Batch, "batch"),
    ] {
        let world = World::new(vec![MemoryTable::new("small", true, Vec::new())]);
        let options = BackupOptions {
            consistency,
            ..BackupOptions::default()
        };
        ok(world.backup(options, assets()));
        let archive = Archive::read(&world.storage.archive(BACKUP_ID).unwrap());
        assert_eq!(archive.json("metadata.json")["consistency"], name);
        assert_eq!(archive.get(SMALL), b"");
    }
}

#[test]
fn without_assets_there_are_no_entries_for_them() {
    let world = World::new(vec![MemoryTable::new("small", true, Vec::new())]);
    ok(world.backup(BackupOptions::default(), Default::default()));
    let archive = Archive::read(&world.storage.archive(BACKUP_ID).unwrap());
    assert_eq!(
        archive.names(),
        ["schema.json", SMALL, "metadata.json", "manifest.json"]
    );
    let metadata = archive.json("metadata.json");
    assert_eq!(metadata["fileAssets"], json!([]));
    assert_eq!(metadata["config"], false);
    assert!(archive.json("schema.json").get("actionQueue").is_none());
}

#[test]
fn a_queue_that_is_not_there_is_a_warning_in_the_words_of_the_config() {
    let world = World::new(vec![MemoryTable::new("small", true, Vec::new())]);
    let result = ok(world.backup(BackupOptions::default(), Default::default()));
    let warning = result.warnings.first().unwrap();
    assert_eq!(warning.table.as_deref(), Some("actionQueue"));
    assert!(
        warning.message.contains("`actionQueue`"),
        "{}",
        warning.message
    );
}

/// More entries than the ZIP's 16-bit count can say: ZIP64.
#[test]
fn an_archive_of_very_many_entries() {
    let tables: Vec<_> = (0..66_000)
        .map(|n| MemoryTable::new(&format!("t{n}"), true, Vec::new()))
        .collect();
    let world = World::new(tables);
    let archive = world.archive();
    let zip = zip::ZipArchive::new(Cursor::new(&archive)).unwrap();
    assert_eq!(zip.len(), 66_000 + 8);
    assert_eq!(ok(world.verify(&archive)).entries, 66_000 + 8);
}
