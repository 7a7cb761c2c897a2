//! Messages that are no commands, each with the error that answers it.

use pos_backup_bridge::{Command, ErrorCode};
use serde_json::{Value, json};

/// A message of each command with all that it needs.
fn valid() -> Vec<Value> {
    let source = json!({ "$handle": 0 });
    vec![
        json!({ "type": "INIT", "config": { "database": "pos", "appVersion": "2.3.0" } }),
        json!({ "type": "CREATE_BACKUP", "jobId": "j" }),
        json!({ "type": "PLAN_RESTORE", "jobId": "j", "source": source }),
        json!({ "type": "RESTORE", "jobId": "j", "source": source }),
        json!({ "type": "UNDO_RESTORE", "jobId": "j" }),
        json!({ "type": "VERIFY", "jobId": "j", "source": source }),
        json!({ "type": "INSPECT", "jobId": "j", "source": source }),
        json!({ "type": "CANCEL", "jobId": "j" }),
        json!({ "type": "ASSETS_APPLIED", "jobId": "j" }),
    ]
}

fn command(kind: &str) -> Value {
    let found = valid().into_iter().find(|message| message["type"] == kind);
    found.unwrap_or_else(|| panic!("no {kind}"))
}

/// A command with a change.
fn changed(kind: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut message = command(kind);
    change(&mut message);
    message.to_string()
}

/// The command with a field set, given by its JSON Pointer; objects on the way are made.
fn with(kind: &str, field: &str, value: Value) -> (String, String) {
    let name = format!("{kind} {field} {value}");
    let text = changed(kind, |message| {
        let mut place = message;
        for token in field.split('/').skip(1) {
            place = &mut place[token];
        }
        *place = value;
    });
    (name, text)
}

fn without(kind: &str, field: &str) -> (String, String) {
    let text = changed(kind, |message| {
        message.as_object_mut().unwrap().remove(field);
    });
    (format!("{kind} without {field}"), text)
}

/// Each message's answer; it must be refused.
fn answers(messages: impl IntoIterator<Item = (String, String)>) -> Value {
    let answers = messages.into_iter().map(|(name, text)| {
        let rejected = match Command::from_json(&text) {
            Ok(command) => panic!("{name} was taken for {command:?}"),
            Err(rejected) => rejected,
        };
        let error = &rejected.error;
        assert_eq!(error.code, ErrorCode::InvalidMessage, "{name}");
        assert_eq!(error.hint, ErrorCode::InvalidMessage.hint(), "{name}");
        assert!(!error.retryable, "{name}");
        let answer = json!({
            "jobId": rejected.job_id,
            "message": error.message,
            "context": error.context,
        });
        (name, answer)
    });
    Value::Object(answers.collect())
}

#[test]
fn valid_messages_are_accepted() {
    for message in valid() {
        let command = Command::from_json(&message.to_string());
        let command = serde_json::to_value(command.unwrap()).unwrap();
        assert_eq!(command["type"], message["type"]);
        assert_eq!(command["jobId"], message["jobId"]);
    }
}

#[test]
fn no_command_at_all() {
    let texts = [
        "",
        "null",
        "true",
        "7",
        "\"INIT\"",
        "[]",
        "[\"INIT\"]",
        "{",
        "{}",
        "{\"jobId\":\"j\"}",
        "{\"type\":null,\"jobId\":\"j\"}",
        "{\"type\":7}",
        "{\"type\":\"\"}",
        "{\"type\":\"init\"}",
        "{\"type\":\"BACKUP\",\"jobId\":\"j\"}",
        "{\"type\":[\"INIT\"]}",
        "{\"type\":{\"a\":1}}",
        "{\"type\":{\"CANCEL\":null},\"jobId\":\"j\"}",
        "{\"type\":\"\\ud800\"}",
        "{\"Type\":\"INIT\"}",
    ];
    let long = format!("{{\"type\":\"{}\"}}", "X".repeat(1000));
    let messages = texts
        .iter()
        .map(|text| ((*text).to_owned(), (*text).to_owned()));
    let long = [("a long type".to_owned(), long)];
    insta::assert_json_snapshot!(answers(messages.chain(long)));
}

