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

    /// The token that follows the first `length` bytes, which are a pointer themselves.
    pub(super) fn token(&self, length: usize) -> Option<&[u8]> {
        let rest = self.0.get(length..)?.strip_prefix(b"/")?;
        rest.split(|byte| *byte == b'/').next()
    }
}

impl Ord for Pointer {
    fn cmp(&self, other: &Self) -> Ordering {
        // A token that ends comes before every longer one.
        let rank = |byte: &u8| match byte {
            b'/' => 0,
            byte => u16::from(*byte) + 1,
        };
        self.0.iter().map(rank).cmp(other.0.iter().map(rank))
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
