//! Finds many places of a value in one pass over its text.

use std::ops::Range;

use super::payload::Tag;
use super::pointer::{JsonString, Pointer};
use super::scan::{skip_space, skip_string, skip_value};

/// A place in a record that a tag or a `ref` names.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) pointer: Pointer,
    /// Absent where only a `ref` leads.
    pub(super) tag: Option<Tag>,
    /// The text there, once it is found.
    pub(super) node: Option<&'a str>,
}

/// A key of a map or a member of a set.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member<'a> {
    /// The index of the map's or set's place.
    pub(super) owner: usize,
    /// The index of its own place, where it has one.
    pub(super) place: Option<usize>,
    /// Its text; of an object or array, how it begins.
    pub(super) node: &'a str,
}

/// Why places cannot be found. The indexes are those of places.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A pointer leads through a name that an object has twice.
    Twice(usize),
    /// A map's payload has something that is no pair.
    NoPair(usize),
}

/// Sets the node of each place that is there, and gives the members of all maps and sets. The places
/// must be in order and all different. The time depends on the length of the text and of the pointers,
/// not on how deep they lead.
pub(super) fn locate<'a>(
    root: &'a str,
    places: &mut [Place<'a>],
) -> Result<Vec<Member<'a>>, Fault> {
    let walk = Walk {
        text: root,
        at: skip_space(root.as_bytes(), 0),
        entered: vec![None; places.len()],
        places,
        members: Vec::new(),
        open: Vec::new(),
    };
    walk.run()
}

struct Walk<'a, 'p> {
    text: &'a str,
    at: usize,
    places: &'p mut [Place<'a>],
    members: Vec<Member<'a>>,
    /// The length of the longest pointer with which a group that begins here was entered.
    entered: Vec<Option<usize>>,
    open: Vec<Container>,
}

/// An object or array whose children matter.
struct Container {
    start: usize,
    /// Its own place.
    here: Option<usize>,
    /// The places below it.
    below: Range<usize>,
    /// The length of the pointer to it.
    length: usize,
    /// The index of an array's next child.
    index: Option<usize>,
    role: Role,
}

/// What an array stands for; with the place of the set or map.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Plain,
    Set(usize),
    Map(usize),
    Pair(usize),
}

/// What the role of a container makes of its child.
#[derive(Clone, Copy, Default)]
struct Child {
    member_of: Option<usize>,
    pair_of: Option<usize>,
}

