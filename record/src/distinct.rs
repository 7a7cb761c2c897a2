//! The keys of a map differ from one another, and so do the members of a set.

use std::collections::HashSet;

use crate::locate::Child;
use crate::payload::string;
use crate::place::{Place, Spot};
use crate::pointer::JsonString;
use crate::tag::Tag;

/// What makes two values the same (ECMA-262, SameValueZero).
#[derive(PartialEq, Eq, Hash)]
enum Same<'a> {
    Text(Vec<u8>),
    Number(u64),
    BigInt(String),
    /// `true`, `false`, `null`, `undefined`.
    Word(&'a str),
    Object(Spot),
}

/// Whether none of the values is there twice.
pub(super) fn are_distinct<'c, 'a: 'c, N: 'c>(
    members: impl Iterator<Item = &'c Child<'a, N>>,
    places: &[Place<'_>],
    segment: usize,
) -> bool {
    let mut seen = HashSet::new();
    members
        .filter_map(|member| same(member, places, segment))
        .all(|same| seen.insert(same))
}

/// `None` for an object to which no ref leads: it is only the same as itself.
fn same<'a, N>(member: &Child<'a, N>, places: &[Place<'_>], segment: usize) -> Option<Same<'a>> {
    let text = member.text;
    let place = member.place.and_then(|index| places.get(index));
    let itself = member
        .place
        .map(|place| Same::Object(Spot { segment, place }));
    match place.and_then(|place| place.tag) {
        Some(Tag::Undefined) => Some(Same::Word("undefined")),
        Some(Tag::Number) => string(text)?.parse().ok().map(number),
        Some(Tag::BigInt) => string(text).map(|digits| Same::BigInt(digits.into_owned())),
        Some(Tag::Ref | Tag::Deep) => place?.target.map(Same::Object),
        Some(_) => itself,
        None => match text.as_bytes().first()? {
            b'{' | b'[' => itself,
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
