//! Keys as an archive writes them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::locate::Nothing;
use super::payload::string;
use super::scan::{skip_string, skip_value};
use super::segment::{Segment, Written};
use super::surrogates;
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
    let unmarked = unmarked(key)?;
    let key = unmarked.as_deref().unwrap_or(key);
    if !key.get().starts_with('{') {
        return check_plain(key.get());
    }
    let written = written(key).ok_or("a key of an unknown form")?;
    let v = written.v;
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

/// A key in which lone surrogates are escapes; `None` for one that marks none.
///
/// # Errors
///
/// What is wrong with its marks.
pub(super) fn unmarked(key: &RawValue) -> Result<Option<Box<RawValue>>, String> {
    #[derive(Deserialize)]
    struct Marked<'a> {
        #[serde(borrow)]
        v: &'a RawValue,
        t: Option<&'a RawValue>,
        s: Option<&'a RawValue>,
    }
    let marked = |text| serde_json::from_str::<Marked<'_>>(text).ok();
    let Some((key, marker)) = key
        .get()
        .starts_with('{')
        .then(|| key.get())
        .and_then(|key| Some((key, marked(key)?.s?)))
    else {
        return Ok(None);
    };
    let text = surrogates::unmarked(key, marker).ok_or("an s that marks no surrogates")?;
    // Without tags it is what any key is.
    let plain = marked(&text).and_then(|key| key.t.is_none().then(|| key.v.to_owned()));
    let key = match plain {
        Some(plain) => Ok(plain),
        None => RawValue::from_string(text).map_err(|error| error.to_string()),
    };
    key.map(Some)
}

/// What stands for a key that was found to be one.
pub(super) fn written(key: &RawValue) -> Option<Written<'_>> {
    #[derive(Deserialize)]
    struct Tagged<'a> {
        #[serde(borrow)]
        v: &'a RawValue,
        #[serde(borrow)]
        t: Tags<'a>,
    }
    if !key.get().starts_with('{') {
        return Some(Written {
            v: key,
            t: Tags::default(),
        });
    }
    let Tagged { v, t } = serde_json::from_str(key.get()).ok()?;
    Some(Written { v, t })
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
