//! The order of keys, and where records hold them.

use pos_backup::bridge::KeyPath;
use pos_backup::record::{Key, KeyIn, check_line};
use proptest::prelude::*;
use serde_json::value::RawValue;

fn key(json: &str) -> Key {
    let raw: &RawValue = serde_json::from_str(json).expect(json);
    Key::read(raw).expect(json).expect(json)
}

#[test]
fn keys_are_in_the_order_of_indexeddb() {
    let tagged = |v: &str, tag: &str| format!(r#"{{"v":{v},"t":{{"":"{tag}"}}}}"#);
    let in_order = [
        tagged(r#""-Infinity""#, "number"),
        "-1".to_owned(),
        "0".to_owned(),
        "5e-324".to_owned(),
        "1.5".to_owned(),
        tagged(r#""Infinity""#, "number"),
        tagged("-8640000000000000", "date"),
        tagged("0", "date"),
        r#""""#.to_owned(),
        r#""A""#.to_owned(),
        r#""a""#.to_owned(),
        r#""a\u0000""#.to_owned(),
        r#""aa""#.to_owned(),
        r#""é""#.to_owned(),
        r#""퟿""#.to_owned(),
        // By code units: a surrogate, alone or in a pair, is less than U+E000.
        r#"{"v":"d800","s":""}"#
            .replace("d800", "\u{e001}d800")
            .replace(r#""s":"""#, "\"s\":\"\u{e001}\""),
        r#""😀""#.to_owned(),
        "\"\u{e000}\"".to_owned(),
        "\"\u{ffff}\"".to_owned(),
        tagged(r#""""#, "arraybuffer"),
        tagged(r#""AA==""#, "arraybuffer"),
        tagged(r#""AAA=""#, "arraybuffer"),
        tagged(r#""fw==""#, "arraybuffer"),
        tagged(r#""gA==""#, "arraybuffer"),
        "[]".to_owned(),
        "[1]".to_owned(),
        "[1, 2]".to_owned(),
        "[ 2 ]".to_owned(),
        r#"{"v":[0],"t":{"/0":"date"}}"#.to_owned(),
        r#"["a"]"#.to_owned(),
        "[[]]".to_owned(),
        "[[],1]".to_owned(),
        "[[1]]".to_owned(),
    ];
    for (index, one) in in_order.iter().enumerate() {
        for (other_index, other) in in_order.iter().enumerate() {
            let expected = index.cmp(&other_index);
            assert_eq!(key(one).cmp(&key(other)), expected, "{one} {other}");
        }
    }
    for (one, other) in [
        ("0", r#"{"v":"-0","t":{"":"number"}}"#),
        ("1", "1.0"),
        (r#""a""#, r#""\u0061""#),
        ("[1,[2]]", "[ 1.0 , [ 2 ] ]"),
    ] {
        assert_eq!(key(one), key(other), "{one} {other}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_that_are_next_to_one_another_are_not_the_same(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
        let next = number.next_up();
        prop_assume!(next.is_finite() && next != 0.0 && number != 0.0);
        // Both ways to write a number, the shorter of which is JavaScript's.
        for (one, other) in [(format!("{number:?}"), format!("{next:?}")), (format!("{number:e}"), format!("{next}"))] {
            prop_assert!(key(&one) < key(&other), "{} {}", one, other);
        }
    }
}

#[test]
fn prices_that_are_nearly_the_same_are_other_keys() {
    for (one, other) in [
        ("990.12", "990.1200000000001"),
        ("102.94", "102.94000000000001"),
        ("1700000774269.65", "1700000774269.6501"),
    ] {
        assert!(key(one) < key(other), "{one} {other}");
    }
}

#[test]
fn a_key_that_takes_long_to_find_is_left_to_the_database() {
    let compound = |count: usize| KeyPath::Compound(vec!["a".to_owned(); count]);
    let line = r#"{"v":{"a":1}}"#;
    assert_eq!(
        key_of(line, &compound(100)),
        Ok(Some(Key::Array(vec![key("1"); 100])))
    );
    assert_eq!(key_of(line, &compound(101)), Ok(None));
    let large = format!(r#"{{"v":{{"a":"{}"}}}}"#, "x".repeat(1 << 20));
    assert!(key_of(&large, &compound(60)).unwrap().is_some());
    assert_eq!(key_of(&large, &compound(100)), Ok(None));
    let many = format!("[{}1]", "1,".repeat(100_000));
    assert_eq!(
        key_of(&format!(r#"{{"v":{{"a":{many}}}}}"#), &single("a")),
        Ok(None)
    );
    let line = format!(r#"{{"v":1,"k":{many}}}"#);
    assert_eq!(check_line(line.as_bytes(), KeyIn::Line).unwrap().key, None);
}

fn single(path: &str) -> KeyPath {
    KeyPath::Single(path.to_owned())
}

fn key_of(line: &str, path: &KeyPath) -> Result<Option<Key>, (String, String)> {
    let checked = check_line(line.as_bytes(), KeyIn::Record(Some(path)));
    let invalid = |it: pos_backup::record::Invalid| (it.path, it.found);
    checked.map(|checked| checked.key).map_err(invalid)
}

#[test]
fn a_key_path_finds_the_key() {
    let cases = [
        (r#"{"v":{"id":7}}"#, "id", "7"),
        (r#"{"v":{"a":{"id":1},"id":"x"}}"#, "id", r#""x""#),
        (r#"{"v":{"a":{"b":{"c":[1,"z"]}}}}"#, "a.b.c", r#"[1,"z"]"#),
        (r#"{"v":{"a\"":1,"\u0069d":2}}"#, "id", "2"),
        (r#"{"v":{"id":1,"x":[],"id":2}}"#, "id", "2"),
        (r#"{"v":{"__proto__":5}}"#, "__proto__", "5"),
        (r#"{"v": [ 3 , 4 ] }"#, "", "[3,4]"),
        (r#"{"v":"text"}"#, "", r#""text""#),
        (r#"{"v":{"name":"a😀"}}"#, "name.length", "3"),
        (r#"{"v":{"list":[1,[2,3]]}}"#, "list.length", "2"),
        (r#"{"v":[]}"#, "length", "0"),
        // Where tags say what is there.
        (
            r#"{"v":{"at":9},"t":{"/at":"date"}}"#,
            "at",
            r#"{"v":9,"t":{"":"date"}}"#,
        ),
        (r#"{"v":{"id":"-0"},"t":{"/id":"number"}}"#, "id", "0"),
        (
            r#"{"v":{"id":"AQI="},"t":{"/id":"uint16array"}}"#,
            "id",
            r#"{"v":"AQI=","t":{"":"arraybuffer"}}"#,
        ),
        (
            r#"{"v":{"id":[1,[2,3]]},"t":{"/id/1/0":"date"}}"#,
            "id",
            r#"{"v":[1,[2,3]],"t":{"/1/0":"date"}}"#,
        ),
        // A tag beside it does not matter.
        (r#"{"v":{"idx":0,"id":3},"t":{"/idx":"date"}}"#, "id", "3"),
    ];
    for (line, path, expected) in cases {
        assert_eq!(
            key_of(line, &single(path)),
            Ok(Some(key(expected))),
            "{line} {path}"
        );
    }
    let compound = KeyPath::Compound(vec!["a".to_owned(), "b.c".to_owned()]);
    let found = key_of(r#"{"v":{"a":1,"b":{"c":"x"}}}"#, &compound);
    assert_eq!(found, Ok(Some(key(r#"[1,"x"]"#))));
    let found = key_of(
        r#"{"v":{"a":1,"b":{"c":5}},"t":{"/b/c":"date"}}"#,
        &compound,
    );
    assert_eq!(found, Ok(Some(key(r#"{"v":[1,5],"t":{"/1":"date"}}"#))));
    let (path, _) = key_of(r#"{"v":{"a":1,"b":{}}}"#, &compound).unwrap_err();
    assert_eq!(path, "/b/c");
}

#[test]
fn what_is_no_key_is_none_wherever_it_stands() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for line in [
        r#"{"v":{"id":{"v":1,"t":{}}}}"#.to_owned(),
        format!(r#"{{"v":{{"id":{}}}}}"#, nested(91)),
        r#"{"v":{"id":[1,"NaN"]},"t":{"/id/1":"number"}}"#.to_owned(),
        r#"{"v":{"id":{"x":1}},"t":{"/id/x":"date"}}"#.to_owned(),
        r#"{"v":{"id":"5"},"t":{"/id":"bigint"}}"#.to_owned(),
        r#"{"v":{"id":"x"},"t":{"/id":"stringobject"}}"#.to_owned(),
    ] {
        let (path, _) = key_of(&line, &single("id")).expect_err(&line);
        assert_eq!(path, "/id", "{line}");
    }
    assert_eq!(
        key_of(
            &format!(r#"{{"v":{{"id":{}}}}}"#, nested(90)),
            &single("id")
        )
        .map(|key| key.is_some()),
        Ok(true)
    );
}

#[test]
fn what_the_line_does_not_say_is_left_to_the_database() {
    let sha256 = "0".repeat(64);
    let in_entry = format!(
        r#"{{"v":{{"id":{{"blob":"{sha256}","size":5000}}}},"t":{{"/id":"arraybuffer"}}}}"#
    );
    let file = r#"{"v":{"name":"n","type":"","lastModified":5,"data":""},"t":{"":"file"}}"#;
    for (line, path) in [
        (in_entry.as_str(), "id"),
        (file, "name"),
        (file, "size"),
        (
            r#"{"v":{"e":{"name":"Error","message":"x"}},"t":{"/e":"error"}}"#,
            "e.message",
        ),
        (r#"{"v":{"a":{"id":1},"b":"/a"},"t":{"/b":"ref"}}"#, "b.id"),
        (
            r#"{"v":{"a":0},"t":{"/a":"deep"},"d":[{"v":{"id":[5]}}]}"#,
            "a.id",
        ),
        (r#"{"v":{"id":["/id"]},"t":{"/id/0":"ref"}}"#, "id"),
        (
            r#"{"v":{"id":{"length":2,"properties":{"1":5}}},"t":{"/id":"array"}}"#,
            "id",
        ),
        (
            r#"{"v":{"id":{"buffer":"AQIDBA==","byteOffset":1,"length":2}},"t":{"/id":"uint8array","/id/buffer":"arraybuffer"}}"#,
            "id",
        ),
    ] {
        assert_eq!(key_of(line, &single(path)), Ok(None), "{line}");
    }
}
