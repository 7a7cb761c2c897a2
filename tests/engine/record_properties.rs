//! Records built at random from the format's description are accepted; nothing makes the check panic.

use pos_backup::record::{check_key, check_line};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::value::RawValue;

/// A value as its payload, with the tags in it.
#[derive(Debug, Clone)]
struct Packed {
    payload: String,
    tags: Vec<(String, &'static str)>,
    /// What a `ref` to this value's place may lead to.
    is_object: bool,
}

impl Packed {
    fn plain(payload: impl Into<String>) -> Self {
        Self {
            payload: payload.into(),
            tags: Vec::new(),
            is_object: false,
        }
    }

    fn tagged(payload: impl Into<String>, tag: &'static str, is_object: bool) -> Self {
        Self {
            payload: payload.into(),
            tags: vec![(String::new(), tag)],
            is_object,
        }
    }
}

/// JSON text of a string, with lone surrogates and everything that pointers escape.
fn text() -> impl Strategy<Value = String> {
    let unit = prop_oneof![
        4 => "[a-z~/01]",
        1 => any::<char>().prop_map(|c| {
            let json = serde_json::to_string(&c).unwrap();
            json[1..json.len() - 1].to_owned()
        }),
        1 => (0xd800..0xe000_u32).prop_map(|unit| format!("\\u{unit:04x}x")),
    ];
    vec(unit, 0..6).prop_map(|units| format!("\"{}\"", units.concat()))
}

/// A reference token for the name, both as JSON text between quotes.
fn token(name: &str) -> String {
    let inner = &name[1..name.len() - 1];
    inner.replace('~', "~0").replace('/', "~1")
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    format!(
        "\"{}\"",
        base64::engine::general_purpose::STANDARD.encode(bytes)
    )
}

fn bytes(element_bytes: usize) -> impl Strategy<Value = String> {
    vec(any::<u8>(), 0..40).prop_map(move |mut bytes| {
        bytes.truncate(bytes.len() / element_bytes * element_bytes);
        base64(&bytes)
    })
}

fn view() -> impl Strategy<Value = Packed> {
    let tags = [
        ("arraybuffer", 1),
        ("int8array", 1),
        ("uint8array", 1),
        ("uint8clampedarray", 1),
        ("int16array", 2),
        ("uint16array", 2),
        ("int32array", 4),
        ("uint32array", 4),
        ("float16array", 2),
        ("float32array", 4),
        ("float64array", 8),
        ("bigint64array", 8),
        ("biguint64array", 8),
        ("dataview", 1),
    ];
    proptest::sample::select(tags.to_vec()).prop_flat_map(|(tag, element_bytes)| {
        bytes(element_bytes).prop_map(move |data| Packed::tagged(data, tag, true))
    })
}

fn leaf() -> impl Strategy<Value = Packed> {
    let numbers = vec!["\"NaN\"", "\"Infinity\"", "\"-Infinity\"", "\"-0\""];
    prop_oneof![
        Just(Packed::plain("null")),
        any::<bool>().prop_map(|value| Packed::plain(value.to_string())),
        any::<i64>().prop_map(|value| Packed::plain(value.to_string())),
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(|value| Packed::plain(format!("{value:e}"))),
        text().prop_map(Packed::plain),
        Just(Packed::tagged("null", "undefined", false)),
        proptest::sample::select(numbers).prop_map(|name| Packed::tagged(name, "number", false)),
        any::<i128>().prop_map(|n| Packed::tagged(format!("\"{n}\""), "bigint", false)),
        Just(Packed::tagged("null", "date", true)),
        (-8_640_000_000_000_000_i64..=8_640_000_000_000_000).prop_map(|ms| Packed::tagged(
            ms.to_string(),
            "date",
            true
        )),
        view(),
        bytes(1).prop_map(|data| Packed::tagged(
            format!("{{\"type\":\"text/plain\",\"data\":{data}}}"),
            "blob",
            true
        )),
        (bytes(1), -9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(|(data, ms)| {
            Packed::tagged(
                format!(
                    "{{\"name\":\"a/b~\",\"type\":\"\",\"lastModified\":{ms},\"data\":{data}}}"
                ),
                "file",
                true,
            )
        }),
    ]
}

/// Values inside `before` and `after` each, with the tags moved to their places.
fn joined(children: Vec<(String, String, Packed)>, open: &str, close: &str) -> Packed {
    let mut tags = Vec::new();
    let mut payloads = Vec::new();
    for (label, token, child) in children {
        payloads.push(format!("{label}{}", child.payload));
        let moved = child.tags.into_iter();
        tags.extend(moved.map(|(place, tag)| (format!("/{token}{place}"), tag)));
    }
    Packed {
        payload: format!("{open}{}{close}", payloads.join(",")),
        tags,
        is_object: true,
    }
}

fn array(children: Vec<Packed>) -> Packed {
    let children = children.into_iter().enumerate();
    joined(
        children
            .map(|(n, child)| (String::new(), n.to_string(), child))
            .collect(),
        "[",
        "]",
    )
}

fn object(children: Vec<(String, Packed)>) -> Packed {
    let mut names = std::collections::HashSet::new();
    let children = children.into_iter().filter(|(name, _)| {
        // Two spellings may be one name.
        let name: &RawValue = serde_json::from_str(name).unwrap();
        names.insert(normal(name.get()))
    });
    joined(
        children
            .map(|(name, child)| (format!("{name}:"), token(&name), child))
            .collect(),
        "{",
        "}",
    )
}

/// One spelling for each string: what is not escaped stays, escapes of surrogates are the only others.
fn normal(json: &str) -> String {
    json.replace("\\\"", "\\u0022")
        .replace("\\\\", "\\u005c")
        .to_lowercase()
}

/// All objects, and the first primitive of each kind: two of one kind may be the same.
fn distinct<T>(members: Vec<T>, packed: impl Fn(&T) -> &Packed) -> Vec<T> {
    let mut kinds = std::collections::HashSet::new();
    let mut members = members;
    members.retain(|member| {
        let Packed {
            payload,
            tags,
            is_object,
        } = packed(member);
        let kind = match (tags.first(), payload.as_bytes()[0]) {
            (Some((_, "number")), _) | (None, b'-' | b'0'..=b'9') => "number",
            (Some((_, tag)), _) => tag,
            (None, b'"') => "string",
            (None, _) => payload.as_str(),
        };
        *is_object || kinds.insert(kind.to_owned())
    });
    members
}

fn packed() -> impl Strategy<Value = Packed> {
    leaf().prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(array),
            vec((text(), inner.clone()), 0..6).prop_map(object),
            vec(inner.clone(), 0..6).prop_map(|members| {
                let mut set = array(distinct(members, |member| member));
                set.tags.push((String::new(), "set"));
                set
            }),
            vec((inner.clone(), inner), 0..4).prop_map(|pairs| {
                let pairs = distinct(pairs, |(key, _)| key)
                    .into_iter()
                    .map(|(key, value)| array(vec![key, value]));
                let mut map = array(pairs.collect());
                map.tags.push((String::new(), "map"));
                map
            }),
        ]
    })
}

