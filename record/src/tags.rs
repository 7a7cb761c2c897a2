//! What `t` of a line says about `v`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::Invalid;
use crate::limits::LINE_MAX_TAGS;
use crate::place::Place;
use crate::pointer::{JsonString, Pointer};
use crate::tag::Tag;

/// The tags of a record, in the order of the line.
#[derive(Default)]
pub(super) struct Tags<'a>(Vec<(JsonString, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Tags<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Vec<(JsonString, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of pointers and type tags")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut tags = Vec::new();
                while let Some(tag) = map.next_entry()? {
                    tags.push(tag);
                    if tags.len() > LINE_MAX_TAGS {
                        return Err(A::Error::custom(TOO_MANY_TAGS));
                    }
                }
                Ok(tags)
            }
        }
        deserializer.deserialize_map(Pairs).map(Tags)
    }
}

pub(super) const TOO_MANY_TAGS: &str = "more tags than a line may have";

impl<'a> Tags<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The places that the tags name, in the order of a walk.
    pub(super) fn into_places(self) -> Result<Vec<Place<'a>>, Invalid> {
        let mut places = Vec::with_capacity(self.0.len());
        for (text, tag) in self.0 {
            let pointer = Pointer::parse(text).map_err(|text| {
                let path = String::from_utf8_lossy(&text.0);
                Invalid::new(path, "a tag's key that is no JSON Pointer")
            })?;
            let place = Place::new(pointer, Tag::parse(tag));
            if place.tag.is_none() {
                return Err(place.invalid("a tag that is not known"));
            }
            places.push(place);
        }
        places.sort_unstable_by(|a, b| a.pointer.cmp(&b.pointer));
        let twice = places.array_windows().find(|[a, b]| a.pointer == b.pointer);
        match twice {
            Some([twice, _]) => Err(twice.invalid("two tags at one place")),
            None => Ok(places),
        }
    }
}
