//! What `t` of a line says about `v`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Invalid;
use super::distinct::check_distinct;
use super::locate::{Fault, Member, Place, locate};
use super::payload::Tag;
use super::pointer::{JsonString, Pointer};

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
                }
                Ok(tags)
            }
        }
        deserializer.deserialize_map(Pairs).map(Tags)
    }
}

/// Checks that every tag finds its payload.
pub(super) fn check_tags(root: &RawValue, tags: Tags<'_>) -> Result<(), Invalid> {
    if tags.0.is_empty() {
        return Ok(());
    }
    let (mut places, mut members) = tagged_places(root, tags)?;
    let mut targets = Vec::new();
    for place in &places {
        if place.tag == Some(Tag::Ref) {
            targets.push(target_of(place)?);
        }
    }
    if !targets.is_empty() {
        let refs: Vec<_> = places
            .iter()
            .filter(|place| place.tag == Some(Tag::Ref))
            .map(|place| (place.pointer.clone(), place.node))
            .collect();
        members = add_targets(root, &mut places, &targets)?;
        check_refs(&refs, &targets, &places)?;
    }
    check_are_values(&places)?;
    check_distinct(&places, &members)
}

/// The places that the tags name, in the order of a walk, each with a payload that fits; and the
/// members of the maps and sets.
pub(super) fn tagged_places<'a>(
    root: &'a RawValue,
    tags: Tags<'_>,
) -> Result<(Vec<Place<'a>>, Vec<Member<'a>>), Invalid> {
    let mut places = Vec::with_capacity(tags.0.len());
    for (text, tag) in tags.0 {
        let pointer = Pointer::parse(text).map_err(|text| {
            let path = String::from_utf8_lossy(&text.0);
            Invalid::new(path, "a tag's key that is no JSON Pointer")
        })?;
        let tag = Tag::parse(tag).ok_or_else(|| invalid(&pointer, "a tag that is not known"))?;
        places.push(Place {
            pointer,
            tag: Some(tag),
            node: None,
        });
    }
    places.sort_unstable_by(|a, b| a.pointer.cmp(&b.pointer));
    let twice = places.array_windows().find(|[a, b]| a.pointer == b.pointer);
    if let Some([twice, _]) = twice {
        return Err(invalid(&twice.pointer, "two tags at one place"));
    }
    let members = find(root, &mut places)?;
    for Place { pointer, tag, node } in &places {
        let node = node.ok_or_else(|| invalid(pointer, NOWHERE))?;
        if !tag.is_some_and(|tag| tag.accepts(node)) {
            return Err(invalid(pointer, NO_PAYLOAD));
        }
    }
    Ok((places, members))
}

/// Where a `ref` leads.
pub(super) fn target_of(place: &Place<'_>) -> Result<Pointer, Invalid> {
    serde_json::from_str(place.node.unwrap_or_default())
        .ok()
        .and_then(|text| Pointer::parse(text).ok())
        .ok_or_else(|| invalid(&place.pointer, NO_TARGET))
}

/// Adds the places to which refs lead.
fn add_targets<'a>(
    root: &'a RawValue,
    places: &mut Vec<Place<'a>>,
    targets: &[Pointer],
) -> Result<Vec<Member<'a>>, Invalid> {
    places.extend(targets.iter().map(|pointer| Place {
        pointer: pointer.clone(),
        tag: None,
        node: None,
    }));
    // Stable: where a tag and a ref name one place, the tag's entry comes first and stays.
    places.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    places.dedup_by(|later, first| later.pointer == first.pointer);
    find(root, places)
}

/// Each `ref` leads to an object that begins earlier in the line, and to no other `ref`.
fn check_refs(
    refs: &[(Pointer, Option<&str>)],
    targets: &[Pointer],
    places: &[Place<'_>],
) -> Result<(), Invalid> {
    let are_values = are_values(places);
    for ((pointer, node), target) in refs.iter().zip(targets) {
        let found = places.binary_search_by(|place| place.pointer.cmp(target));
        let leads_back = found.is_ok_and(|index| {
            let place = places.get(index);
            let tag = place.and_then(|place| place.tag);
            let Some((target, node)) = place.and_then(|place| place.node).zip(*node) else {
                return false;
            };
            let is_object = tag.map_or(target.starts_with(['{', '[']), Tag::is_object);
            let is_value = are_values.get(index) == Some(&true);
            is_value && is_object && target.as_ptr() < node.as_ptr()
        });
        if !leads_back {
            return Err(invalid(pointer, NO_TARGET));
        }
    }
    Ok(())
}

fn find<'a>(root: &'a RawValue, places: &mut [Place<'a>]) -> Result<Vec<Member<'a>>, Invalid> {
    locate(root.get(), places).map_err(|fault| {
        let (index, found) = match fault {
            Fault::Twice(index) => (index, "a name that its object has twice"),
            Fault::NoPair(index) => (index, NO_PAYLOAD),
        };
        let path = places.get(index).map(|place| place.pointer.to_string());
        Invalid::new(path.unwrap_or_default(), found)
    })
}

fn check_are_values(places: &[Place<'_>]) -> Result<(), Invalid> {
    let no_value = are_values(places)
        .into_iter()
        .zip(places)
        .find(|(is_value, place)| !is_value && place.tag.is_some());
    match no_value {
        Some((_, place)) => Err(invalid(&place.pointer, NOWHERE)),
        None => Ok(()),
    }
}

/// Which of the places hold a value of their own: not a map's pair, nor a part of what describes a
/// Blob or File.
fn are_values(places: &[Place<'_>]) -> Vec<bool> {
    let mut are_values = Vec::with_capacity(places.len());
    let mut around: Vec<(&Pointer, Tag)> = Vec::new();
    for place in places {
        while around
            .last()
            .is_some_and(|(outer, _)| !place.pointer.is_below(outer))
        {
            around.pop();
        }
        are_values.push(match around.last() {
            Some((_, Tag::Blob | Tag::File)) => false,
            Some((map, Tag::Map)) => !place.pointer.is_child_of(map),
            _ => true,
        });
        if let Some(tag) = place.tag {
            around.push((&place.pointer, tag));
        }
    }
    are_values
}

const NOWHERE: &str = "a tag that points to nowhere";
const NO_PAYLOAD: &str = "a payload that does not fit its tag";
const NO_TARGET: &str = "a ref that does not point to an earlier object";

pub(super) fn invalid(pointer: &Pointer, found: &str) -> Invalid {
    Invalid::new(pointer.to_string(), found)
}
