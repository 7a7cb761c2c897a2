//! IndexedDB as the engine sees it.

use pos_backup::database::{Database, ReadOptions, Snapshot, Transaction};
use pos_backup::limits::{BATCH_ENOUGH_CHARACTERS, BATCH_SHARE_OF_READ};
use pos_backup_bridge::{Consistency, ErrorCode, KeyPath};
use pos_backup_worker::IndexedDb;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::shop::{
    NoBlobs, assert_same, create_growing, create_keys, create_shop, delete_shop, dump, exists, put,
    store, uncaught_errors, unsupported,
};

const ROWS: u32 = 1500;

fn in_consistency(consistency: Consistency) -> ReadOptions {
    ReadOptions {
        consistency,
        ..ReadOptions::default()
    }
}

#[wasm_bindgen_test]
async fn the_schema_is_what_dexie_made() {
    create_shop("schema", 3).await;
    let schema = IndexedDb::new("schema").schema(true).await.unwrap();
    assert_eq!(schema.database.version, 10);
    let names: Vec<_> = schema
        .stores
        .iter()
        .map(|store| store.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "actionQueue",
            "empty",
            "moves",
            "orders",
            "products",
            "settings",
            "visits"
        ]
    );

    let products = store(&schema.stores, "products");
    assert_eq!(products.key_path, Some(KeyPath::Single("id".into())));
    assert!(products.auto_increment);
    assert_eq!(products.next_key, Some(4.0));
    let indexes: Vec<_> = products
        .indexes
        .iter()
        .map(|index| (index.name.as_str(), index.unique, index.multi_entry))
        .collect();
    assert_eq!(indexes, [("sku", true, false), ("tags", false, true)]);
    let orders = store(&schema.stores, "orders");
    let compound = KeyPath::Compound(vec!["customer".into(), "at".into()]);
    assert!(
        orders
            .indexes
            .iter()
            .any(|index| index.key_path == compound)
    );
    assert_eq!(
        store(&schema.stores, "moves").key_path,
        Some(KeyPath::Compound(vec!["product".into(), "at".into()]))
    );
    assert_eq!(store(&schema.stores, "settings").key_path, None);
    let visits = store(&schema.stores, "visits");
    assert_eq!(
        (&visits.key_path, visits.auto_increment, visits.next_key),
        (&None, true, Some(4.0))
    );

    // Looking at the generators has not moved them, and has left nothing behind.
    let key = put(
        "schema",
        "products",
        &js_sys::JSON::parse(r#"{"sku":"new"}"#).unwrap(),
        &JsValue::UNDEFINED,
    )
    .await;
    assert_eq!(key.as_f64(), Some(4.0));
    delete_shop("schema").await;
}

#[wasm_bindgen_test]
async fn a_missing_database_is_an_error_and_is_not_created() {
    let database = IndexedDb::new("missing");
    let error = database.schema(true).await.unwrap_err();
    assert_eq!(error.code, ErrorCode::DatabaseNotFound);
    assert_eq!(error.context.database.as_deref(), Some("missing"));
    assert_eq!(
        database.write(&[]).await.err().unwrap().code,
        ErrorCode::DatabaseNotFound
    );
    assert!(exists("missing").await.is_falsy());
}

