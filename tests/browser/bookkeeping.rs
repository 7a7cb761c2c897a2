//! The worker's own database, and the single records that a start looks at.

use std::collections::BTreeMap;

use pos_backup::database::Database;
use pos_backup::journal::{Committing, Evidence, Journal, Note, Reached, RecordAt, Settled};
use pos_backup::page::Assets;
use pos_backup_bridge::{BackupMetadata, Consistency, ErrorCode, RestoreOutcome, UndoableRestore};
use pos_backup_worker::{Bookkeeping, IndexedDb};
use rexie::{ObjectStore, Rexie};
use serde_bytes::ByteBuf;
use serde_json::Value;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::shop::{create_shop, delete_shop, exists, uncaught_errors};

fn assets() -> Assets {
    let bytes = |bytes: &[u8]| ByteBuf::from(bytes.to_vec());
    let files = [("__proto__", bytes(&[0, 255, 10])), ("", bytes(b""))];
    Assets {
        local_storage: Some(bytes(br#"{"a":"\ud800"}"#)),
        config: Some(bytes(b"null")),
        files: Some(
            files
                .map(|(name, bytes)| (name.to_owned(), bytes))
                .into_iter()
                .collect(),
        ),
        ..Assets::default()
    }
}

fn note(reached: Reached) -> Note {
    Note {
        job_id: "job".to_owned(),
        started_at_ms: 1.7e12,
        metadata: BackupMetadata {
            version: "1".to_owned(),
            id: "id".to_owned(),
            timestamp: 1.7e12,
            app_version: "1.0.0".to_owned(),
            schema_version: 10,
            database: "noted".to_owned(),
            consistency: Consistency::Snapshot,
            checksum: "c".repeat(64),
            size: 1 << 40,
            tables: BTreeMap::from([("__proto__".to_owned(), 3)]),
            action_queue_count: 0,
            file_assets: Vec::new(),
            config: true,
            omissions: Vec::new(),
        },
        safety_backup: Some("safety".to_owned()),
        reached,
    }
}

#[wasm_bindgen_test]
async fn a_note_is_kept_as_it_is() {
    let journal = Bookkeeping::of("noted");
    assert_eq!(journal.read().await.unwrap(), None);
    assert!(
        exists("pos-backup:noted").await.is_falsy(),
        "nothing is made to find nothing"
    );
    let committing = Committing {
        evidence: vec![Evidence {
            record: RecordAt {
                table: "orders".to_owned(),
                key: Some(r#"["a",1]"#.to_owned()),
            },
            before: None,
            after: Some("sum".to_owned()),
        }],
        has_work: true,
        next: assets(),
        previous: Assets::default(),
    };
    let settled = |storages| Settled {
        outcome: RestoreOutcome::Undone,
        at_ms: 1.7e12 + 0.5,
        is_told: false,
        storages,
        instead: Assets::default(),
    };
    for reached in [
        Reached::Writing,
        Reached::Committing(committing),
        Reached::Settled(settled(assets())),
    ] {
        journal.write(&note(reached.clone())).await.unwrap();
        assert_eq!(journal.read().await.unwrap(), Some(note(reached)));
    }
    journal.told("another job").await.unwrap();
    assert_eq!(
        journal.read().await.unwrap(),
        Some(note(Reached::Settled(settled(assets()))))
    );
    journal.told("job").await.unwrap();
    let told = Settled {
        is_told: true,
        ..settled(assets())
    };
    assert_eq!(
        journal.read().await.unwrap(),
        Some(note(Reached::Settled(told)))
    );

    let nothing_left = note(Reached::Settled(settled(Assets::default())));
    journal.write(&nothing_left).await.unwrap();
    journal.told("job").await.unwrap();
    assert_eq!(journal.read().await.unwrap(), None);
    journal.write(&nothing_left).await.unwrap();
    journal.clear().await.unwrap();
    assert_eq!(journal.read().await.unwrap(), None);
    assert_eq!(journal.undoable().await.unwrap(), None);
    let undoable = UndoableRestore {
        job_id: "job".to_owned(),
        at: 1.7e12,
        metadata: nothing_left.metadata,
        backup_id: "safety".to_owned(),
    };
    journal.keep_undoable(Some(&undoable)).await.unwrap();
    assert_eq!(journal.undoable().await.unwrap(), Some(undoable));
    journal.keep_undoable(None).await.unwrap();
    assert_eq!(journal.undoable().await.unwrap(), None);
    assert_eq!(journal.rehearsed_at("sum").await.unwrap(), None);
    journal.note_rehearsed("sum", 1.7e12 + 0.25).await.unwrap();
    assert_eq!(
        journal.rehearsed_at("sum").await.unwrap(),
        Some(1.7e12 + 0.25)
    );
    assert_eq!(uncaught_errors(), "");
    delete_shop("pos-backup:noted").await;
}

#[wasm_bindgen_test]
async fn what_a_newer_version_has_noted_is_left_alone() {
    let journal = Bookkeeping::of("newer");
    journal.write(&note(Reached::Writing)).await.unwrap();
    let upgraded = Rexie::builder("pos-backup:newer")
        .version(2)
        .add_object_store(ObjectStore::new("journal"))
        .build()
        .await;
    upgraded.unwrap().close();
    let error = journal.read().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::DatabaseFailed);
    assert!(error.message.contains("newer version"), "{error:?}");
    delete_shop("pos-backup:newer").await;
}

#[wasm_bindgen_test]
async fn single_records_are_read_as_lines() {
    create_shop("looked-at", 60).await;
    let at = |table: &str, key: Option<&str>| RecordAt {
        table: table.to_owned(),
        key: key.map(str::to_owned),
    };
    let records = [
        at("products", Some("51")),
        at("products", Some("9999")),
        at("settings", Some(r#"{"v":5,"t":{"":"date"}}"#)),
        at("settings", Some(r#""name""#)),
        at("visits", None),
        at("empty", None),
        at("no such table", Some("1")),
    ];
    let lines = IndexedDb::new("looked-at").lines(&records).await.unwrap();
    let line = |index: usize| {
        lines[index]
            .as_ref()
            .map(|line| serde_json::from_slice::<Value>(line).unwrap())
    };
    let product = line(0).unwrap();
    assert_eq!(product["v"]["sku"], "S50");
    assert_eq!(product["v"]["image"]["type"], "image/png");
    assert_eq!(line(1), None);
    assert_eq!(line(2).unwrap()["k"]["v"], 5);
    assert_eq!(line(3).unwrap()["t"][""], "undefined");
    assert_eq!(line(4).unwrap()["v"], "visit 0");
    assert_eq!([line(5), line(6)], [None, None]);
    assert!(lines[0].as_ref().unwrap().ends_with(b"\n"));

    let missing = IndexedDb::new("nowhere").lines(&records).await;
    assert_eq!(missing.unwrap_err().code, ErrorCode::DatabaseNotFound);
    assert!(exists("nowhere").await.is_falsy());
    assert_eq!(uncaught_errors(), "");
    delete_shop("looked-at").await;
}
