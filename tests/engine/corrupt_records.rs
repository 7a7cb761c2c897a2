//! Archives whose parts hold something else than records. All checksums are right.

use pos_backup::bridge::{ErrorCode, RestoreOptions};
use pos_backup::memory::MemoryTable;

use crate::testkit::archive::Archive;
use crate::testkit::refused::Refused;
use crate::testkit::world::{World, changed_till, failed, ok, till};

const PRODUCTS: &str = "database/products/000000.ndjson";
const SETTINGS: &str = "database/settings/000000.ndjson";

fn with_content(path: &str, change: impl FnOnce(&str) -> Vec<u8>) -> Vec<u8> {
    let mut archive = Archive::read(&World::new(till()).archive());
    let content = change(archive.text(path));
    *archive.content(path) = content;
    archive.consistent().sealed()
}

/// The part's third line replaced.
fn with_line(path: &str, line: &[u8]) -> Vec<u8> {
    with_content(path, |text| {
        let mut lines: Vec<_> = text.lines().map(str::as_bytes).collect();
        lines[2] = line;
        let mut bytes = lines.join(&b'\n');
        bytes.push(b'\n');
        bytes
    })
}

/// The rest of the part is as the database has it.
#[test]
fn a_line_that_cannot_be_decoded_here() {
    let line = br#"{"v":{"id":3,"at":[1,2,0,1]},"t":{"/at":"dompoint"}}"#;
    let file = with_line(PRODUCTS, line);
    for checks_first in [false, true] {
        let mut world = World::new(till()).checking_first(checks_first);
        world.codec.refuses = Some("dompoint".to_owned());
        let error = failed(world.restore(file.as_slice(), RestoreOptions::default()));
        assert_eq!(error.code, ErrorCode::RecordInvalid);
        assert_eq!(error.context.entry.as_deref(), Some(PRODUCTS));
        assert_eq!(error.context.line, Some(3));
        assert_eq!(world.database.tables(), till());
        let names = world.steps.names();
        assert!(!names.contains(&"put") && !names.contains(&"delete"));
        world.codec.refuses = None;
        ok(world.restore(file.as_slice(), RestoreOptions::default()));
    }
}

