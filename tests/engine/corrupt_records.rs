//! Archives whose parts hold something else than records. All checksums are right.

use pos_backup::bridge::ErrorCode;

use crate::testkit::archive::Archive;
use crate::testkit::refused::Refused;
use crate::testkit::world::{World, till};

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

/// Two records of one key: only the database knows, and then nothing is restored.
#[test]
fn a_key_that_is_there_twice() {
    use crate::testkit::world::{changed_till, failed, ok};
    let file = with_line(PRODUCTS, br#"{"v":{"id":1}}"#);
    ok(World::new(till()).verify(&file));
    let world = World::new(changed_till());
    let error = failed(world.restore(&file, Default::default()));
    assert_eq!(error.code, ErrorCode::ValidationFailed);
    assert_eq!(error.context.table.as_deref(), Some("products"));
    assert_eq!(error.context.expected, Some(7.into()));
    assert_eq!(error.context.found, Some(6.into()));
    assert_eq!(world.database.tables(), changed_till());
    assert!(world.page.assets.borrow().is_empty());
}
