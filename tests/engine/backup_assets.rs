//! Assets that cannot be kept are refused before there is an archive.

use pos_backup::bridge::Sorted;
use pos_backup::bridge::{BackupOptions, Command, Error, ErrorCode, Result};
use pos_backup::jobs::BackupAssets;
use pos_backup::memory::MemoryTable;
use pos_backup::storage::ReadAt;
use serde_json::value::RawValue;

use crate::testkit::archive::Archive;
use crate::testkit::world::{BACKUP_ID, World, failed, ok, till};

fn refused(assets: BackupAssets) -> Error {
    let world = World::new(till());
    let error = failed(world.backup(BackupOptions::default(), assets));
    assert!(world.storage.names().is_empty());
    assert_eq!(world.database.tables(), till());
    error
}

fn file(name: &str, file: impl ReadAt + 'static) -> BackupAssets {
    BackupAssets {
        files: Some(Sorted::from([(
            name.to_owned(),
            Box::new(file) as Box<dyn ReadAt>,
        )])),
        ..BackupAssets::default()
    }
}

#[test]
fn storages_are_objects_of_strings() {
    for text in [
        "",
        "null",
        "[]",
        "{\"a\":1}",
        "{\"a\":null}",
        "{\"a\":{}}",
        "{\"a\":\"b\"",
        "{} {}",
        "{a:\"b\"}",
    ] {
        let error = refused(BackupAssets {
            local_storage: Some(text.to_owned()),
            ..BackupAssets::default()
        });
        assert_eq!(error.code, ErrorCode::InvalidMessage, "{text}");
        assert_eq!(error.context.path.as_deref(), Some("/assets/localStorage"));
        let error = refused(BackupAssets {
            session_storage: Some(text.to_owned()),
            ..BackupAssets::default()
        });
        assert_eq!(
            error.context.path.as_deref(),
            Some("/assets/sessionStorage")
        );
    }
}

#[test]
fn what_is_no_unicode_comes_from_the_message_into_the_archive_and_back() {
    let storage = r#"{"a":"\ud800","\udc00\ud800":"\udfff x","pair":"\ud83e\uddfe","plain":"🧾"}"#;
    let config = r#"["\udead"]"#;
    let message = format!(
        r#"{{"type":"CREATE_BACKUP","jobId":"j","assets":{{"localStorage":{storage},"sessionStorage":{storage},"config":{config}}}}}"#
    );
    let Ok(Command::CreateBackup(command)) = Command::from_json(&message) else {
        panic!("{message}");
    };
    let text = |raw: Option<Box<RawValue>>| raw.map(|raw| raw.get().to_owned());
    let assets = BackupAssets {
        local_storage: text(command.assets.local_storage),
        session_storage: text(command.assets.session_storage),
        config: text(command.assets.config),
        files: None,
    };
    let world = World::new(till());
    ok(world.backup(BackupOptions::default(), assets));
    let file = world.storage.archive(BACKUP_ID).unwrap();
    let archive = Archive::read(&file);
    assert_eq!(archive.text("files/localStorage.json"), storage);
    assert_eq!(archive.text("files/sessionStorage.json"), storage);
    assert_eq!(archive.text("config/config.json"), config);
    ok(world.restore(&file, Default::default()));
    let held = world.page.assets.borrow();
    assert_eq!(held["files/localStorage.json"], storage.as_bytes());
    assert_eq!(held["config/config.json"], config.as_bytes());
}

#[test]
fn the_config_is_json() {
    let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for text in ["", "{", "undefined", "1 2", &nested(257)] {
        let error = refused(BackupAssets {
            config: Some(text.to_owned()),
            ..BackupAssets::default()
        });
        assert_eq!(error.code, ErrorCode::InvalidMessage, "{text}");
        assert_eq!(error.context.path.as_deref(), Some("/assets/config"));
    }
    for text in ["null", "7", "\"\\ud800\"", "[]", " {} ", &nested(256)] {
        let world = World::new(Vec::new());
        let assets = BackupAssets {
            config: Some(text.to_owned()),
            ..BackupAssets::default()
        };
        ok(world.backup(BackupOptions::default(), assets));
        let archive = world.storage.archive(BACKUP_ID).unwrap();
        ok(world.restore(&archive, Default::default()));
        assert_eq!(
            world.page.assets.borrow()["config/config.json"],
            text.as_bytes()
        );
    }
}