#[wasm_bindgen_test]
async fn every_record_is_read_once_and_in_key_order() {
    create_shop("reading", ROWS).await;
    let database = IndexedDb::new("reading");
    let stores = database.schema(true).await.unwrap().stores;
    for consistency in [
        Consistency::Snapshot,
        Consistency::Table,
        Consistency::Batch,
    ] {
        let mut snapshot = database
            .read(&stores, in_consistency(consistency))
            .await
            .unwrap();
        let about = snapshot.about().await.unwrap();
        let mut lines = vec![Vec::new(); stores.len()];
        let mut records = vec![0; stores.len()];
        let mut ended = vec![false; stores.len()];
        while let Some(batch) = snapshot.next(&mut NoBlobs).await.unwrap() {
            assert!(
                !ended[batch.table] || batch.lines.is_empty(),
                "no record comes after a table's last batch"
            );
            assert!(
                batch.records <= (records[batch.table] / BATCH_SHARE_OF_READ).max(32),
                "the next records may be far larger than these"
            );
            ended[batch.table] = batch.last;
            records[batch.table] += batch.records;
            assert_eq!(batch.keys.is_some(), batch.records > 0);
            lines[batch.table].extend(batch.lines);
        }
        let counts = snapshot.counts().await.unwrap();
        snapshot.close().await;
        assert!(ended.iter().all(|ended| *ended));
        if consistency != Consistency::Batch {
            assert_eq!(records, about, "{consistency:?}");
        }
        assert_eq!(records, counts, "{consistency:?}");

        let orders = stores
            .iter()
            .position(|store| store.name == "orders")
            .unwrap();
        let text = String::from_utf8(lines[orders].clone()).unwrap();
        let ids: Vec<_> = text
            .lines()
            .map(|line| {
                serde_json::from_str::<serde_json::Value>(line).unwrap()["v"]["id"]
                    .as_u64()
                    .unwrap()
            })
            .collect();
        assert_eq!(ids, (1..=u64::from(ROWS)).collect::<Vec<_>>());
        let visits = stores
            .iter()
            .position(|store| store.name == "visits")
            .unwrap();
        let text = String::from_utf8(lines[visits].clone()).unwrap();
        assert_eq!(text.lines().next(), Some(r#"{"v":"visit 0","k":1}"#));
        assert_eq!(text.lines().count(), ROWS as usize);
    }
    delete_shop("reading").await;
}

#[wasm_bindgen_test]
async fn about_how_many_records_there_are_is_known_before_they_are_read() {
    const KEYS: u32 = 3000;
    create_keys("keys", KEYS).await;
    let database = IndexedDb::new("keys");
    let stores = database.schema(true).await.unwrap().stores;
    let keys = u64::from(KEYS);
    let expected = [
        ("few", 7),
        ("generated", keys),
        ("halfDeleted", keys),
        ("names", keys),
        ("natural", keys),
        ("times", keys),
        ("usedUp", 1),
    ];
    for consistency in [
        Consistency::Snapshot,
        Consistency::Table,
        Consistency::Batch,
    ] {
        let mut snapshot = database
            .read(&stores, in_consistency(consistency))
            .await
            .unwrap();
        let about = snapshot.about().await.unwrap();
        for ((name, records), (about, store)) in expected.iter().zip(about.iter().zip(&stores)) {
            assert_eq!(&store.name, name);
            // A writer waits for one batch at most, not for a count.
            let is_unknown =
                consistency == Consistency::Batch && ["names", "natural"].contains(name);
            if is_unknown {
                assert!(about <= records, "{name}: {about}");
                continue;
            }
            let tolerance = records / 100;
            assert!(about.abs_diff(*records) <= tolerance, "{name}: {about}");
        }
        while snapshot.next(&mut NoBlobs).await.unwrap().is_some() {}
        let counts = snapshot.counts().await.unwrap();
        assert_eq!(counts, expected.map(|(_, records)| records));
        snapshot.close().await;
    }
    assert_eq!(uncaught_errors(), "");
    delete_shop("keys").await;
}

#[wasm_bindgen_test]
async fn a_batch_is_bounded_in_bytes_also_where_records_grow() {
    const LARGEST_LINE_BYTES: usize = 110_000;
    create_growing("growing").await;
    let database = IndexedDb::new("growing");
    let stores = database.schema(false).await.unwrap().stores;
    let mut snapshot = database
        .read(&stores, ReadOptions::default())
        .await
        .unwrap();
    let (mut records, mut ended) = (0, false);
    while let Some(batch) = snapshot.next(&mut NoBlobs).await.unwrap() {
        assert!(!ended);
        assert!(batch.lines.len() <= BATCH_ENOUGH_CHARACTERS as usize + LARGEST_LINE_BYTES);
        assert_eq!(batch.keys.unwrap().0.get(), records.to_string());
        records += batch.records;
        ended = batch.last;
    }
    snapshot.close().await;
    assert!(ended);
    assert_eq!(records, 1200);
    delete_shop("growing").await;
}

#[wasm_bindgen_test]
async fn what_cannot_be_kept_is_named() {
    create_shop("naming", 3).await;
    put("naming", "settings", &unsupported(), &"zz".into()).await;
    let database = IndexedDb::new("naming");
    let stores = database.schema(false).await.unwrap().stores;
    let mut snapshot = database
        .read(&stores, ReadOptions::default())
        .await
        .unwrap();
    let error = loop {
        match snapshot.next(&mut NoBlobs).await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a File beyond all times cannot be kept"),
            Err(error) => break error,
        }
    };
    snapshot.close().await;
    assert_eq!(error.code, ErrorCode::UnsupportedValue);
    assert_eq!(error.context.table.as_deref(), Some("settings"));
    assert_eq!(error.context.key, Some("zz".into()));
    assert_eq!(error.context.path.as_deref(), Some("/pattern/inner"));
    assert_eq!(uncaught_errors(), "");
    delete_shop("naming").await;
}

#[wasm_bindgen_test]
async fn reading_can_be_left_at_any_moment() {
    create_shop("leaving", ROWS).await;
    let database = IndexedDb::new("leaving");
    let stores = database.schema(false).await.unwrap().stores;
    for consistency in [
        Consistency::Snapshot,
        Consistency::Table,
        Consistency::Batch,
    ] {
        for batches in 0..6 {
            let mut snapshot = database
                .read(&stores, in_consistency(consistency))
                .await
                .unwrap();
            for _ in 0..batches {
                snapshot.next(&mut NoBlobs).await.unwrap();
            }
            // As a cancel does: a call is begun and dropped.
            drop(futures::poll!(Box::pin(snapshot.next(&mut NoBlobs))));
            snapshot.close().await;
        }
    }
    assert_eq!(uncaught_errors(), "");
    // No transaction is left that a writer would have to wait for.
    put("leaving", "settings", &"x".into(), &"after".into()).await;
    delete_shop("leaving").await;
}

/// Lines of `count` products from `first` on.
fn products(first: u32, count: u32) -> Vec<u8> {
    (first..first + count)
        .flat_map(|id| {
            format!("{{\"v\":{{\"id\":{id},\"sku\":\"new {id}\",\"tags\":[]}}}}\n").into_bytes()
        })
        .collect()
}

#[wasm_bindgen_test]
async fn a_transaction_is_all_or_nothing() {
    create_shop("writing", 30).await;
    let before = dump("writing").await;
    let database = IndexedDb::new("writing");
    let stores = database.schema(false).await.unwrap().stores;
    let tables = [store(&stores, "products").clone()];

    let mut transaction = database.write(&tables).await.unwrap();
    transaction.clear(0).await.unwrap();
    transaction
        .put(0, &products(1, 5000), &NoBlobs)
        .await
        .unwrap();
    transaction.flush().await.unwrap();
    assert_eq!(transaction.count(0).await.unwrap(), 5000);
    transaction.keep_open().await.unwrap();
    transaction.abort().await;
    assert_same("writing", &before).await;

    let mut transaction = database.write(&tables).await.unwrap();
    transaction.clear(0).await.unwrap();
    for chunk in 0..25 {
        transaction
            .put(0, &products(1 + chunk * 200, 200), &NoBlobs)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    let mut snapshot = database
        .read(&tables, ReadOptions::default())
        .await
        .unwrap();
    assert_eq!(snapshot.about().await.unwrap(), [5000]);
    while snapshot.next(&mut NoBlobs).await.unwrap().is_some() {}
    assert_eq!(snapshot.counts().await.unwrap(), [5000]);
    snapshot.close().await;
    assert_eq!(uncaught_errors(), "");
    delete_shop("writing").await;
}

#[wasm_bindgen_test]
async fn a_refused_record_is_named_and_nothing_is_written() {
    create_shop("refusing", 30).await;
    let before = dump("refusing").await;
    let database = IndexedDb::new("refusing");
    let stores = database.schema(false).await.unwrap().stores;
    let mut transaction = database
        .write(&[store(&stores, "products").clone()])
        .await
        .unwrap();
    let mut lines = products(100, 300);
    // The same unique value twice.
    lines.extend(b"{\"v\":{\"id\":9999,\"sku\":\"new 150\"}}\n");
    lines.extend(products(400, 300));
    let put = transaction.put(0, &lines, &NoBlobs).await;
    let error = match put {
        Ok(()) => transaction.flush().await.unwrap_err(),
        Err(error) => error,
    };
    transaction.abort().await;
    assert_eq!(error.code, ErrorCode::DatabaseFailed);
    assert_eq!(error.context.cause.as_deref(), Some("ConstraintError"));
    assert_eq!(error.context.table.as_deref(), Some("products"));
    assert_eq!(error.context.key, Some(9999.into()));
    assert_same("refusing", &before).await;
    assert_eq!(uncaught_errors(), "");
    delete_shop("refusing").await;
}

#[wasm_bindgen_test]
async fn writing_can_be_left_at_any_moment() {
    create_shop("stopping", 30).await;
    let before = dump("stopping").await;
    let database = IndexedDb::new("stopping");
    let stores = database.schema(false).await.unwrap().stores;
    let tables = [store(&stores, "products").clone()];
    let lines = products(1, 3000);
    for step in 0..4 {
        let mut transaction = database.write(&tables).await.unwrap();
        // As a cancel does: a call is begun and dropped.
        match step {
            0 => drop(futures::poll!(Box::pin(transaction.clear(0)))),
            1 => drop(futures::poll!(Box::pin(
                transaction.put(0, &lines, &NoBlobs)
            ))),
            2 => {
                transaction.clear(0).await.unwrap();
                drop(futures::poll!(Box::pin(
                    transaction.put(0, &lines, &NoBlobs)
                )));
            }
            _ => {
                transaction.clear(0).await.unwrap();
                drop(futures::poll!(Box::pin(transaction.count(0))));
            }
        }
        transaction.abort().await;
        assert_same("stopping", &before).await;
    }
    assert_eq!(uncaught_errors(), "");
    delete_shop("stopping").await;
}
