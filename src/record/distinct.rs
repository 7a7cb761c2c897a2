//! The keys of a map differ from one another, and so do the members of a set.

use std::collections::HashSet;

use super::Invalid;
use super::locate::{Member, Place};
use super::payload::{Tag, string};
use super::pointer::JsonString;
use super::tags::{invalid, target_of};

/// What makes two values the same (ECMA-262, SameValueZero).
#[derive(PartialEq, Eq, Hash)]
enum Same<'a> {
    Text(Vec<u8>),
    Number(u64),
    BigInt(String),
    /// `true`, `false`, `null`, `undefined`.
    Word(&'a str),
    /// The object at this place.
    Object(usize),
}

/// Checks that nothing is twice in a map or set. Where refs lead must be among the places.
pub(super) fn check_distinct(places: &[Place<'_>], members: &[Member<'_>]) -> Result<(), Invalid> {
    let mut seen = HashSet::with_capacity(members.len());
    for member in members {
        if let Some(same) = same(places, member)
            && !seen.insert((member.owner, same))
            && let Some(owner) = places.get(member.owner)
        {
            return Err(invalid(
                &owner.pointer,
                "a map or set with the same key or member twice",
            ));
        }
    }
    Ok(())
}

/// `None` for an object to which no ref leads: it is only the same as itself.
fn same<'a>(places: &[Place<'_>], member: &Member<'a>) -> Option<Same<'a>> {
    let place = member.place.and_then(|index| places.get(index));
    let text = member.node;
    match place.and_then(|place| place.tag) {
        Some(Tag::Undefined) => Some(Same::Word("undefined")),
        Some(Tag::Number) => string(text)?.parse().ok().map(number),
        Some(Tag::BigInt) => string(text).map(|digits| Same::BigInt(digits.into_owned())),
        Some(Tag::Ref) => {
            let target = target_of(place?).ok()?;
            let index = places.binary_search_by(|place| place.pointer.cmp(&target));
            index.ok().map(Same::Object)
        }
        Some(_) => member.place.map(Same::Object),
        None => match text.as_bytes().first()? {
            b'{' | b'[' => member.place.map(Same::Object),
            b'"' => {
                let JsonString(text) = serde_json::from_str(text).ok()?;
                Some(Same::Text(text))
            }
            b't' | b'f' | b'n' => Some(Same::Word(text)),
            // A number beyond f64 is infinite in JavaScript, and so it is to `parse`.
            _ => text.parse().ok().map(number),
        },
    }
}

fn number(value: f64) -> Same<'static> {
    // -0 is the same as 0, and NaN the same as NaN.
    let value = if value == 0.0 { 0.0 } else { value };
    let value = if value.is_nan() { f64::NAN } else { value };
    Same::Number(value.to_bits())
}
