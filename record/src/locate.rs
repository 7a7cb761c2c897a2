//! Finds many places of a value in one pass over its text, and reads the payloads there.

use std::ops::Range;

use crate::compound::{Compound, Kind, Misfit, begins_with, kind};
use crate::payload::payload;
use crate::place::{Facts, Place, Spot};
use crate::pointer::JsonString;
use crate::scan::{skip_space, skip_string, skip_value};
use crate::tag::Tag;
use crate::{BlobRef, Invalid};

/// What becomes of the values that a walk passes.
pub(super) trait Keep<'a> {
    /// A value that was kept.
    type Node: Copy;

    /// Whether all values are wanted, or only those are looked at that the places concern.
    const ALL: bool;

    /// Takes a value, after those in it. `None` is for one that does not fit its tag.
    fn keep(&mut self, spot: Option<Spot>, value: Found<'_, 'a, Self::Node>) -> Option<Self::Node>;
}

/// A value on a walk, with what stands in it.
pub(super) struct Found<'c, 'a, N> {
    pub(super) tag: Option<Tag>,
    pub(super) text: &'a str,
    /// The members of an array, object or payload that holds places; of a map, keys and values by turns.
    pub(super) children: &'c [Child<'a, N>],
    /// What an array with holes has in `properties`.
    pub(super) properties: &'c [Child<'a, N>],
}

impl<'a, N> Found<'_, 'a, N> {
    /// A value that has no tag, and in which nothing was looked at.
    fn field(text: &'a str) -> Self {
        Self {
            tag: None,
            text,
            children: &[],
            properties: &[],
        }
    }
}

/// A value in another one.
pub(super) struct Child<'a, N> {
    /// Its name, as a token of a pointer; empty in an array.
    pub(super) token: Vec<u8>,
    /// The index of its place, where it has one.
    pub(super) place: Option<usize>,
    pub(super) text: &'a str,
    pub(super) node: N,
}

/// Only looks.
pub(super) struct Nothing;

impl<'a> Keep<'a> for Nothing {
    type Node = ();
    const ALL: bool = false;

    fn keep(&mut self, _: Option<Spot>, _: Found<'_, 'a, ()>) -> Option<()> {
        Some(())
    }
}

/// Sets the node and the facts of each place that is there. The places must be in order and all
/// different. The blobs that payloads name are added to `blobs`. The time depends on the length of the text
/// and of the pointers, not on how deep they lead.
///
/// # Errors
///
/// A payload that does not fit its tag, a pointer through a name that an object has twice.
pub(super) fn locate<'a, K: Keep<'a>>(
    root: &'a str,
    segment: usize,
    places: &mut [Place<'a>],
    blobs: &mut Vec<BlobRef>,
    keep: &mut K,
) -> Result<Option<K::Node>, Invalid> {
    let walk = Walk {
        text: root,
        at: skip_space(root.as_bytes(), 0),
        segment,
        entered: vec![None; places.len()],
        places,
        blobs,
        keep,
        open: Vec::new(),
        root: None,
    };
    walk.run()
}

struct Walk<'a, 'p, K: Keep<'a>> {
    text: &'a str,
    at: usize,
    segment: usize,
    places: &'p mut [Place<'a>],
    blobs: &'p mut Vec<BlobRef>,
    keep: &'p mut K,
    /// The length of the longest pointer with which a group that begins here was entered.
    entered: Vec<Option<usize>>,
    open: Vec<Container<'a, K::Node>>,
    root: Option<K::Node>,
}

/// An object or array whose children matter.
struct Container<'a, N> {
    start: usize,
    /// Its name, as a token of a pointer; empty in an array.
    token: Vec<u8>,
    /// Its own place.
    here: Option<usize>,
    /// The places below it.
    below: Range<usize>,
    /// The length of the pointer to it.
    length: usize,
    /// The index of an array's next child.
    index: Option<usize>,
    role: Role,
    children: Vec<Child<'a, N>>,
    properties: Vec<Child<'a, N>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// An array or object that stands for itself.
    Plain,
    Payload(Tag),
    Pair,
    Properties,
}

