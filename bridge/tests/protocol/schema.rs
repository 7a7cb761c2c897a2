//! `schema.json` as a reader in any language meets it.

use pos_backup_bridge::StoreSchema;
use serde_json::{Value, json};

fn store(next_key: Value) -> StoreSchema {
    serde_json::from_value(json!({
        "name": "orders",
        "keyPath": null,
        "autoIncrement": true,
        "nextKey": next_key,
        "indexes": [],
    }))
    .unwrap()
}

#[test]
fn the_next_key_is_read_with_and_without_a_fraction_and_written_as_an_integer() {
    for (read, written) in [
        (json!(8001), "8001"),
        (json!(8001.0), "8001"),
        (json!(9_007_199_254_740_991_u64), "9007199254740991"),
        // No page takes it as an integer.
        (json!(9_007_199_254_740_992_u64), "9007199254740992.0"),
    ] {
        let text = serde_json::to_string(&store(read)).unwrap();
        assert!(text.contains(&format!("\"nextKey\":{written},")), "{text}");
    }
}

#[test]
fn keys_out_of_line_have_the_key_path_null() {
    let store = serde_json::to_value(store(json!(1))).unwrap();
    assert_eq!(store.get("keyPath"), Some(&Value::Null));
}