#[test]
fn job_ids() {
    let kinds = valid()
        .into_iter()
        .map(|message| message["type"].as_str().unwrap().to_owned());
    let mut messages = Vec::new();
    for kind in kinds.filter(|kind| kind != "INIT") {
        messages.push(without(&kind, "jobId"));
    }
    for value in [
        json!(""),
        json!(7),
        json!(null),
        json!(["j"]),
        json!({}),
        json!("x".repeat(201)),
        json!("ä".repeat(101)),
    ] {
        let (name, text) = with("VERIFY", "/jobId", value);
        messages.push((
            name.chars().take(40).collect::<String>() + &name.len().to_string(),
            text,
        ));
    }
    messages.push((
        "a lone surrogate".into(),
        "{\"type\":\"CANCEL\",\"jobId\":\"\\ud800\"}".into(),
    ));
    messages.push(with("INIT", "/jobId", json!("j")));
    insta::assert_json_snapshot!(answers(messages));
    assert!(Command::from_json(&with("VERIFY", "/jobId", json!("x".repeat(200))).1).is_ok());
}

#[test]
fn unknown_fields() {
    let kinds = valid()
        .into_iter()
        .map(|message| message["type"].as_str().unwrap().to_owned());
    let mut messages: Vec<_> = kinds.map(|kind| with(&kind, "/extra", json!(1))).collect();
    for (kind, place) in [
        ("INIT", "/config"),
        ("CREATE_BACKUP", "/options"),
        ("CREATE_BACKUP", "/assets"),
        ("PLAN_RESTORE", "/options"),
        ("RESTORE", "/options"),
        ("VERIFY", "/options"),
        ("ASSETS_APPLIED", "/previous"),
        ("RESTORE", "/assets"),
    ] {
        messages.push(with(kind, &format!("{place}/extra"), json!(1)));
    }
    messages.push(with("INSPECT", "/options", json!({})));
    messages.push(with("VERIFY", "/assets", json!({})));
    insta::assert_json_snapshot!(answers(messages));
}

#[test]
fn configs() {
    let mut messages = vec![without("INIT", "config")];
    for value in [
        json!(null),
        json!("pos"),
        json!(["pos", null, "2.3.0", null]),
        json!({}),
        json!({ "database": "pos" }),
    ] {
        messages.push(with("INIT", "/config", value));
    }
    for (field, value) in [
        ("database", json!(7)),
        ("appVersion", json!(2.3)),
        ("actionQueue", json!(["q"])),
        ("schemaVersion", json!("3")),
        ("schemaVersion", json!(1.5)),
        ("schemaVersion", json!(-1)),
        ("schemaVersion", json!(1e21)),
    ] {
        messages.push(with("INIT", &format!("/config/{field}"), value));
    }
    insta::assert_json_snapshot!(answers(messages));
}

#[test]
fn migrations() {
    let of = |steps: serde_json::Value| json!([{ "from": 1, "to": 2, "steps": steps }]);
    let field = |field: &str| of(json!([{ "type": "drop-field", "table": "t", "field": field }]));
    let messages = [
        json!({}),
        json!([[1, 2]]),
        json!([{ "from": 1 }]),
        json!([{ "from": 1, "to": 2, "table": "t" }]),
        json!([{ "from": 2, "to": 1 }]),
        json!([{ "from": 1, "to": 3 }, { "from": 1, "to": 2 }]),
        json!([{ "from": 1, "to": 2, "module": "" }]),
        json!([{ "from": 1, "to": 2, "module": 7 }]),
        of(json!([["drop-table", "t"]])),
        of(json!([{ "type": "drop-table" }])),
        of(json!([{ "type": "drop-table", "table": "t", "field": "/a" }])),
        of(json!([{ "type": "dropTable", "table": "t" }])),
        of(json!([{ "type": "add-field", "table": "t", "field": "/a" }])),
        of(json!([{ "type": "map-values", "table": "t", "field": "/a", "values": { "a": "b" } }])),
        of(json!([{ "type": "map-values", "table": "t", "field": "/a", "values": [["a"]] }])),
        of(json!([{ "type": "map-values", "table": "t", "field": "/a", "values": [[["a"], 1]] }])),
        of(json!([{ "type": "rename-field", "table": "t", "field": "/a", "to": "/b" }])),
        field("price"),
        field(""),
        field("/a~2"),
        field("/a~"),
        field("/lines/*"),
    ];
    let messages = messages.map(|value| with("INIT", "/config/migrations", value));
    insta::assert_json_snapshot!(answers(messages));
}