impl<'a, K: Keep<'a>> Walk<'a, '_, K> {
    fn run(mut self) -> Result<Option<K::Node>, Invalid> {
        self.enter(0..self.places.len(), 0, Kind::Place, Vec::new())?;
        while !self.open.is_empty() {
            self.at = skip_space(self.text.as_bytes(), self.at);
            match self.text.as_bytes().get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}' | b']') | None => self.leave()?,
                Some(_) => self.next_child()?,
            }
        }
        Ok(self.root)
    }

    fn next_child(&mut self) -> Result<(), Invalid> {
        let name = match self.open.last() {
            Some(Container { index: None, .. }) => self.name(),
            _ => Vec::new(),
        };
        let Some(container) = self.open.last_mut() else {
            return Ok(());
        };
        let kind = match container.role {
            Role::Payload(tag) => kind(tag, &name),
            Role::Plain | Role::Pair | Role::Properties => Kind::Place,
        };
        let (below, length) = (container.below.clone(), container.length);
        let index = container.index.as_mut().map(|index| {
            *index += 1;
            *index - 1
        });
        if below.is_empty() {
            return self.enter(below, length, kind, name);
        }
        let number = index.map(|index| index.to_string().into_bytes());
        let token = number.as_deref().unwrap_or(&name);
        let (group, length) = (self.group(below, length, token), length + 1 + token.len());
        self.enter(group, length, kind, name)
    }

    /// Enters the value at `at`, to which these places lead with the first `length` bytes of their
    /// pointers; or passes it by.
    fn enter(
        &mut self,
        group: Range<usize>,
        length: usize,
        kind: Kind,
        token: Vec<u8>,
    ) -> Result<(), Invalid> {
        let (mut here, mut below) = (None, group.clone());
        if let Some(first) = self.places.get(group.start).filter(|_| !group.is_empty()) {
            let entered = self.entered.get_mut(group.start);
            let before = entered.and_then(|entered| entered.replace(length));
            if before.is_some_and(|before| before >= length) {
                return Err(first.invalid("a name that its object has twice"));
            }
            if first.pointer.length() == length {
                below.start += 1;
                here = (kind == Kind::Place).then_some(group.start);
            }
        }
        let start = self.at;
        let first = self.text.as_bytes().get(start).copied();
        let Some(role) = self.role(here, kind, first, !below.is_empty())? else {
            let end = skip_value(self.text.as_bytes(), start);
            let text = self.text.get(start..end).unwrap_or_default();
            self.at = end;
            return self.pass(here, text, token);
        };
        self.at = start + 1;
        self.open.push(Container {
            start,
            token,
            here,
            below,
            length,
            index: (first == Some(b'[')).then_some(0),
            role,
            children: Vec::new(),
            properties: Vec::new(),
        });
        Ok(())
    }

    /// As what the value that begins so is entered; `None` where it is passed by.
    fn role(
        &self,
        here: Option<usize>,
        kind: Kind,
        first: Option<u8>,
        leads_below: bool,
    ) -> Result<Option<Role>, Invalid> {
        let is_container = matches!(first, Some(b'[' | b'{'));
        let around = self.open.last().and_then(|container| container.here);
        let tag = here.and_then(|index| self.places.get(index)?.tag);
        match (kind, tag) {
            (Kind::Pair, _) if first == Some(b'[') => Ok(Some(Role::Pair)),
            (Kind::Properties, _) if first == Some(b'{') => Ok(Some(Role::Properties)),
            (Kind::Pair | Kind::Properties, _) => Err(self.misfit(around, Misfit::Payload)),
            (Kind::Place, Some(tag)) => match begins_with(tag) {
                Some(byte) if first == Some(byte) => Ok(Some(Role::Payload(tag))),
                Some(_) => Err(self.misfit(here, Misfit::Payload)),
                None if tag.element_bytes().is_some() && first == Some(b'{') => {
                    Ok(Some(Role::Payload(tag)))
                }
                None => Ok(None),
            },
            (Kind::Place, None) if is_container && (K::ALL || leads_below) => Ok(Some(Role::Plain)),
            (Kind::Place | Kind::Field, _) => Ok(None),
        }
    }

    /// Takes a value whose inside no place concerns.
    fn pass(&mut self, here: Option<usize>, text: &'a str, token: Vec<u8>) -> Result<(), Invalid> {
        let tag = here.and_then(|index| self.places.get(index)?.tag);
        let facts = match tag {
            Some(tag) => {
                payload(tag, text, self.blobs).ok_or_else(|| self.misfit(here, Misfit::Payload))?
            }
            None => Facts::None,
        };
        let found = Found {
            tag,
            ..Found::field(text)
        };
        self.take(here, found, facts, token)
    }

    /// Leaves the innermost container.
    fn leave(&mut self) -> Result<(), Invalid> {
        self.at += 1;
        let Some(container) = self.open.pop() else {
            return Ok(());
        };
        let text = (self.text)
            .get(container.start..self.at)
            .unwrap_or_default();
        let found = Found {
            tag: None,
            text,
            children: &container.children,
            properties: &container.properties,
        };
        match (container.role, self.open.last_mut()) {
            (Role::Pair, Some(map)) if container.children.len() == 2 => {
                map.children.extend(container.children);
                Ok(())
            }
            (Role::Properties, Some(array)) => {
                array.properties = container.children;
                self.take(None, Found::field(text), Facts::None, container.token)
            }
            (Role::Pair | Role::Properties, around) => {
                let here = around.and_then(|map| map.here);
                Err(self.misfit(here, Misfit::Payload))
            }
            (Role::Payload(tag), _) => {
                let compound = Compound {
                    tag,
                    text,
                    children: &container.children,
                    properties: &container.properties,
                };
                let facts = compound
                    .read(self.places, self.segment, self.blobs)
                    .map_err(|misfit| self.misfit(container.here, misfit))?;
                let tag = Some(tag);
                self.take(
                    container.here,
                    Found { tag, ..found },
                    facts,
                    container.token,
                )
            }
            (Role::Plain, _) => self.take(container.here, found, Facts::None, container.token),
        }
    }

    /// Keeps a value that is complete, and notes it at its place and in what is around it.
    fn take(
        &mut self,
        here: Option<usize>,
        found: Found<'_, 'a, K::Node>,
        facts: Facts,
        token: Vec<u8>,
    ) -> Result<(), Invalid> {
        let text = found.text;
        if let Some(place) = here.and_then(|index| self.places.get_mut(index)) {
            place.node = Some(text);
            place.facts = facts;
        }
        let segment = self.segment;
        let spot = here.map(|place| Spot { segment, place });
        let node = self.keep.keep(spot, found);
        let node = node.ok_or_else(|| self.misfit(here, Misfit::Payload))?;
        match self.open.last_mut() {
            Some(Container {
                role: Role::Plain, ..
            }) if !K::ALL => {}
            Some(around) => around.children.push(Child {
                token,
                place: here,
                text,
                node,
            }),
            None => self.root = Some(node),
        }
        Ok(())
    }

    /// Reads a name and the colon after it.
    fn name(&mut self) -> Vec<u8> {
        let bytes = self.text.as_bytes();
        let end = skip_string(bytes, self.at);
        let text = self.text.get(self.at..end).unwrap_or_default();
        self.at = skip_space(bytes, skip_space(bytes, end) + 1);
        serde_json::from_str::<JsonString>(text)
            .map(JsonString::into_token)
            .unwrap_or_default()
    }

    /// Those of the places whose pointers go on with this token.
    fn group(&self, range: Range<usize>, length: usize, token: &[u8]) -> Range<usize> {
        let places = self.places.get(range.clone()).unwrap_or_default();
        let start = places.partition_point(|place| place.pointer.token(length) < Some(token));
        let end = places.partition_point(|place| place.pointer.token(length) <= Some(token));
        range.start + start..range.start + end
    }

    fn misfit(&self, here: Option<usize>, misfit: Misfit) -> Invalid {
        let found = match misfit {
            Misfit::Payload => "a payload that does not fit its tag",
            Misfit::Twice => "a map or set with the same key or member twice",
        };
        match here.and_then(|index| self.places.get(index)) {
            Some(place) => place.invalid(found),
            None => Invalid::new("", found),
        }
    }
}
