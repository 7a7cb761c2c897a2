//! One line of a part.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;

use super::payload::Tag;
use super::pointer::{Children, JsonString, Pointer};
use super::{Invalid, check_key};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    v: &'a RawValue,
    #[serde(borrow, default, deserialize_with = "present")]
    k: Option<&'a RawValue>,
    #[serde(default)]
    t: Tags,
}

/// A `null` is a value that is there, not an absent one.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// The tags of a record, in the order of the line.
#[derive(Default)]
pub(super) struct Tags(pub(super) Vec<(JsonString, Tag)>);

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(JsonString, Tag)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of pointers and type tags")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut tags = Vec::new();
                while let Some(tag) = map.next_entry()? {
                    tags.push(tag);
                }
                Ok(tags)
            }
        }
        deserializer.deserialize_map(Pairs).map(Tags)
    }
}

/// Checks that a line, without its LF, can be decoded to a record.
///
/// # Errors
///
/// The path into the record, and what is wrong there.
pub fn check_line(line: &[u8], out_of_line_key: bool) -> Result<(), Invalid> {
    let text =
        std::str::from_utf8(line).map_err(|_| Invalid::new("", "bytes that are not UTF-8"))?;
    let line: Line<'_> =
        serde_json::from_str(text).map_err(|error| Invalid::new("", error.to_string()))?;
    match (line.k, out_of_line_key) {
        (None, false) => {}
        (Some(key), true) => check_key(key).map_err(|found| Invalid::new("", found))?,
        (Some(_), false) => return Err(Invalid::new("", "a key in a table whose records hold it")),
        (None, true) => {
            return Err(Invalid::new(
                "",
                "no key in a table whose records do not hold it",
            ));
        }
    }
    check_tags(line.v, &line.t)
}

/// Checks that every tag finds its payload.
pub(super) fn check_tags(root: &RawValue, tags: &Tags) -> Result<(), Invalid> {
    if tags.0.is_empty() {
        return Ok(());
    }
    let mut places = Vec::with_capacity(tags.0.len());
    for (text, tag) in &tags.0 {
        let pointer = Pointer::parse(&text.0)
            .ok_or_else(|| invalid(text, "a tag's key that is no JSON Pointer"))?;
        places.push(Place {
            pointer,
            text,
            tag: *tag,
        });
    }
    places.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    if let Some([twice, _]) = places.array_windows().find(|[a, b]| a.pointer == b.pointer) {
        return Err(invalid(twice.text, "two tags at one place"));
    }
    // Each object or array is taken apart once, however many tags lie below it.
    let mut work = vec![(root, places.as_slice(), 0)];
    while let Some((node, places, depth)) = work.pop() {
        let (here, below) = match places {
            [first, below @ ..] if first.pointer.0.len() == depth => (Some(first), below),
            below => (None, below),
        };
        if let Some(place) = here {
            if !place.tag.accepts(node) {
                return Err(invalid(place.text, "a payload that does not fit its tag"));
            }
            if place.tag == Tag::Ref {
                check_ref(root, node, place.text, tags)?;
            }
        }
        let Some(first) = below.first() else {
            continue;
        };
        let nowhere = |place: &Place<'_>| invalid(place.text, "a tag that points to nowhere");
        let children = Children::of(node).ok_or_else(|| nowhere(first))?;
        for group in below.chunk_by(|a, b| a.pointer.0.get(depth) == b.pointer.0.get(depth)) {
            let Some(first) = group.first() else { continue };
            let token = first.pointer.0.get(depth).ok_or_else(|| nowhere(first))?;
            let child = children.get(token).ok_or_else(|| nowhere(first))?;
            work.push((child, group, depth + 1));
        }
    }
    Ok(())
}

struct Place<'a> {
    pointer: Pointer,
    text: &'a JsonString,
    tag: Tag,
}

/// A `ref` leads to an object that begins earlier in the line, and to no other `ref`.
fn check_ref(
    root: &RawValue,
    node: &RawValue,
    text: &JsonString,
    tags: &Tags,
) -> Result<(), Invalid> {
    let nowhere = || invalid(text, "a ref that does not point to an earlier object");
    let target: JsonString = serde_json::from_str(node.get()).map_err(|_| nowhere())?;
    let place = Pointer::parse(&target.0)
        .and_then(|pointer| pointer.find(root))
        .ok_or_else(nowhere)?;
    let is_object = match tags.0.iter().find(|(pointer, _)| *pointer == target) {
        Some((_, tag)) => tag.is_object(),
        None => place.get().starts_with(['{', '[']),
    };
    let is_earlier = place.get().as_ptr() < node.get().as_ptr();
    if is_object && is_earlier {
        Ok(())
    } else {
        Err(nowhere())
    }
}

fn invalid(pointer: &JsonString, found: &str) -> Invalid {
    Invalid::new(String::from_utf8_lossy(&pointer.0), found)
}
