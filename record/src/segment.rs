//! A record's values: `v` with its tags, and the members of `d`, each with its own.

use serde_json::value::RawValue;

use crate::locate::{Keep, locate};
use crate::place::{Place, Spot};
use crate::pointer::Pointer;
use crate::tag::Tag;
use crate::tags::Tags;
use crate::{BlobRef, Invalid};

/// A value as a line writes it: `v`, or a member of `d`.
pub(super) struct Written<'a> {
    pub(super) v: &'a RawValue,
    pub(super) t: Tags<'a>,
}

/// A value with the places in it.
pub(super) struct Segment<'a> {
    pub(super) text: &'a str,
    /// In the order of a walk.
    pub(super) places: Vec<Place<'a>>,
}

impl<'a> Segment<'a> {
    pub(super) fn new(written: Written<'a>) -> Result<Self, Invalid> {
        Ok(Self {
            text: written.v.get(),
            places: written.t.into_places()?,
        })
    }

    /// Adds places to which refs and deeps lead.
    pub(super) fn add(&mut self, targets: Vec<Pointer>) {
        if targets.is_empty() {
            return;
        }
        let targets = targets.into_iter();
        self.places
            .extend(targets.map(|pointer| Place::new(pointer, None)));
        // Stable: where a tag and a ref name one place, the tag's entry comes first and stays.
        self.places.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        self.places
            .dedup_by(|later, first| later.pointer == first.pointer);
    }

    /// The index of the place.
    pub(super) fn find(&self, pointer: &Pointer) -> Option<usize> {
        let places = &self.places;
        places
            .binary_search_by(|place| place.pointer.cmp(pointer))
            .ok()
    }

    /// What is at the place of this pointer.
    pub(super) fn tag(&self, pointer: &[u8]) -> Option<Tag> {
        let places = &self.places;
        let index = places.binary_search_by(|place| place.pointer.cmp_text(pointer));
        places.get(index.ok()?)?.tag
    }

    /// Reads the payloads.
    pub(super) fn read<K: Keep<'a>>(
        &mut self,
        index: usize,
        blobs: &mut Vec<BlobRef>,
        keep: &mut K,
    ) -> Result<Option<K::Node>, Invalid> {
        let root = locate(self.text, index, &mut self.places, blobs, keep)?;
        let is_lost = |place: &&Place<'_>| place.tag.is_some() && place.node.is_none();
        match self.places.iter().find(is_lost) {
            Some(lost) => Err(lost.invalid("a tag that points to nowhere")),
            None => Ok(root),
        }
    }
}

/// The segments of a record: the first one is `v`, the others are the members of `d` in order, each with a
/// place for itself.
pub(super) struct Segments<'a> {
    pub(super) all: Vec<Segment<'a>>,
    /// Where each member of `d` belongs: the place of its `deep`.
    pub(super) homes: Vec<Option<(usize, Pointer)>>,
}

impl<'a> Segments<'a> {
    pub(super) fn place(&self, spot: Spot) -> Option<&Place<'a>> {
        self.all.get(spot.segment)?.places.get(spot.place)
    }

    /// The place that stands for itself or, with a `ref` or `deep`, for another one.
    pub(super) fn object(&self, spot: Spot) -> Option<&Place<'a>> {
        let place = self.place(spot)?;
        place
            .target
            .map_or(Some(place), |target| self.place(target))
    }

    /// An error in a segment as one in the record.
    pub(super) fn in_record(&self, segment: usize, invalid: Invalid) -> Invalid {
        let home = |segment: usize| self.homes.get(segment.checked_sub(1)?)?.as_ref();
        let mut pointers = vec![invalid.path];
        let mut at = segment;
        // Only an earlier segment is the home of a later one.
        while let Some((around, pointer)) = home(at) {
            pointers.push(pointer.to_string());
            at = *around;
        }
        pointers.reverse();
        Invalid::new(pointers.concat(), invalid.found)
    }
}
