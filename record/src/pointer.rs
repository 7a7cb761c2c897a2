//! JSON Pointers (RFC 6901), and the strings of JSON that they are made of.

use std::cmp::Ordering;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A string of JSON as bytes: UTF-8, or with lone surrogates in WTF-8, which Rust's strings lack.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JsonString(pub Vec<u8>);

impl<'de> Deserialize<'de> for JsonString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = JsonString;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<JsonString, E> {
                Ok(JsonString(bytes.to_vec()))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<JsonString, E> {
                self.visit_bytes(text.as_bytes())
            }
        }
        deserializer.deserialize_bytes(Bytes)
    }
}

impl JsonString {
    /// The UTF-16 code units, lone surrogates included.
    pub(super) fn utf16(&self) -> impl Iterator<Item = u16> {
        self.0
            .chunk_by(|_, next| next & 0xC0 == 0x80)
            .flat_map(|character| {
                let bits = |byte: &u8| u32::from(byte & 0x3F);
                let (first, rest) = character
                    .split_first()
                    .map_or((0, &[][..]), |(f, r)| (*f, r));
                // The first byte's own bits: all of ASCII, else what its leading ones and a zero leave.
                let own = match first {
                    ..0x80 => u32::from(first),
                    _ => u32::from(first & (0x7F >> first.leading_ones())),
                };
                let point = rest.iter().fold(own, |point, byte| point << 6 | bits(byte));
                match point.checked_sub(0x1_0000) {
                    None => [Some(point as u16), None],
                    Some(high) => {
                        [0xD800 | high >> 10, 0xDC00 | high & 0x3FF].map(|unit| Some(unit as u16))
                    }
                }
            })
            .flatten()
    }

    /// Writes it as JSON, lone surrogates as escapes.
    pub(super) fn write_json(&self, json: &mut String) {
        json.push('"');
        for character in char::decode_utf16(self.utf16()) {
            match character {
                Ok(character @ ('"' | '\\')) => json.extend(['\\', character]),
                Ok(character @ '\0'..' ') => {
                    json.push_str(&format!("\\u{:04x}", u32::from(character)))
                }
                Ok(character) => json.push(character),
                Err(lone) => json.push_str(&format!("\\u{:04x}", lone.unpaired_surrogate())),
            }
        }
        json.push('"');
    }

    /// The order of JavaScript, and of keys: by UTF-16 code units.
    pub(super) fn cmp_utf16(&self, other: &Self) -> Ordering {
        // Up to U+D7FF bytes are in the same order.
        let is_low = |text: &Self| text.0.iter().all(|byte| *byte < 0xED);
        if is_low(self) && is_low(other) {
            return self.0.cmp(&other.0);
        }
        self.utf16().cmp(other.utf16())
    }

    /// The string that a reference token of a pointer stands for.
    pub(super) fn from_token(token: &[u8]) -> Self {
        let mut text = Vec::with_capacity(token.len());
        let mut rest = token.iter();
        while let Some(byte) = rest.next() {
            text.push(match byte {
                b'~' if rest.next() == Some(&b'1') => b'/',
                byte => *byte,
            });
        }
        Self(text)
    }

    /// The string as a reference token of a pointer.
    pub(super) fn into_token(self) -> Vec<u8> {
        if !self.0.iter().any(|byte| matches!(byte, b'~' | b'/')) {
            return self.0;
        }
        let mut token = Vec::with_capacity(self.0.len() + 1);
        for byte in self.0 {
            match byte {
                b'~' => token.extend(b"~0"),
                b'/' => token.extend(b"~1"),
                byte => token.push(byte),
            }
        }
        token
    }
}

/// A JSON Pointer as it is written. Each place has one spelling only.
///
/// The order is that of a walk: a place comes before those below it, and they before their neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pointer(Vec<u8>);

impl Pointer {
    /// The pointer to the value itself.
    pub(super) fn root() -> Self {
        Self(Vec::new())
    }

    /// Reads a pointer; gives the text back when it is none.
    pub(super) fn parse(text: JsonString) -> Result<Self, JsonString> {
        let is_rooted = text.0.is_empty() || text.0.starts_with(b"/");
        let mut tildes = text.0.split(|byte| *byte == b'~').skip(1);
        if is_rooted && tildes.all(|rest| matches!(rest.first(), Some(b'0' | b'1'))) {
            Ok(Self(text.0))
        } else {
            Err(text)
        }
    }

    /// Its length in bytes.
    pub(super) fn length(&self) -> usize {
        self.0.len()
    }

    /// The order of the pointer and one that is written so.
    pub(super) fn cmp_text(&self, other: &[u8]) -> Ordering {
        // A token that ends comes before every longer one.
        let rank = |byte: &u8| match byte {
            b'/' => 0,
            byte => u16::from(*byte) + 1,
        };
        self.0.iter().map(rank).cmp(other.iter().map(rank))
    }

    /// The token that follows the first `length` bytes, which are a pointer themselves.
    pub(super) fn token(&self, length: usize) -> Option<&[u8]> {
        let rest = self.0.get(length..)?.strip_prefix(b"/")?;
        rest.split(|byte| *byte == b'/').next()
    }
}

impl Ord for Pointer {
    fn cmp(&self, other: &Self) -> Ordering {
        self.cmp_text(&other.0)
    }
}

impl PartialOrd for Pointer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// The members of an object in order.
pub(super) struct Members<'a>(pub(super) Vec<(JsonString, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(JsonString, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Pairs).map(Members)
    }
}
