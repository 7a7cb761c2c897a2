//! Keys as IndexedDB has them and an archive writes them.

use std::cmp::Ordering;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;

use crate::locate::Nothing;
use crate::object::Object;
use crate::payload::{content, number, plain_number};
use crate::place::Place;
use crate::pointer::JsonString;
use crate::scan::{skip_space, skip_value};
use crate::segment::{Segment, Written};
use crate::surrogates::unmarked;
use crate::tag::Tag;
use crate::tags::Tags;
use crate::value::Bytes;

/// The most levels of arrays in a key: any JSON reader follows so many, in a line as well.
const DEPTH_MAX: usize = 90;

/// A key of more parts is not read: each takes many times the memory of its text.
const PARTS_MAX: usize = 100_000;

/// A key. The order is that of IndexedDB (<https://w3c.github.io/IndexedDB/#compare-two-keys>).
#[derive(Debug, Clone)]
#[allow(missing_docs)] // They are called as in the specification.
pub enum Key {
    /// Anything but NaN.
    Number(f64),
    /// Milliseconds since the Unix epoch.
    Date(f64),
    String(JsonString),
    Binary(Vec<u8>),
    Array(Vec<Self>),
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            // -0 is the same key as 0; NaN is none.
            (Self::Number(a), Self::Number(b)) | (Self::Date(a), Self::Date(b)) => {
                a.partial_cmp(b).unwrap_or(Ordering::Equal)
            }
            (Self::String(a), Self::String(b)) => a.cmp_utf16(b),
            (Self::Binary(a), Self::Binary(b)) => a.cmp(b),
            (Self::Array(a), Self::Array(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key {}

impl Key {
    fn rank(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Date(_) => 1,
            Self::String(_) => 2,
            Self::Binary(_) => 3,
            Self::Array(_) => 4,
        }
    }

    /// Reads a key as an archive writes it: a number, a string, an array of keys, or the tagged form. `None` for
    /// one of very many parts, which is not held in memory.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(key: &RawValue) -> Result<Option<Self>, String> {
        with_written(key, |written| {
            if written.t.is_empty() {
                return Self::in_text(written.v.get(), &mut Vec::new(), &|_| None);
            }
            let segment = Segment::new(written)
                .and_then(|mut segment| {
                    segment.read(0, &mut Vec::new(), &mut Nothing)?;
                    Ok(segment)
                })
                .map_err(|invalid| format!("a key with {}", invalid.found))?;
            let only = [Tag::Date, Tag::Number, Tag::ArrayBuffer].map(Some);
            // Bytes in an entry of their own are no key's.
            let is_sound = |place: &Place<'_>| {
                only.contains(&place.tag) && !place.node.unwrap_or_default().starts_with('{')
            };
            if !segment.places.iter().all(is_sound) {
                return Err("a key with a value that no key has".to_owned());
            }
            Self::in_text(segment.text, &mut Vec::new(), &|pointer| {
                segment.tag(pointer)
            })
        })
    }

    /// The key that the value in a text stands for
    /// (<https://w3c.github.io/IndexedDB/#convert-value-to-key>). `tag` says what is at a place, and `pointer`
    /// where the value is. `None` for a key that this text alone does not say, and for one of very many parts.
    pub(super) fn in_text(
        text: &str,
        pointer: &mut Vec<u8>,
        tag: &dyn Fn(&[u8]) -> Option<Tag>,
    ) -> Result<Option<Self>, String> {
        let mut reading = Reading {
            text,
            at: skip_space(text.as_bytes(), 0),
            pointer,
            tag,
            parts: 0,
        };
        reading.part(0)
    }

