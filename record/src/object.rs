//! The object of a line, of a member of `d` and of a key.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::tags::Tags;

/// What a line, a member of `d` and a key that is no plain JSON say. No member is there twice, and one that is
/// `null` is there.
pub(super) struct Object<'a> {
    pub(super) v: &'a RawValue,
    pub(super) k: Option<&'a RawValue>,
    pub(super) t: Option<Tags<'a>>,
    pub(super) d: Option<&'a RawValue>,
    pub(super) s: Option<&'a RawValue>,
}

/// Not derived, because of the names.
impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let (mut v, mut k, mut t, mut d, mut s) = (None, None, None, None, None);
                while let Some(name) = map.next_key()? {
                    let is_new = match name {
                        Name::V => v.replace(map.next_value()?).is_none(),
                        Name::K => k.replace(map.next_value()?).is_none(),
                        Name::T => t.replace(map.next_value()?).is_none(),
                        Name::D => d.replace(map.next_value()?).is_none(),
                        Name::S => s.replace(map.next_value()?).is_none(),
                        Name::Other => {
                            map.next_value::<IgnoredAny>()?;
                            true
                        }
                    };
                    if !is_new {
                        return Err(A::Error::custom("a member twice"));
                    }
                }
                Ok(Object {
                    v: v.ok_or_else(|| A::Error::missing_field("v"))?,
                    k,
                    t,
                    d,
                    s,
                })
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// The name of a member.
enum Name {
    V,
    K,
    T,
    D,
    S,
    Other,
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl Visitor<'_> for Bytes {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Name, E> {
                Ok(match name {
                    b"v" => Name::V,
                    b"k" => Name::K,
                    b"t" => Name::T,
                    b"d" => Name::D,
                    b"s" => Name::S,
                    _ => Name::Other,
                })
            }
        }
        // As bytes, because text with lone surrogates is none to Rust.
        deserializer.deserialize_bytes(Bytes)
    }
}
