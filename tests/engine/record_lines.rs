//! `check_line` accepts what the codec decodes, and nothing else. The cases are shared with it.

use std::time::{Duration, Instant};

use pos_backup::bridge::{Error, ErrorCode};
use pos_backup::record::{
    BlobRef, CheckedLine, Invalid, JsonString, Key, KeyIn, Value, check_line, read_line,
};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    line: String,
    ok: bool,
    path: Option<String>,
    #[serde(default)]
    out_of_line: bool,
    /// Only making its values shows that it is refused.
    #[serde(default)]
    sound: bool,
}

fn check(line: &[u8], out_of_line: bool) -> Result<CheckedLine, Invalid> {
    let key_in = match out_of_line {
        true => KeyIn::Line,
        false => KeyIn::Record(None),
    };
    check_line(line, key_in)
}

#[test]
fn the_cases_shared_with_the_codec() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../fixtures/records.json")).expect("the cases");
    assert!(cases.len() > 700);
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let found = check(case.line.as_bytes(), case.out_of_line);
            let read = read_line(case.line.as_bytes());
            assert_eq!(read.err(), found.clone().err(), "{}", case.name);
            let right = match &found {
                Ok(needs) => case.ok || (case.sound && needs.browser),
                Err(invalid) => {
                    !case.ok && !case.sound && Some(&invalid.path) == case.path.as_ref()
                }
            };
            (!right).then(|| format!("{}: {found:?}", case.name))
        })
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn lines_that_only_this_side_sees() {
    let refused: &[(&str, &[u8], bool)] = &[
        ("not UTF-8", b"{\"v\":\"\xff\"}", false),
        ("a key where records hold it", br#"{"v":1,"k":1}"#, false),
        ("no key where records do not hold it", br#"{"v":1}"#, true),
        ("an array of the line's members", br#"["a",null,{}]"#, false),
        (
            "a tag as an object",
            br#"{"v":5,"t":{"":{"date":null}}}"#,
            false,
        ),
        (
            "two tags at one place",
            br#"{"v":5,"t":{"":"date","":"date"}}"#,
            false,
        ),
        ("v twice", br#"{"v":1,"v":2}"#, false),
        (
            "a tagged name twice",
            br#"{"v":{"a":5,"a":6},"t":{"/a":"date"}}"#,
            false,
        ),
        (
            "a field of a payload twice",
            br#"{"v":{"type":"","data":"","type":""},"t":{"":"blob"}}"#,
            false,
        ),
        (
            "a field of a payload that holds places twice",
            br#"{"v":{"name":"Error","name":"Error"},"t":{"":"error"}}"#,
            false,
        ),
        (
            "a buffer twice",
            br#"{"v":{"buffer":"","byteOffset":0,"length":0,"buffer":""},"t":{"":"dataview","/buffer":"arraybuffer"}}"#,
            false,
        ),
        (
            "properties twice",
            br#"{"v":{"length":1,"properties":{},"properties":{}},"t":{"":"array"}}"#,
            false,
        ),
        (
            "a tagged property twice",
            br#"{"v":{"length":1,"properties":{"x":5,"x":5}},"t":{"":"array","/properties/x":"date"}}"#,
            false,
        ),
        (
            "a checksum twice",
            br#"{"v":{"blob":"","size":0,"blob":""},"t":{"":"arraybuffer"}}"#,
            false,
        ),
        ("d twice", br#"{"v":1,"d":[],"d":[]}"#, false),
        (
            "a member of d as an array",
            br#"{"v":0,"t":{"":"deep"},"d":[[[],{}]]}"#,
            false,
        ),
        (
            "a pointer that is none in d",
            br#"{"v":0,"t":{"":"deep"},"d":[{"v":[],"t":{"a":"date"}}]}"#,
            false,
        ),
        ("not UTF-8 in d", b"{\"v\":0,\"t\":{\"\":\"deep\"},\"d\":[{\"v\":[\"\xed\xa0\x80\"]}]}", false),
        ("not UTF-8 in a pointer", b"{\"v\":{\"\xff\":5},\"t\":{\"/\xff\":\"date\"}}", false),
        ("not UTF-8 in base64", b"{\"v\":\"\xc3\x28\",\"t\":{\"\":\"arraybuffer\"}}", false),
        (
            "a blob as an array",
            br#"{"v":["","",""],"t":{"":"blob"}}"#,
            false,
        ),
        ("a number too large in a key", br#"{"v":1,"k":1e999}"#, true),
    ];
    for (name, line, out_of_line) in refused {
        assert!(check(line, *out_of_line).is_err(), "{name}");
    }
}

#[test]
fn maps_and_sets_hold_nothing_twice() {
    let set =
        |members: &str, tags: &str| format!("{{\"v\":[{members}],\"t\":{{\"\":\"set\"{tags}}}}}");
    let date = r#","/0":"date","/1":"date""#;
    let same = [
        set("1,1.0", ""),
        set(r#""a","\u0061""#, ""),
        set(r#"0,"-0""#, r#","/1":"number""#),
        set(r#""NaN","NaN""#, r#","/0":"number","/1":"number""#),
        set("true,false,true", ""),
        set("1e999,2e999", ""),
        set(r#"[],"/0""#, r#","/1":"ref""#),
        set(r#"[[]],"/0/0","/0/0""#, r#","/1":"ref","/2":"ref""#),
        r#"{"v":{"m":[["a",1],["b",2],["a",3]]},"t":{"/m":"map"}}"#.to_owned(),
        r#"{"v":{"m":[[[1,1],2]]},"t":{"/m":"map","/m/0/0":"set"}}"#.to_owned(),
    ];
    for line in same {
        let invalid = check(line.as_bytes(), false).expect_err(&line);
        assert!(invalid.found.contains("twice"), "{line}: {invalid:?}");
    }
    let different = [
        set("{},{},[],[]", ""),
        set("5,5", date),
        set("null,null", r#","/0":"undefined""#),
        set(r#"1,"1","1""#, r#","/1":"bigint""#),
        set("0,-1", ""),
        set(r#"[[],{}],"/0/0","/0/1","/0""#, r#","/1":"ref","/2":"ref""#),
        r#"{"v":{"m":[["a",1],["b",1]],"n":[["a",1]]},"t":{"/m":"map","/n":"map"}}"#.to_owned(),
    ];
    for line in different {
        assert_eq!(check(line.as_bytes(), false).map(drop), Ok(()), "{line}");
    }
}

#[test]
fn of_two_properties_of_one_name_the_last_one_counts() {
    let record = read_line(br#"{"v":{"a":1,"b/":2,"\u0061":3}}"#).unwrap();
    let name = |name: &str| JsonString(name.as_bytes().to_vec());
    let properties = vec![(name("a"), 1), (name("b/"), 2)];
    assert_eq!(
        record.values,
        [
            Value::Object(properties),
            Value::Number(3.0),
            Value::Number(2.0)
        ]
    );
}

#[test]
fn an_invalid_record_is_an_error_with_its_place() {
    let invalid = check(br#"{"v":{"a":"x"},"t":{"/a":"date"}}"#, false).unwrap_err();
    let error = Error::from(invalid);
    assert_eq!(error.code, ErrorCode::RecordInvalid);
    assert_eq!(error.context.path.as_deref(), Some("/a"));
    assert!(error.context.found.is_some());
}

/// The time must grow with the line's length, whatever the line says. The bounds are a hundred times
/// what is needed; a walk from the root for each tag or `ref` would take hours.
#[test]
fn no_line_takes_long() {
    let many = 50_000;
    let name = "n".repeat(many);
    let list = |item: &str| vec![item; many].join(",");
    let tags = |from: usize, tag: &str| {
        let tags: Vec<_> = (from..from + many)
            .map(|n| format!("\"/{n}\":\"{tag}\""))
            .collect();
        tags.join(",")
    };
    let lines = [
        (
            "refs",
            format!(
                "{{\"v\":[[],{}],\"t\":{{{}}}}}",
                list("\"/0\""),
                tags(1, "ref")
            ),
            false,
        ),
        (
            "dates",
            format!("{{\"v\":[{}],\"t\":{{{}}}}}", list("5"), tags(0, "date")),
            false,
        ),
        (
            "a chain of members of d",
            format!(
                "{{\"v\":0,\"t\":{{\"\":\"deep\"}},\"d\":[{},{{\"v\":[]}}]}}",
                (1..many)
                    .map(|n| format!("{{\"v\":{{\"name\":{n}}},\"t\":{{\"/name\":\"deep\"}}}}"))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
            false,
        ),
        (
            "long pointers",
            format!(
                "{{\"v\":{{\"{name}\":[5{}]}},\"t\":{{{}}}}}",
                ",5".repeat(99),
                (0..100)
                    .map(|n| format!("\"/{name}/{n}\":\"date\""))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
            false,
        ),
        (
            "an array as long as can be",
            r#"{"v":{"length":4294967295,"properties":{}},"t":{"":"array"}}"#.to_owned(),
            false,
        ),
        (
            "errors in errors, each with a long text",
            format!(
                "{{\"v\":{}0{},\"t\":{{{}}}}}",
                format!(
                    "{{\"name\":\"Error\",\"message\":\"{}\",\"cause\":",
                    "m".repeat(many)
                )
                .repeat(250),
                "}".repeat(250),
                (0..250)
                    .map(|n| format!("\"{}\":\"error\"", "/cause".repeat(n)))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
            false,
        ),
        (
            "key",
            format!(
                "{{\"v\":1,\"k\":{{\"v\":[{}],\"t\":{{{}}}}}}}",
                list("5"),
                tags(0, "date")
            ),
            true,
        ),
    ];
    for (name, line, out_of_line) in lines {
        let started = Instant::now();
        assert_eq!(
            check(line.as_bytes(), out_of_line).map(drop),
            Ok(()),
            "{name}"
        );
        assert!(read_line(line.as_bytes()).is_ok(), "{name}");
        assert!(started.elapsed() < Duration::from_secs(20), "{name}");
    }
}

/// A reader that followed a million levels would run out of its stack.
#[test]
fn no_line_has_more_than_any_reader_takes() {
    let outcome = |line: &str| check(line.as_bytes(), false).map(drop);
    let tagged = |count: usize| {
        let tags: Vec<_> = (0..count).map(|i| format!(r#""/{i}":"date""#)).collect();
        let v = vec!["0"; count].join(",");
        format!(r#"{{"v":[{v}],"t":{{{}}}}}"#, tags.join(","))
    };
    assert_eq!(outcome(&tagged(1_000_000)), Ok(()));
    assert!(outcome(&tagged(1_000_001)).is_err());
    let long = |count| format!(r#"{{"v":"{}"}}"#, "ä".repeat(count));
    assert_eq!(outcome(&long((1 << 27) - 8)), Ok(()));
    assert!(outcome(&long((1 << 27) - 7)).is_err());
    let digits = |count: usize| {
        format!(
            r#"{{"v":"-1{}","t":{{"":"bigint"}}}}"#,
            "0".repeat(count - 1)
        )
    };
    assert_eq!(outcome(&digits(1_000_000)), Ok(()));
    assert!(outcome(&digits(1_000_001)).is_err());
}

#[test]
fn no_depth_is_followed() {
    let levels = 1_000_000;
    let (open, close) = ("[".repeat(levels), "]".repeat(levels));
    let objects = "{\"a\":".repeat(levels);
    let pointer = "/0".repeat(levels);
    let lines = [
        format!("{{\"v\":{open}{close}}}"),
        format!("{{\"v\":{objects}1{}}}", "}".repeat(levels)),
        format!("{{\"v\":1,\"k\":{open}{close}}}"),
        format!("{{\"v\":1,\"t\":{open}{close}}}"),
        format!("{{\"v\":1,\"t\":{{\"\":{open}{close}}}}}"),
        format!("{{\"v\":1,\"d\":{open}{close}}}"),
        format!("{{\"v\":1,\"d\":[{{\"v\":{open}{close}}}]}}"),
        format!("{{\"v\":1,\"x\":{open}{close}}}"),
        format!("{{\"v\":{open}5{close},\"t\":{{\"{pointer}\":\"date\"}}}}"),
        format!("{{\"v\":{{\"algorithm\":{open}{close}}},\"t\":{{\"\":\"cryptokey\"}}}}"),
        format!("{{\"v\":{open}"),
        open.clone(),
    ];
    for line in lines {
        for out_of_line in [false, true] {
            let invalid = check(line.as_bytes(), out_of_line).unwrap_err();
            assert_eq!(invalid.path, "", "{}", &line[..40]);
        }
    }
    let key = format!("{open}{close}");
    let key: &RawValue = serde_json::from_str(&key).unwrap();
    assert!(Key::read(key).map(drop).is_err());
    // The pointer alone is no depth of the line.
    let line = format!("{{\"v\":[5],\"t\":{{\"{pointer}\":\"date\"}}}}");
    let invalid = check(line.as_bytes(), false).unwrap_err();
    assert_eq!(invalid.path, pointer);
}

#[test]
fn keys_nest_no_deeper_than_any_reader_follows() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let read = |text: String| {
        let key: &RawValue = serde_json::from_str(&text).unwrap();
        Key::read(key).map(drop)
    };
    assert_eq!(read(nested(90)), Ok(()));
    assert!(read(nested(91)).is_err());
}

#[test]
fn a_line_says_which_blobs_it_names() {
    let named = |digit: &str, size: u64| BlobRef {
        sha256: digit.repeat(64),
        size,
    };
    let json = |blob: &BlobRef| format!(r#"{{"blob":"{}","size":{}}}"#, blob.sha256, blob.size);
    let (a, b, c) = (
        named("a", 8),
        named("b", 9_007_199_254_740_991),
        named("0", 16),
    );
    let line = format!(
        r#"{{"v":{{"z":{},"y":{{"type":"","data":{}}},"x":[{{"buffer":{},"byteOffset":8,"length":1}},{}],"w":0}},"t":{{"/w":"deep","/x/1":"float64array","/x/0/buffer":"arraybuffer","/x/0":"float64array","/y":"blob","/z":"arraybuffer"}},"d":[{{"v":{},"t":{{"":"arraybuffer"}}}}]}}"#,
        json(&a),
        json(&b),
        json(&c),
        json(&a),
        json(&b),
    );
    let needs = check(line.as_bytes(), false).unwrap();
    assert_eq!(needs.blobs, [a.clone(), b.clone(), c, a, b]);
    assert!(!needs.browser);
}

#[test]
fn a_line_says_whether_only_a_browser_can_judge_it() {
    let needs = |v: &str, tag: &str| {
        let line =
            format!(r#"{{"v":[0],"t":{{"/0":"deep"}},"d":[{{"v":{v},"t":{{"":"{tag}"}}}}]}}"#);
        check(line.as_bytes(), false).unwrap().browser
    };
    for tag in [
        "int8array",
        "float64array",
        "dataview",
        "arraybuffer",
        "bigint64array",
    ] {
        assert!(!needs(r#""""#, tag), "{tag}");
    }
    assert!(!needs(r#"{"name":"Error"}"#, "error"));
    assert!(!needs(r#"{"length":5,"properties":{}}"#, "array"));
    assert!(!needs("5", "numberobject"));
    assert!(needs(r#""""#, "float16array"));
    assert!(needs(r#"{"source":"(","flags":""}"#, "regexp"));
    assert!(needs(
        r#"{"maxByteLength":5,"data":""}"#,
        "resizablearraybuffer"
    ));
    assert!(needs(r#"{"name":"","message":""}"#, "domexception"));
    assert!(needs("[]", "filelist"));
    assert!(needs("[0,0,0,1]", "dompoint"));
}
