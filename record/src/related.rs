//! What shows only once all places of a record are read: whether refs and deeps lead to objects, and whether
//! views lie within their buffers.

use crate::Invalid;
use crate::links::NO_TARGET;
use crate::place::{Facts, Place, Spot};
use crate::segment::Segments;
use crate::tag::Tag;

/// Checks what the places of a record say of one another.
pub(super) fn check_related(segments: &Segments<'_>) -> Result<(), Invalid> {
    // What else is checked relies on the refs.
    each(segments, |segments, _, place| check_link(segments, place))?;
    each(segments, check_facts)
}

fn each<'a>(
    segments: &Segments<'a>,
    check: impl Fn(&Segments<'a>, Spot, &Place<'a>) -> Result<(), &'static str>,
) -> Result<(), Invalid> {
    for (index, segment) in segments.all.iter().enumerate() {
        for (number, place) in segment.places.iter().enumerate() {
            let spot = Spot {
                segment: index,
                place: number,
            };
            check(segments, spot, place)
                .map_err(|found| segments.in_record(index, place.invalid(found)))?;
        }
    }
    Ok(())
}

/// Whether the target stands before or after makes no difference: all places are known before a value is
/// made of others, and no `ref` leads to another, so that there is always an object at its end.
fn check_link(segments: &Segments<'_>, place: &Place<'_>) -> Result<(), &'static str> {
    let wrong = match place.tag {
        Some(Tag::Deep) => "a deep that names no object of its own",
        Some(Tag::Ref) => NO_TARGET,
        _ => return Ok(()),
    };
    let target = place.target.and_then(|target| segments.place(target));
    target
        .filter(|target| is_object(target))
        .map(drop)
        .ok_or(wrong)
}

/// Whether the value there is an object of its own.
fn is_object(place: &Place<'_>) -> bool {
    match place.tag {
        Some(tag) => tag.is_object(),
        None => place.node.is_some_and(|node| node.starts_with(['{', '['])),
    }
}

fn check_facts(segments: &Segments<'_>, spot: Spot, place: &Place<'_>) -> Result<(), &'static str> {
    let at = |place| segments.object(Spot { place, ..spot });
    let fits = match place.facts {
        Facts::None | Facts::Buffer { .. } | Facts::Whole { .. } => true,
        Facts::Errors(errors) => at(errors).is_some_and(|errors| match errors.tag {
            Some(tag) => tag == Tag::Array,
            None => errors.node.is_some_and(|node| node.starts_with('[')),
        }),
        Facts::Part { .. } => elements(segments, spot).is_some(),
        Facts::Image {
            data,
            elements: expected,
            view,
        } => {
            let data = Spot {
                place: data,
                ..spot
            };
            let data = segments
                .place(data)
                .and_then(|place| place.target)
                .unwrap_or(data);
            segments.place(data).and_then(|place| place.tag) == Some(view)
                && elements(segments, data) == Some(expected)
        }
    };
    if fits {
        Ok(())
    } else {
        Err("a payload that does not fit the places in it")
    }
}

/// How many elements the view has; `None` when it is none, or lies beyond its buffer.
fn elements(segments: &Segments<'_>, spot: Spot) -> Option<u64> {
    let view = segments.place(spot)?;
    match view.facts {
        Facts::Whole { elements } => Some(elements),
        Facts::Part {
            buffer,
            offset_bytes,
            length,
        } => {
            let buffer = Spot {
                place: buffer,
                ..spot
            };
            let Facts::Buffer { bytes, resizable } = segments.object(buffer)?.facts else {
                return None;
            };
            let room = bytes.checked_sub(offset_bytes)? / view.tag?.element_bytes()?;
            match length {
                Some(length) => (length <= room).then_some(length),
                None => resizable.then_some(room),
            }
        }
        _ => None,
    }
}