#[test]
fn options() {
    let mut messages = Vec::new();
    for (kind, option, value) in [
        ("CREATE_BACKUP", "tables", json!("orders")),
        ("CREATE_BACKUP", "tables", json!([7])),
        ("CREATE_BACKUP", "tables", json!({})),
        ("CREATE_BACKUP", "consistency", json!("eventual")),
        ("CREATE_BACKUP", "consistency", json!("Snapshot")),
        ("CREATE_BACKUP", "consistency", json!(null)),
        ("CREATE_BACKUP", "consistency", json!({ "batch": null })),
        ("CREATE_BACKUP", "anyDatabase", json!(true)),
        ("RESTORE", "tables", json!("orders")),
        ("RESTORE", "tables", json!(["orders", null])),
        ("RESTORE", "anyDatabase", json!("yes")),
        ("RESTORE", "anyDatabase", json!(1)),
        ("RESTORE", "anyDatabase", json!(null)),
        ("RESTORE", "safetyBackup", json!("no")),
        ("RESTORE", "mode", json!("overwrite")),
        ("RESTORE", "mode", json!("Merge")),
        ("RESTORE", "validate", json!("everything")),
        ("RESTORE", "validate", json!(true)),
        ("RESTORE", "salvage", json!("yes")),
        ("VERIFY", "salvage", json!(true)),
        ("PLAN_RESTORE", "mode", json!(null)),
        ("RESTORE", "consistency", json!("batch")),
        ("PLAN_RESTORE", "anyDatabase", json!({})),
    ] {
        messages.push(with(kind, &format!("/options/{option}"), value));
    }
    for kind in ["CREATE_BACKUP", "RESTORE", "VERIFY"] {
        for value in [json!(null), json!("fast"), json!(7), json!(true), json!([])] {
            messages.push(with(kind, "/options", value));
        }
    }
    insta::assert_json_snapshot!(answers(messages));
}

#[test]
fn sources() {
    let mut messages = Vec::new();
    for kind in ["PLAN_RESTORE", "RESTORE", "VERIFY", "INSPECT"] {
        messages.push(without(kind, "source"));
    }
    for value in [
        json!(null),
        json!("backup.zip"),
        json!(7),
        json!([]),
        json!({}),
        json!({ "backupId": 7 }),
        json!({ "backupID": "x" }),
        json!({ "backupId": "x", "extra": 1 }),
        json!({ "$handle": "0" }),
        json!({ "$handle": -1 }),
    ] {
        messages.push(with("RESTORE", "/source", value));
    }
    insta::assert_json_snapshot!(answers(messages));
}

#[test]
fn assets() {
    let mut messages = Vec::new();
    for value in [json!(null), json!("all"), json!(7), json!([])] {
        messages.push(with("CREATE_BACKUP", "/assets", value));
    }
    for value in [
        json!("a.png"),
        json!([]),
        json!({ "a.png": "text" }),
        json!({ "a.png": {} }),
        json!({ "a/b~": null }),
        json!({ "a.png": { "$handle": 0, "x": 1 } }),
    ] {
        messages.push(with("CREATE_BACKUP", "/assets/files", value));
    }
    for value in [json!("all"), json!({ "files": 7 })] {
        messages.push(with("ASSETS_APPLIED", "/previous", value));
    }
    messages.push(with("ASSETS_APPLIED", "/error", json!(7)));
    insta::assert_json_snapshot!(answers(messages));
}
