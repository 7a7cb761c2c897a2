//! Keys as an archive writes them.

use serde_json::value::RawValue;

use super::locate::Nothing;
use super::object::Object;
use super::payload::string;
use super::scan::{skip_string, skip_value};
use super::segment::{Segment, Written};
use super::surrogates::unmarked;
use super::tag::Tag;
use super::tags::Tags;

/// The most levels of arrays in a key: any JSON reader follows so many, in a line as well.
const DEPTH_MAX: usize = 90;

/// Checks that raw JSON is a key: a number, a string, an array of keys, or the tagged form.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_key(key: &RawValue) -> Result<(), String> {
    with_written(key, check)
}

fn check(written: Written<'_>) -> Result<(), String> {
    let v = written.v;
    if written.t.is_empty() {
        return check_plain(v.get());
    }
    let segment = Segment::new(written)
        .and_then(|mut segment| {
            segment.read(0, &mut Vec::new(), &mut Nothing)?;
            Ok(segment)
        })
        .map_err(|invalid| format!("a key with {}", invalid.found))?;
    for place in &segment.places {
        let node = place.node.unwrap_or_default();
        let is_key = match place.tag {
            Some(Tag::Date) => node != "null",
            Some(Tag::Number) => string(node).is_some_and(|name| name != "NaN"),
            Some(Tag::ArrayBuffer) => true,
            _ => false,
        };
        if !is_key {
            return Err("a key with a value that no key has".to_owned());
        }
    }
    // Their payloads are numbers and strings, so they pass below as such.
    check_plain(v.get())
}

/// Does something with what stands for a key, in which lone surrogates are escapes.
///
/// # Errors
///
/// What is wrong with the key's object or its marks, or with what was done.
pub(super) fn with_written<T>(
    key: &RawValue,
    work: impl FnOnce(Written<'_>) -> Result<T, String>,
) -> Result<T, String> {
    if !key.get().starts_with('{') {
        return work(Written {
            v: key,
            t: Tags::default(),
        });
    }
    let object = parse(key.get())?;
    let Some(marker) = object.s else {
        let t = object.t.ok_or("a key that is an object without t and s")?;
        return work(Written { v: object.v, t });
    };
    let text = unmarked(key.get(), marker).ok_or("an s that marks no surrogates")?;
    let Object { v, t, .. } = parse(&text)?;
    let t = t.unwrap_or_default();
    work(Written { v, t })
}

fn parse(key: &str) -> Result<Object<'_>, String> {
    serde_json::from_str(key).map_err(|error| format!("a key of an unknown form: {error}"))
}

/// Every part of a key is a number, a string or an array.
fn check_plain(key: &str) -> Result<(), String> {
    let text = key.as_bytes();
    let (mut at, mut depth) = (0, 0);
    while let Some(byte) = text.get(at) {
        at = match byte {
            b'[' => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(format!("a key of more than {DEPTH_MAX} levels"));
                }
                at + 1
            }
            b']' => {
                depth -= 1;
                at + 1
            }
            b',' | b' ' | b'\t' | b'\n' | b'\r' => at + 1,
            b'"' => skip_string(text, at),
            _ => {
                let end = skip_value(text, at);
                let part = key.get(at..end).unwrap_or_default();
                // A number too large for f64 is an error as well.
                if serde_json::from_str::<f64>(part).is_err() {
                    let part: String = part.chars().take(40).collect();
                    return Err(format!("a key that is no key: {part}"));
                }
                end
            }
        };
    }
    Ok(())
}
