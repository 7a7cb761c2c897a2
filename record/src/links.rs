//! Where the refs and deeps of a record lead. They are looked up first, so that one walk can read all else.

use serde_json::value::RawValue;

use crate::Invalid;
use crate::limits::SAFE_INTEGER_MAX;
use crate::locate::{Nothing, locate};
use crate::payload::whole;
use crate::place::{Place, Spot};
use crate::pointer::Pointer;
use crate::segment::{Segment, Segments, Written};
use crate::tag::Tag;

/// The segments of a record, with the targets of their refs and deeps.
pub(super) fn link<'a>(v: Written<'a>, d: Vec<Written<'a>>) -> Result<Segments<'a>, Invalid> {
    let mut links = Links {
        members: d.len(),
        segments: Segments {
            all: Vec::with_capacity(d.len() + 1),
            homes: vec![None; d.len()],
        },
        refs: Vec::new(),
        targets: vec![Vec::new(); d.len() + 1],
    };
    for (index, written) in std::iter::once(v).chain(d).enumerate() {
        links
            .push(index, written)
            .map_err(|invalid| links.segments.in_record(index, invalid))?;
    }
    Ok(links.connect())
}

struct Links<'a> {
    members: usize,
    segments: Segments<'a>,
    /// The refs and where they lead, both as segments and pointers.
    refs: Vec<[(usize, Pointer); 2]>,
    /// The places of each segment to which refs and deeps lead.
    targets: Vec<Vec<Pointer>>,
}

impl<'a> Links<'a> {
    fn push(&mut self, index: usize, written: Written<'a>) -> Result<(), Invalid> {
        let mut segment = Segment::new(written)?;
        if let Some(member) = index.checked_sub(1) {
            if !matches!(self.segments.homes.get(member), Some(Some(_))) {
                return Err(Invalid::new("", "a member of d that no deep names"));
            }
            self.aim(index, Pointer::root());
        }
        let text = segment.text;
        let mut links: Vec<_> = segment
            .places
            .iter_mut()
            .filter(|place| matches!(place.tag, Some(Tag::Ref | Tag::Deep)))
            .collect();
        if !links.is_empty() {
            // Without their tags, as nothing is known yet of what is around them.
            let mut found: Vec<_> = links
                .iter()
                .map(|place| Place::new(place.pointer.clone(), None))
                .collect();
            locate(text, index, &mut found, &mut Vec::new(), &mut Nothing)?;
            for (link, found) in links.iter_mut().zip(found) {
                let node = found.node.unwrap_or_default();
                if link.tag == Some(Tag::Deep) {
                    link.target = Some(self.deep(index, link, node)?);
                } else {
                    self.reference(index, link, node)?;
                }
            }
        }
        self.segments.all.push(segment);
        Ok(())
    }

    fn deep(&mut self, index: usize, place: &Place<'_>, node: &str) -> Result<Spot, Invalid> {
        let member = whole(node, SAFE_INTEGER_MAX).and_then(|member| usize::try_from(member).ok());
        // The member `n` is the segment `n + 1`.
        let home = member
            .filter(|member| *member >= index)
            .and_then(|member| self.segments.homes.get_mut(member));
        match (member, home) {
            (Some(member), Some(home @ None)) => {
                *home = Some((index, place.pointer.clone()));
                Ok(Spot {
                    segment: member + 1,
                    place: 0,
                })
            }
            _ => {
                Err(place
                    .invalid("a deep that does not name a later member of d for the first time"))
            }
        }
    }

    fn reference(&mut self, index: usize, place: &Place<'_>, node: &str) -> Result<(), Invalid> {
        let (segment, pointer) = self.target(node).ok_or_else(|| place.invalid(NO_TARGET))?;
        self.refs
            .push([(index, place.pointer.clone()), (segment, pointer.clone())]);
        self.aim(segment, pointer);
        Ok(())
    }

    /// The segment and the pointer that the payload of a ref gives.
    fn target(&self, node: &str) -> Option<(usize, Pointer)> {
        if node.starts_with('"') {
            let text = serde_json::from_str(node).ok()?;
            return Some((0, Pointer::parse(text).ok()?));
        }
        let [member, pointer]: [&RawValue; 2] = serde_json::from_str(node).ok()?;
        let text = serde_json::from_str(pointer.get()).ok()?;
        let member = usize::try_from(whole(member.get(), SAFE_INTEGER_MAX)?).ok()?;
        (member < self.members).then_some((member + 1, Pointer::parse(text).ok()?))
    }

    fn aim(&mut self, segment: usize, pointer: Pointer) {
        if let Some(targets) = self.targets.get_mut(segment) {
            targets.push(pointer);
        }
    }

    /// Gives each ref the place to which it leads.
    fn connect(self) -> Segments<'a> {
        let mut segments = self.segments;
        for (segment, targets) in segments.all.iter_mut().zip(self.targets) {
            segment.add(targets);
        }
        let find = |segments: &Segments<'_>, (segment, pointer): &(usize, Pointer)| {
            let place = segments.all.get(*segment)?.find(pointer)?;
            Some(Spot {
                segment: *segment,
                place,
            })
        };
        for [from, to] in &self.refs {
            let target = find(&segments, to);
            let place = find(&segments, from).and_then(|spot| {
                segments
                    .all
                    .get_mut(spot.segment)?
                    .places
                    .get_mut(spot.place)
            });
            if let Some(place) = place {
                place.target = target;
            }
        }
        segments
    }
}

pub(super) const NO_TARGET: &str = "a ref that does not point to an object";