#[test]
fn a_file_has_a_name_of_its_own() {
    for name in ["localStorage.json", "sessionStorage.json"] {
        let error = refused(file(name, vec![1]));
        assert_eq!(error.code, ErrorCode::InvalidMessage);
        assert_eq!(error.hint, "Give the file another name.");
        assert_eq!(error.context.path, Some(format!("/assets/files/{name}")));
    }
    let names = [
        "",
        ".",
        "..",
        "a/b",
        "manifest.json",
        "localStorage.JSON",
        "%",
        "\0",
        "🧾",
        "con ",
    ];
    for name in names {
        let world = World::new(Vec::new());
        ok(world.backup(
            BackupOptions::default(),
            file(name, name.as_bytes().to_vec()),
        ));
        let archive = world.storage.archive(BACKUP_ID).unwrap();
        let plan = ok(world.plan(&archive, Default::default()));
        assert_eq!(plan.assets.files, [name]);
        ok(world.restore(&archive, Default::default()));
        let held = world.page.assets.borrow();
        assert_eq!(
            held.values().collect::<Vec<_>>(),
            [name.as_bytes()],
            "{name}"
        );
    }
}

#[test]
fn names_longer_than_a_zip_can_hold_are_too_large() {
    let long = "ä".repeat(11_000);
    let error = refused(file(&long, vec![1]));
    assert_eq!(error.code, ErrorCode::ValueTooLarge);
    assert_eq!(error.context.entry.as_deref(), Some(long.as_str()));

    let world = World::new(vec![MemoryTable::new(&long, true, Vec::new())]);
    let error = failed(world.backup(BackupOptions::default(), BackupAssets::default()));
    assert_eq!(error.code, ErrorCode::ValueTooLarge);
    assert_eq!(error.context.table.as_deref(), Some(long.as_str()));
    assert!(world.storage.names().is_empty());

    let longest = "a".repeat(65_535 - "files/".len());
    let world = World::new(Vec::new());
    ok(world.backup(BackupOptions::default(), file(&longest, vec![1])));
    ok(world.verify(world.storage.archive(BACKUP_ID).unwrap()));
}

/// A file of any size, of zeros.
struct Zeros(u64);

impl ReadAt for Zeros {
    fn size(&self) -> u64 {
        self.0
    }

    fn read_at(&self, _offset: u64, buffer: &mut [u8]) -> Result<()> {
        buffer.fill(0);
        Ok(())
    }
}

#[test]
fn what_is_too_large_to_be_read_again_is_not_written() {
    let limit = 64 << 20;
    for size in [limit + 1, u64::MAX] {
        let error = refused(file("large", Zeros(size)));
        assert_eq!(error.code, ErrorCode::ValueTooLarge);
        assert_eq!(error.context.entry.as_deref(), Some("large"));
        assert_eq!(error.context.found, Some(size.into()));
        assert_eq!(error.hint, "Give fewer or smaller files.");
    }
    let text = " ".repeat(limit as usize + 1);
    let error = refused(BackupAssets {
        config: Some(text.clone()),
        ..BackupAssets::default()
    });
    assert_eq!(error.code, ErrorCode::ValueTooLarge);
    assert!(error.hint.contains("smaller config"), "{}", error.hint);
    let error = refused(BackupAssets {
        local_storage: Some(text),
        ..BackupAssets::default()
    });
    assert_eq!(error.code, ErrorCode::ValueTooLarge);
    assert!(error.hint.contains("fewer of its keys"), "{}", error.hint);
}

/// A file that another program takes away while it is read.
struct Vanishing;

impl ReadAt for Vanishing {
    fn size(&self) -> u64 {
        600_000
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        if offset > 0 {
            return Err(Error::new(ErrorCode::StorageFailed, "The file is gone."));
        }
        buffer.fill(0);
        Ok(())
    }
}

#[test]
fn a_file_that_vanishes_is_named() {
    let error = refused(file("vanishing", Vanishing));
    assert_eq!(error.code, ErrorCode::StorageFailed);
    assert_eq!(error.context.entry.as_deref(), Some("vanishing"));
}
