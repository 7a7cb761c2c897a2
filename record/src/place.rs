//! The places of a record that its tags and refs name.

use crate::Invalid;
use crate::pointer::Pointer;
use crate::tag::Tag;

/// A place that a tag or a `ref` names.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) pointer: Pointer,
    /// Absent where only a `ref` or a `deep` leads.
    pub(super) tag: Option<Tag>,
    /// Of a `ref` or `deep`: the object that it stands for.
    pub(super) target: Option<Spot>,
    /// The text there, once it is found.
    pub(super) node: Option<&'a str>,
    /// What other places want to know of the payload there, once it is found.
    pub(super) facts: Facts,
}

/// Which place of which segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub(super) segment: usize,
    pub(super) place: usize,
}

/// What a payload says that must fit what other places hold. Places are those of the same segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facts {
    /// Nothing.
    None,
    /// A buffer of so many bytes.
    Buffer { bytes: u64, resizable: bool },
    /// A view of the whole of its own buffer.
    Whole { elements: u64 },
    /// A view of a part of the buffer at a place; without a length, it follows the buffer's.
    Part {
        buffer: usize,
        offset_bytes: u64,
        length: Option<u64>,
    },
    /// An image whose data is at a place.
    Image {
        data: usize,
        elements: u64,
        view: Tag,
    },
    /// An error whose `errors` are at a place.
    Errors(usize),
}

impl Place<'_> {
    pub(super) fn new(pointer: Pointer, tag: Option<Tag>) -> Self {
        Self {
            pointer,
            tag,
            target: None,
            node: None,
            facts: Facts::None,
        }
    }

    pub(super) fn invalid(&self, found: &str) -> Invalid {
        Invalid::new(self.pointer.to_string(), found)
    }
}
