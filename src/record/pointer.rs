//! JSON Pointers (RFC 6901) into raw JSON text.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The most tokens a pointer may have.
const TOKENS_MAX: usize = 2000;

/// A string of JSON as bytes: UTF-8, or with lone surrogates in WTF-8, which Rust's strings lack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct JsonString(pub(super) Vec<u8>);

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

/// A JSON Pointer, split into its unescaped tokens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pointer(pub(super) Vec<Vec<u8>>);

impl Pointer {
    /// Reads a pointer; `None` when it is none, or too long.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let mut tokens = Vec::new();
        if !text.is_empty() {
            for token in text.strip_prefix(b"/")?.split(|byte| *byte == b'/') {
                tokens.push(unescape(token)?);
                if tokens.len() > TOKENS_MAX {
                    return None;
                }
            }
        }
        Some(Self(tokens))
    }

    /// The value that the pointer leads to.
    pub(super) fn find<'a>(&self, root: &'a RawValue) -> Option<&'a RawValue> {
        self.0
            .iter()
            .try_fold(root, |node, token| Children::of(node)?.get(token))
    }
}

fn unescape(token: &[u8]) -> Option<Vec<u8>> {
    let mut plain = Vec::with_capacity(token.len());
    let mut bytes = token.iter();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'~' => match bytes.next()? {
                b'0' => b'~',
                b'1' => b'/',
                _ => return None,
            },
            byte => *byte,
        });
    }
    Some(plain)
}

/// The members of an object or array, still raw.
pub(super) enum Children<'a> {
    Object(Members<'a>),
    Array(Vec<&'a RawValue>),
}

impl<'a> Children<'a> {
    /// `None` for what is neither object nor array.
    pub(super) fn of(node: &'a RawValue) -> Option<Self> {
        match node.get().as_bytes().first()? {
            b'{' => serde_json::from_str(node.get()).ok().map(Self::Object),
            b'[' => serde_json::from_str(node.get()).ok().map(Self::Array),
            _ => None,
        }
    }

    pub(super) fn get(&self, token: &[u8]) -> Option<&'a RawValue> {
        match self {
            // As JSON readers do, the last of several members of one name counts.
            Self::Object(members) => members
                .0
                .iter()
                .rev()
                .find(|(name, _)| name.0 == token)
                .map(|(_, value)| *value),
            Self::Array(members) => {
                let text = std::str::from_utf8(token).ok()?;
                let index: usize = text.parse().ok()?;
                // One spelling only: no sign, no leading zero.
                if index.to_string() != text {
                    return None;
                }
                members.get(index).copied()
            }
        }
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