/// A line, perhaps with a second place that refers to the first.
fn line() -> impl Strategy<Value = String> {
    (packed(), any::<bool>(), any::<prop::sample::Index>()).prop_map(|(value, with_ref, order)| {
        let refers = with_ref && value.is_object;
        let mut record = array(vec![value]);
        if refers {
            record.payload = format!("{},\"/0\"]", record.payload.strip_suffix(']').unwrap());
            record.tags.push(("/1".to_owned(), "ref"));
        }
        // The order of the tags says nothing.
        let middle = order.index(record.tags.len() + 1);
        record.tags.rotate_left(middle);
        let tags: Vec<_> = record
            .tags
            .iter()
            .map(|(place, tag)| format!("\"{place}\":\"{tag}\""))
            .collect();
        match tags.as_slice() {
            [] => format!("{{\"v\":{}}}", record.payload),
            tags => format!("{{\"v\":{},\"t\":{{{}}}}}", record.payload, tags.join(",")),
        }
    })
}

fn key() -> impl Strategy<Value = Packed> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|value| Packed::plain(value.to_string())),
        text().prop_map(Packed::plain),
        proptest::sample::select(vec!["\"Infinity\"", "\"-Infinity\"", "\"-0\""])
            .prop_map(|name| Packed::tagged(name, "number", false)),
        (-8_640_000_000_000_000_i64..=8_640_000_000_000_000).prop_map(|ms| Packed::tagged(
            ms.to_string(),
            "date",
            true
        )),
        bytes(1).prop_map(|data| Packed::tagged(data, "arraybuffer", true)),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| vec(inner, 0..4).prop_map(array))
}

fn key_json(key: &Packed) -> String {
    let tags: Vec<_> = key
        .tags
        .iter()
        .map(|(place, tag)| format!("\"{place}\":\"{tag}\""))
        .collect();
    match tags.as_slice() {
        [] => key.payload.clone(),
        tags => format!("{{\"v\":{},\"t\":{{{}}}}}", key.payload, tags.join(",")),
    }
}

/// One byte of the text changed, left out or doubled, at several places.
fn mutated(text: &str, changes: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, kind, byte) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match kind % 4 {
            0 => bytes[at] = *byte,
            1 => drop(bytes.remove(at)),
            2 => bytes.insert(at, b"{}[]\",:/~\\019ntf"[usize::from(*byte) % 16]),
            _ => bytes.truncate(at),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_format_describes_is_accepted(line in line()) {
        prop_assert_eq!(check_line(line.as_bytes(), false).map(drop), Ok(()), "{}", line);
    }

    #[test]
    fn keys_that_the_format_describes_are_accepted(key in key()) {
        let json = key_json(&key);
        let raw: &RawValue = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(check_key(raw), Ok(()), "{}", json);
        let line = format!("{{\"v\":null,\"k\":{json}}}");
        prop_assert_eq!(check_line(line.as_bytes(), true).map(drop), Ok(()));
    }

    #[test]
    fn a_tag_taken_away_from_where_it_stands_is_noticed(line in line()) {
        // To a place that the record does not have.
        if let Some(tags) = line.rfind(",\"t\":{\"") {
            let (head, tail) = line.split_at(tags + 7);
            let moved = format!("{head}/nowhere{tail}");
            prop_assert!(check_line(moved.as_bytes(), false).is_err(), "{}", moved);
        }
    }

    #[test]
    fn no_damage_makes_it_panic(
        line in line(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), any::<u8>()), 1..4),
    ) {
        let _ = check_line(&mutated(&line, &changes), false);
    }

    #[test]
    fn no_damaged_key_makes_it_panic(
        key in key(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>(), any::<u8>()), 1..4),
    ) {
        let line = format!("{{\"v\":null,\"k\":{}}}", key_json(&key));
        let _ = check_line(&mutated(&line, &changes), true);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = check_line(&bytes, true);
    }
}
