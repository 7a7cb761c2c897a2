//! Error codes are stable, and each says what a person can do.

use std::collections::HashSet;

use pos_backup_bridge::{Error, ErrorCode};
use serde_json::{Value, json};

#[test]
fn every_code_has_its_name_its_hint_and_its_word_on_retrying() {
    let codes: Value = ErrorCode::ALL
        .iter()
        .map(|code| {
            let error = Error::new(*code, "It went wrong.");
            assert_eq!(
                (error.hint.as_str(), error.retryable),
                (code.hint(), code.retryable())
            );
            assert!(code.hint().len() > 20, "{code:?}");
            assert!(code.hint().ends_with('.'), "{code:?}");
            json!({ "code": code, "retryable": code.retryable(), "hint": code.hint() })
        })
        .collect();
    let names: HashSet<_> = codes
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code["code"].to_string())
        .collect();
    assert_eq!(names.len(), ErrorCode::ALL.len());
    insta::assert_json_snapshot!(codes);
}

#[test]
fn an_error_says_where_and_what_only_as_far_as_it_is_known() {
    let bare = Error::new(ErrorCode::StorageFailed, "The disk is gone.");
    assert_eq!(bare.to_string(), "StorageFailed: The disk is gone.");
    let full = Error::new(ErrorCode::RecordInvalid, "A record cannot be decoded.")
        .in_table("orders")
        .in_table("later")
        .in_entry("database/orders/000000.ndjson")
        .in_entry("later")
        .expected("a date", 7)
        .with(|context| {
            context.database = Some("pos".to_owned());
            context.key = Some(json!(["a", 1]));
            context.path = Some("/at".to_owned());
            context.line = Some(3);
            context.cause = Some("DataError".to_owned());
            context.since = Some(1_700_000_000_000.0);
        });
    insta::assert_json_snapshot!(
        json!({ "bare": bare, "full": full, "display": full.to_string() })
    );
    let text = serde_json::to_string(&full).unwrap();
    assert_eq!(serde_json::from_str::<Error>(&text).unwrap(), full);
}