    /// The key as an archive writes it, though with escapes of lone surrogates in place of marks: [`Self::read`] and
    /// `record.js` take both.
    pub fn to_json(&self) -> Box<RawValue> {
        let (mut v, mut tags) = (String::new(), String::new());
        self.write(&mut String::new(), &mut v, &mut tags);
        let json = match tags.strip_prefix(',') {
            None => v,
            Some(tags) => format!(r#"{{"v":{v},"t":{{{tags}}}}}"#),
        };
        RawValue::from_string(json).unwrap_or_else(|_| RawValue::NULL.to_owned())
    }

    fn write(&self, pointer: &mut String, v: &mut String, tags: &mut String) {
        let tag = match self {
            Self::Number(number) if *number == 0.0 && number.is_sign_negative() => {
                v.push_str(r#""-0""#);
                "number"
            }
            Self::Number(number) if number.is_finite() => return v.push_str(&json_number(*number)),
            Self::Number(number) if *number > 0.0 => {
                v.push_str(r#""Infinity""#);
                "number"
            }
            Self::Number(_) => {
                v.push_str(r#""-Infinity""#);
                "number"
            }
            Self::Date(time) => {
                v.push_str(&json_number(*time));
                "date"
            }
            Self::String(text) => return text.write_json(v),
            Self::Binary(bytes) => {
                v.push('"');
                STANDARD.encode_string(bytes, v);
                v.push('"');
                "arraybuffer"
            }
            Self::Array(parts) => {
                let length = pointer.len();
                v.push('[');
                for (index, part) in parts.iter().enumerate() {
                    if index > 0 {
                        v.push(',');
                    }
                    pointer.push_str(&format!("/{index}"));
                    part.write(pointer, v, tags);
                    pointer.truncate(length);
                }
                return v.push(']');
            }
        };
        tags.push_str(&format!(r#","{pointer}":"{tag}""#));
    }
}

/// A finite number, without a fraction where it has none.
fn json_number(number: f64) -> String {
    // Beyond this, so many digits are of no use.
    const PLAIN_BELOW: f64 = 1e21;
    match number.abs() < PLAIN_BELOW && number.fract() == 0.0 {
        true => format!("{number}"),
        false => format!("{number:e}"),
    }
}

/// A key that is being read.
struct Reading<'a> {
    text: &'a str,
    at: usize,
    pointer: &'a mut Vec<u8>,
    tag: &'a dyn Fn(&[u8]) -> Option<Tag>,
    parts: usize,
}

impl Reading<'_> {
    fn part(&mut self, depth: usize) -> Result<Option<Key>, String> {
        self.parts += 1;
        if self.parts > PARTS_MAX {
            return Ok(None);
        }
        let bytes = self.text.as_bytes();
        let tag = (self.tag)(self.pointer);
        if tag.is_none() && bytes.get(self.at) == Some(&b'[') {
            return self.array(depth);
        }
        let start = self.at;
        self.at = skip_value(bytes, start);
        let text = self.text.get(start..self.at).unwrap_or_default();
        let no_key = || {
            let text: String = text.chars().take(40).collect();
            format!("what is no key: {text}")
        };
        let key = match tag {
            None if text.starts_with('"') => serde_json::from_str(text).ok().map(Key::String),
            // A number too large for f64 is no key either.
            None => plain_number(text).map(Key::Number),
            Some(Tag::Number) => number(text).filter(|it| !it.is_nan()).map(Key::Number),
            Some(Tag::Date) => number(text).map(Key::Date),
            Some(Tag::Ref | Tag::Deep | Tag::Array | Tag::ResizableArrayBuffer) => return Ok(None),
            Some(tag) if tag == Tag::ArrayBuffer || tag.element_bytes().is_some() => {
                match content(text) {
                    Some((Bytes::Inline(bytes), _)) => Some(Key::Binary(bytes)),
                    _ => return Ok(None),
                }
            }
            Some(_) => None,
        };
        key.map(Some).ok_or_else(no_key)
    }

    fn array(&mut self, depth: usize) -> Result<Option<Key>, String> {
        if depth == DEPTH_MAX {
            return Err(format!("a key of more than {DEPTH_MAX} levels"));
        }
        let bytes = self.text.as_bytes();
        let mut parts = Vec::new();
        self.at += 1;
        loop {
            self.at = skip_space(bytes, self.at);
            match bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') | None => break,
                Some(_) => {
                    let length = self.pointer.len();
                    self.pointer.extend(format!("/{}", parts.len()).bytes());
                    let part = self.part(depth + 1)?;
                    self.pointer.truncate(length);
                    match part {
                        Some(part) => parts.push(part),
                        None => return Ok(None),
                    }
                }
            }
        }
        self.at += 1;
        Ok(Some(Key::Array(parts)))
    }
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
