//! What a command holds once it is read.

use pos_backup_bridge::{
    BackupOptions, Command, Consistency, CreateBackup, OnUnsupported, Restore, RestoreOptions,
    Source,
};
use serde_json::json;

fn parse(text: &str) -> Command {
    Command::from_json(text).unwrap_or_else(|rejected| panic!("{}", rejected.error))
}

fn create_backup(text: &str) -> CreateBackup {
    match parse(text) {
        Command::CreateBackup(command) => command,
        other => panic!("{other:?}"),
    }
}

fn restore(text: &str) -> Restore {
    match parse(text) {
        Command::Restore(command) => command,
        other => panic!("{other:?}"),
    }
}

#[test]
fn options_have_defaults() {
    let backup = create_backup(r#"{"type":"CREATE_BACKUP","jobId":"j"}"#);
    assert_eq!(backup.options, BackupOptions::default());
    assert_eq!(backup.options.consistency, Consistency::Snapshot);
    assert_eq!(backup.options.tables, None);
    assert!(backup.assets.files.is_none() && backup.assets.local_storage.is_none());
    let backup = create_backup(r#"{"type":"CREATE_BACKUP","jobId":"j","options":{},"assets":{}}"#);
    assert_eq!(backup.options, BackupOptions::default());
    let command =
        restore(r#"{"type":"RESTORE","jobId":"j","source":{"backupId":"b"},"options":{}}"#);
    assert_eq!(command.options, RestoreOptions::default());
    assert!(!command.options.any_database);
}

#[test]
fn options_are_read() {
    for (name, consistency) in [
        ("snapshot", Consistency::Snapshot),
        ("table", Consistency::Table),
        ("batch", Consistency::Batch),
    ] {
        let text = json!({ "type": "CREATE_BACKUP", "jobId": "j", "options": { "tables": ["a", "ä"], "consistency": name } });
        let options = create_backup(&text.to_string()).options;
        assert_eq!(options.consistency, consistency);
        assert_eq!(options.tables, Some(vec!["a".to_owned(), "ä".to_owned()]));
        assert_eq!(options.on_unsupported, OnUnsupported::Fail);
    }
    let text = r#"{"type":"CREATE_BACKUP","jobId":"j","options":{"onUnsupported":"omit"}}"#;
    assert_eq!(
        create_backup(text).options.on_unsupported,
        OnUnsupported::Omit
    );
    let text = json!({
        "options": { "safetyBackup": false, "anyDatabase": true, "tables": [] },
        "source": { "$handle": 3 },
        "jobId": "j",
        "type": "RESTORE",
    });
    let options = restore(&text.to_string()).options;
    assert!(options.any_database);
    assert_eq!(options.tables, Some(Vec::new()));
    assert_eq!(options.safety_backup, Some(false));
}

#[test]
fn sources_are_files_or_stored_backups() {
    let source = |source| {
        restore(&json!({ "type": "RESTORE", "jobId": "j", "source": source }).to_string()).source
    };
    match source(json!({ "backupId": "b" })) {
        Source::Stored { backup_id } => assert_eq!(backup_id, "b"),
        other => panic!("{other:?}"),
    }
    match source(json!({ "$handle": 3 })) {
        Source::File(handle) => assert_eq!(usize::from(handle), 3),
        other => panic!("{other:?}"),
    }
}

#[test]
fn assets_keep_their_text() {
    let local = r#"{ "a" : "\ud800", "\udc00":"ä\u00e4" }"#;
    let config = r#"[1e400, -0, 1.10, {"a":1,"a":2}]"#;
    let text = format!(
        r#"{{"type":"CREATE_BACKUP","assets":{{"localStorage":{local},"config":{config},"files":{{"a/b":{{"$handle":1}}}}}},"jobId":"j"}}"#
    );
    let assets = create_backup(&text).assets;
    assert_eq!(
        assets.local_storage.as_ref().map(|raw| raw.get()),
        Some(local)
    );
    assert_eq!(assets.config.as_ref().map(|raw| raw.get()), Some(config));
    assert!(assets.session_storage.is_none());
    let files = assets.files.unwrap();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["a/b"]);
    // And so they do in the answer to a restore.
    let text =
        format!(r#"{{"type":"ASSETS_APPLIED","jobId":"j","previous":{{"localStorage":{local}}}}}"#);
    match parse(&text) {
        Command::AssetsApplied(answer) => {
            assert_eq!(answer.previous.local_storage.unwrap().get(), local);
            assert_eq!(answer.error, None);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_file_list_is_a_handle_or_a_reason() {
    let made = |text: &str| match parse(text) {
        Command::FileListMade(answer) => answer,
        other => panic!("{other:?}"),
    };
    let list = made(r#"{"type":"FILE_LIST_MADE","jobId":"j","list":{"$handle":0}}"#);
    assert!(list.list.is_some() && list.error.is_none());
    let reason = made(r#"{"type":"FILE_LIST_MADE","jobId":"j","error":"no DataTransfer"}"#);
    assert!(reason.list.is_none());
    assert_eq!(reason.error.as_deref(), Some("no DataTransfer"));
    assert!(
        Command::from_json(r#"{"type":"FILE_LIST_MADE","jobId":"j","list":[1]}"#).is_err(),
        "an array is no FileList"
    );
}

#[test]
fn checked_nulls_are_indexes() {
    match parse(r#"{"type":"NULLS_CHECKED","jobId":"j","notNull":[0,7]}"#) {
        Command::NullsChecked(answer) => assert_eq!(answer.not_null, Some(vec![0, 7])),
        other => panic!("{other:?}"),
    }
    match parse(r#"{"type":"NULLS_CHECKED","jobId":"j"}"#) {
        Command::NullsChecked(answer) => assert_eq!(answer.not_null, None),
        other => panic!("{other:?}"),
    }
    let refused = Command::from_json(r#"{"type":"NULLS_CHECKED","jobId":"j","notNull":[-1]}"#);
    assert!(refused.is_err());
}

#[test]
fn migrations_are_read() {
    let steps = json!([
        { "type": "rename-table", "table": "items", "to": "products" },
        { "type": "drop-table", "table": "drafts" },
        { "type": "add-table", "table": "customers" },
        { "type": "rename-field", "table": "products", "field": "/price", "to": "unit price" },
        { "type": "drop-field", "table": "products", "field": "/a~1b/~0" },
        { "type": "add-field", "table": "products", "field": "/lines/*/qty", "default": null },
        { "type": "map-values", "table": "products", "field": "/tags/*", "values": [["a", { "b": [1.5] }], [null, 0], [true, false], [-1, "x"]] },
    ]);
    let migrations = json!([
        { "from": 1, "to": 3, "steps": steps },
        { "from": 3, "to": 4, "steps": [], "module": "https://example.org/m.js" },
    ]);
    let text = json!({ "type": "INIT", "config": { "database": "pos", "appVersion": "1", "migrations": migrations } });
    let Command::Init(init) = parse(&text.to_string()) else {
        panic!("no INIT")
    };
    let read = serde_json::to_value(&init.config.migrations);
    assert_eq!(read.unwrap(), migrations);
}