#[test]
fn broken_lines() {
    let lines: [(&[u8], &str); 22] = [
        (b"", ""),
        (b" ", ""),
        (b"null", ""),
        (b"[]", ""),
        (br#"[{"id":3}]"#, ""),
        (br#"{"v":{"id":3}"#, ""),
        (br#"{"v":{"id":3}}{"v":{}}"#, ""),
        (br#"{"w":{"id":3}}"#, ""),
        (br#"{"v":{"id":3},"v":{"id":3}}"#, ""),
        (br#"{"v":{"id":3},"k":3}"#, ""),
        (br#"{"v":{"id":NaN}}"#, ""),
        (br#"{"v":{"id":3},"t":null}"#, ""),
        (br#"{"v":{"id":3},"t":{"/id":"regexp"}}"#, "/id"),
        (br#"{"v":{"id":3},"t":{"/id":{"date":null}}}"#, "/id"),
        (br#"{"v":{"id":3},"t":{"/x":"date"}}"#, "/x"),
        (br#"{"v":{"id":3},"t":{"x":"date"}}"#, "x"),
        (br#"{"v":{"id":3.5},"t":{"/id":"date"}}"#, "/id"),
        (br#"{"v":{"id":3,"b":"A"},"t":{"/b":"arraybuffer"}}"#, "/b"),
        (br#"{"v":{"id":3,"r":"/x"},"t":{"/r":"ref"}}"#, "/r"),
        (br#"{"v":{"id":3,"s":[1,1]},"t":{"/s":"set"}}"#, "/s"),
        (b"{\"v\":{\"id\":3,\"x\":\"\xff\"}}", ""),
        (b"\xef\xbb\xbf{\"v\":{\"id\":3}}", ""),
    ];
    for (line, path) in lines {
        let name = String::from_utf8_lossy(line);
        Refused::with(ErrorCode::RecordInvalid)
            .in_entry(PRODUCTS)
            .in_table("products", 3)
            .at(path)
            .by_all_jobs(&name, &with_line(PRODUCTS, line));
    }
}

#[test]
fn broken_keys() {
    for line in [
        &br#"{"v":1}"#[..],
        br#"{"v":1,"k":null}"#,
        br#"{"v":1,"k":true}"#,
        br#"{"v":1,"k":{}}"#,
        br#"{"v":1,"k":{"v":"NaN","t":{"":"number"}}}"#,
        br#"{"v":1,"k":[[[false]]]}"#,
    ] {
        let name = String::from_utf8_lossy(line);
        Refused::with(ErrorCode::RecordInvalid)
            .in_entry(SETTINGS)
            .in_table("settings", 3)
            .at("")
            .by_all_jobs(&name, &with_line(SETTINGS, line));
    }
}

#[test]
fn parts_with_another_number_of_records() {
    let cases: [(&str, fn(&str) -> Vec<u8>); 6] = [
        ("one less", |text| {
            text.split_inclusive('\n')
                .skip(1)
                .collect::<String>()
                .into()
        }),
        ("one more", |text| {
            format!("{text}{{\"v\":{{\"id\":8}}}}\n").into()
        }),
        ("none", |_| Vec::new()),
        ("no end of the last line", |text| text.trim_end().into()),
        ("an empty line at the end", |text| {
            format!("{text}\n").into()
        }),
        ("an empty line at the beginning", |text| {
            format!("\n{text}").into()
        }),
    ];
    for (name, change) in cases {
        // A part of no bytes cannot have records at all.
        let code = if name == "none" {
            ErrorCode::ManifestInvalid
        } else {
            ErrorCode::RecordInvalid
        };
        Refused::with(code).by_all_jobs(name, &with_content(PRODUCTS, change));
    }
    let empty = with_content("database/refunds/000000.ndjson", |_| {
        b"{\"v\":{\"id\":1}}\n".to_vec()
    });
    Refused::with(ErrorCode::RecordInvalid).by_all_jobs("a record where none should be", &empty);
}

#[test]
fn assets_that_are_not_json() {
    let deep = format!("{}{}", "[".repeat(257), "]".repeat(257));
    for (path, text) in [
        ("files/localStorage.json", &b"[]"[..]),
        ("files/localStorage.json", b"{\"a\":1}"),
        ("files/localStorage.json", b"{\"a\":\"b\"} x"),
        ("files/localStorage.json", b"{\"\xff\":\"b\"}"),
        ("files/sessionStorage.json", b""),
        ("files/sessionStorage.json", b"null"),
        ("files/sessionStorage.json", b"{\"a\":null}"),
        ("config/config.json", b""),
        ("config/config.json", b"{"),
        ("config/config.json", b"undefined"),
        ("config/config.json", b"\"\xff\""),
        ("config/config.json", deep.as_bytes()),
    ] {
        let name = format!("{path} {}", String::from_utf8_lossy(text));
        Refused::with(ErrorCode::RecordInvalid)
            .in_entry(path)
            .by_all_jobs(&name, &with_content(path, |_| text.to_vec()));
    }
}

#[test]
fn records_without_a_key() {
    let cases: [(&[u8], &str); 12] = [
        (br#"{"v":{"name":"Tea"}}"#, "/id"),
        (br#"{"v":null}"#, "/id"),
        (br#"{"v":"id"}"#, "/id"),
        (br#"{"v":[3]}"#, "/id"),
        (br#"{"v":{"id":null}}"#, "/id"),
        (br#"{"v":{"id":true}}"#, "/id"),
        (br#"{"v":{"id":{"id":3}}}"#, "/id"),
        (br#"{"v":{"id":[3,false]}}"#, "/id"),
        (br#"{"v":{"id":3,"id":null}}"#, "/id"),
        (br#"{"v":{"id":null},"t":{"/id":"undefined"}}"#, "/id"),
        (br#"{"v":{"id":"NaN"},"t":{"/id":"number"}}"#, "/id"),
        (br#"{"v":{"id":null},"t":{"/id":"date"}}"#, "/id"),
    ];
    for (line, path) in cases {
        let name = String::from_utf8_lossy(line);
        Refused::with(ErrorCode::RecordInvalid)
            .in_entry(PRODUCTS)
            .in_table("products", 3)
            .at(path)
            .by_all_jobs(&name, &with_line(PRODUCTS, line));
    }
}

#[test]
fn records_that_are_not_in_the_order_of_their_keys() {
    let cases: [(&str, &[u8]); 8] = [
        (PRODUCTS, br#"{"v":{"id":1}}"#),
        (PRODUCTS, br#"{"v":{"id":2}}"#),
        (PRODUCTS, br#"{"v":{"id":2.0,"x":1}}"#),
        (PRODUCTS, br#"{"v":{"x":{"id":3},"\u0069d":1}}"#),
        (
            PRODUCTS,
            br#"{"v":{"id":"-Infinity"},"t":{"/id":"number"}}"#,
        ),
        (SETTINGS, br#"{"v":1,"k":2}"#),
        (
            SETTINGS,
            br#"{"v":1,"k":{"v":1600000000000,"t":{"":"date"}}}"#,
        ),
        (
            SETTINGS,
            br#"{"v":1,"k":{"v":1700000000000,"t":{"":"date"}}}"#,
        ),
    ];
    for (path, line) in cases {
        let name = String::from_utf8_lossy(line);
        let table = if path == PRODUCTS {
            "products"
        } else {
            "settings"
        };
        Refused::with(ErrorCode::RecordInvalid)
            .in_entry(path)
            .in_table(table, 3)
            .by_all_jobs(&name, &with_line(path, line));
    }
    // What comes before it is no worse than what comes after it.
    Refused::with(ErrorCode::RecordInvalid)
        .in_entry(PRODUCTS)
        .in_table("products", 4)
        .by_all_jobs("too large", &with_line(PRODUCTS, br#"{"v":{"id":4}}"#));
}

#[test]
fn parts_that_do_not_begin_and_end_as_listed() {
    for (field, line) in [("firstKey", Some(1)), ("lastKey", None)] {
        let mut archive = Archive::read(&World::new(till()).archive());
        archive.relist(PRODUCTS, |entry| entry[field] = "other".into());
        let refused = Refused::with(ErrorCode::RecordInvalid).in_entry(PRODUCTS);
        let refused = match line {
            Some(line) => refused.in_table("products", line),
            None => refused,
        };
        refused.by_all_jobs(field, &archive.sealed());
    }
}

#[test]
fn parts_that_do_not_follow_one_another() {
    // Two parts, each in order.
    let lines = |ids: std::ops::Range<u32>| {
        let lines = ids.map(|id| format!("{{\"v\":{{\"id\":{id}}}}}\n"));
        lines.collect::<String>().into_bytes()
    };
    const SECOND: &str = "database/products/000001.ndjson";
    let two_parts = |second: std::ops::Range<u32>| {
        let mut archive = Archive::read(&World::new(till()).archive());
        *archive.content(PRODUCTS) = lines(1..5);
        archive.add(SECOND, lines(second.clone()));
        archive.list(SECOND, "database");
        archive.relist(PRODUCTS, |entry| {
            entry["records"] = 4.into();
            entry["lastKey"] = 4.into();
        });
        archive.relist(SECOND, |entry| {
            entry["table"] = "products".into();
            entry["records"] = (second.end - second.start).into();
            entry["firstKey"] = second.start.into();
            entry["lastKey"] = (second.end - 1).into();
        });
        archive.consistent().sealed()
    };
    ok(World::new(till()).verify(two_parts(5..8)));
    for second in [4..7, 1..4] {
        let name = format!("{second:?}");
        Refused::with(ErrorCode::RecordInvalid)
            .in_entry(SECOND)
            .by_all_jobs(&name, &two_parts(second));
    }
}

#[test]
fn a_long_key_need_not_be_listed() {
    let mut archive = Archive::read(&World::new(till()).archive());
    archive.relist(PRODUCTS, |entry| {
        let entry = entry.as_object_mut().unwrap();
        entry.remove("firstKey");
        entry.remove("lastKey");
    });
    ok(World::new(till()).verify(archive.consistent().sealed()));

    let line = format!("{{\"v\":{{\"id\":\"{}\"}}}}\n", "k".repeat(2000));
    let world = World::new(vec![MemoryTable::new("long", true, vec![line])]);
    let archive = Archive::read(&world.archive());
    let entries = archive.json("manifest.json")["entries"].clone();
    let part = entries
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["table"] == "long");
    let part = part.expect("the part").as_object().unwrap();
    assert_eq!(
        (part["records"].as_u64(), part.get("firstKey")),
        (Some(1), None)
    );
}

#[test]
fn a_database_that_loses_records_is_noticed() {
    let file = World::new(till()).archive();
    let mut world = World::new(changed_till());
    world.database.loses_records = true;
    let error = failed(world.restore(&file, Default::default()));
    assert_eq!(error.code, ErrorCode::ValidationFailed);
    assert_eq!(error.context.table.as_deref(), Some("products"));
    assert_eq!(error.context.expected, Some(7.into()));
    assert_eq!(error.context.found, Some(6.into()));
    assert_eq!(world.database.tables(), changed_till());
    assert!(world.page.assets.borrow().is_empty());
}
