//! `check_line` accepts what the codec decodes, and nothing else. The cases are shared with it.

use std::time::{Duration, Instant};

use pos_backup::bridge::{Error, ErrorCode};
use pos_backup::record::check_line;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    line: String,
    ok: bool,
    path: Option<String>,
    #[serde(default)]
    out_of_line: bool,
}

#[test]
fn the_cases_shared_with_the_codec() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../fixtures/records.json")).expect("the cases");
    assert!(cases.len() > 200);
    let wrong: Vec<_> = cases
        .iter()
        .filter_map(|case| {
            let found = check_line(case.line.as_bytes(), case.out_of_line);
            let right = match &found {
                Ok(_) => case.ok,
                Err(invalid) => !case.ok && Some(&invalid.path) == case.path.as_ref(),
            };
            (!right).then(|| format!("{}: {found:?}", case.name))
        })
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn lines_that_only_this_side_sees() {
    let key = |levels: usize| {
        format!(
            "{{\"v\":1,\"k\":{}{}}}",
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    assert_eq!(check_line(key(1000).as_bytes(), true).map(drop), Ok(()));
    let too_deep = key(1001);
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
            "a blob as an array",
            br#"{"v":["","",""],"t":{"":"blob"}}"#,
            false,
        ),
        ("a key too deep", too_deep.as_bytes(), true),
        ("a number too large in a key", br#"{"v":1,"k":1e999}"#, true),
    ];
    for (name, line, out_of_line) in refused {
        assert!(check_line(line, *out_of_line).is_err(), "{name}");
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
        let invalid = check_line(line.as_bytes(), false).expect_err(&line);
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
        assert_eq!(check_line(line.as_bytes(), false).map(drop), Ok(()), "{line}");
    }
}

#[test]
fn an_invalid_record_is_an_error_with_its_place() {
    let invalid = check_line(br#"{"v":{"a":"x"},"t":{"/a":"date"}}"#, false).unwrap_err();
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
    let list = |item: &str| vec![item; many].join(",");
    let tags = |from: usize, tag: &str| {
        let tags: Vec<_> = (from..from + many)
            .map(|n| format!("\"/{n}\":\"{tag}\""))
            .collect();
        tags.join(",")
    };
    let levels = 100_000;
    let deep = format!("{}5{}", "[".repeat(levels), "]".repeat(levels));
    let path = "/0".repeat(levels);
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
            "depth",
            format!("{{\"v\":{deep},\"t\":{{\"{path}\":\"date\"}}}}"),
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
        assert_eq!(check_line(line.as_bytes(), out_of_line).map(drop), Ok(()), "{name}");
        assert!(started.elapsed() < Duration::from_secs(20), "{name}");
    }
}