impl<'a> Walk<'a, '_> {
    fn run(mut self) -> Result<Vec<Member<'a>>, Fault> {
        self.enter(0..self.places.len(), 0, Child::default())?;
        while !self.open.is_empty() {
            self.at = skip_space(self.text.as_bytes(), self.at);
            match self.text.as_bytes().get(self.at) {
                Some(b',') => self.at += 1,
                Some(b'}' | b']') | None => self.leave()?,
                Some(_) => self.next_child()?,
            }
        }
        Ok(self.members)
    }

    fn next_child(&mut self) -> Result<(), Fault> {
        let Some(container) = self.open.last_mut() else {
            return Ok(());
        };
        let (below, length) = (container.below.clone(), container.length);
        let child = match (container.role, container.index) {
            (Role::Set(set), _) => Child {
                member_of: Some(set),
                pair_of: None,
            },
            (Role::Map(map), _) => Child {
                member_of: None,
                pair_of: Some(map),
            },
            (Role::Pair(map), Some(0)) => Child {
                member_of: Some(map),
                pair_of: None,
            },
            _ => Child::default(),
        };
        let token = match container.index.as_mut() {
            Some(index) => {
                let token = index.to_string().into_bytes();
                *index += 1;
                token
            }
            None => self.name(),
        };
        let group = self.group(below, length, &token);
        self.enter(group, length + 1 + token.len(), child)
    }

    /// Enters the value at `at`, to which these places lead with the first `length` bytes of their
    /// pointers; or passes it by.
    fn enter(&mut self, group: Range<usize>, length: usize, child: Child) -> Result<(), Fault> {
        let mut here = None;
        if let Some(entered) = self
            .entered
            .get_mut(group.start)
            .filter(|_| !group.is_empty())
        {
            if entered.is_some_and(|before| before >= length) {
                return Err(Fault::Twice(group.start));
            }
            *entered = Some(length);
            let first = self.places.get(group.start);
            here = first
                .is_some_and(|place| place.pointer.length() == length)
                .then_some(group.start);
        }
        let below = group.start + usize::from(here.is_some())..group.end;
        let start = self.at;
        let first = self.text.as_bytes().get(start).copied();
        let tag = here.and_then(|index| self.places.get(index)?.tag);
        let role = match (child.pair_of, tag, here) {
            (Some(map), ..) if first != Some(b'[') => return Err(Fault::NoPair(map)),
            (Some(map), ..) => Role::Pair(map),
            (None, Some(Tag::Set), Some(here)) => Role::Set(here),
            (None, Some(Tag::Map), Some(here)) => Role::Map(here),
            _ => Role::Plain,
        };
        let index = match first {
            Some(b'[') if !below.is_empty() || role != Role::Plain => Some(Some(0)),
            Some(b'{') if !below.is_empty() => Some(None),
            _ => None,
        };
        let end = if let Some(index) = index {
            self.open.push(Container {
                start,
                here,
                below,
                length,
                index,
                role,
            });
            start + 1
        } else {
            let end = skip_value(self.text.as_bytes(), start);
            self.keep(here, start..end);
            end
        };
        self.at = end;
        if let Some(owner) = child.member_of {
            self.members.push(Member {
                owner,
                place: here,
                node: self.text.get(start..end).unwrap_or_default(),
            });
        }
        Ok(())
    }

    /// Leaves the innermost container.
    fn leave(&mut self) -> Result<(), Fault> {
        self.at += 1;
        if let Some(container) = self.open.pop() {
            match container.role {
                Role::Pair(map) if container.index != Some(2) => return Err(Fault::NoPair(map)),
                _ => self.keep(container.here, container.start..self.at),
            }
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

    fn keep(&mut self, place: Option<usize>, span: Range<usize>) {
        if let Some(place) = place.and_then(|index| self.places.get_mut(index)) {
            place.node = self.text.get(span);
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    /// The nodes at pointers, in the order of a walk.
    fn at<'a>(text: &'a str, pointers: &[&str]) -> Result<Vec<Option<&'a str>>, Fault> {
        let mut places: Vec<_> = pointers
            .iter()
            .map(|text| Place {
                pointer: Pointer::parse(JsonString(text.as_bytes().to_vec())).expect("a pointer"),
                tag: None,
                node: None,
            })
            .collect();
        places.sort_by(|a, b| a.pointer.cmp(&b.pointer));
        locate(text, &mut places)?;
        Ok(places.iter().map(|place| place.node).collect())
    }

    #[test]
    fn places_are_found_in_one_pass() {
        let text = r#" { "a" : [ 1 , {"b~/":"x]"} , [ ] ] , "a-" : null , "" : { "" : -1.5e3 } } "#;
        let pointers = [
            "/a",
            "/a/1",
            "/a/1/b~0~1",
            "/a-",
            "/",
            "//",
            "/a/2",
            "/a/3",
            "/x",
        ];
        assert_eq!(
            at(text, &pointers),
            Ok(vec![
                Some(r#"{ "" : -1.5e3 }"#),
                Some("-1.5e3"),
                Some(r#"[ 1 , {"b~/":"x]"} , [ ] ]"#),
                Some(r#"{"b~/":"x]"}"#),
                Some(r#""x]""#),
                Some("[ ]"),
                None,
                Some("null"),
                None,
            ])
        );
        assert_eq!(at("[[[]]]", &[""]), Ok(vec![Some("[[[]]]")]));
        assert_eq!(at("7", &["", "/0"]), Ok(vec![Some("7"), None]));
    }

    #[test]
    fn a_name_that_is_there_twice_is_refused_where_a_pointer_leads() {
        let twice = r#"{"a":{"x":1},"a":{}}"#;
        assert_eq!(at(r#"{"a":1,"a":2}"#, &["/a"]), Err(Fault::Twice(0)));
        assert_eq!(at(twice, &["/a/x"]), Err(Fault::Twice(0)));
        assert_eq!(at(twice, &["/b"]), Ok(vec![None]));
        assert_eq!(
            at(r#"{"a":{"x":{"y":1}},"b":{"x":1}}"#, &["/a/x/y", "/b/x"]),
            Ok(vec![Some("1"), Some("1")])
        );
    }
}
