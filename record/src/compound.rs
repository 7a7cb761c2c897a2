//! Payloads that hold places: what the walk finds in them.

use crate::BlobRef;
use crate::distinct::are_distinct;
use crate::limits::SAFE_INTEGER_MAX;
use crate::locate::Child;
use crate::payload::{image_elements, payload, string, whole};
use crate::place::{Facts, Place};
use crate::tag::Tag;

/// A payload that holds places, with what stands in it.
pub(super) struct Compound<'c, 'a, N> {
    pub(super) tag: Tag,
    pub(super) text: &'a str,
    /// Its members; of a map, keys and values by turns.
    pub(super) children: &'c [Child<'a, N>],
    /// What an array with holes has in `properties`.
    pub(super) properties: &'c [Child<'a, N>],
}

/// Why a payload does not fit its tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    Payload,
    /// The same key or member twice.
    Twice,
}

/// What a child of a payload is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Place,
    /// A map's entry.
    Pair,
    /// The names of an array with holes.
    Properties,
    /// A part of a payload that is no place.
    Field,
}

/// With which byte a payload of this tag begins when it holds places; `None` for a payload without any.
pub(super) fn begins_with(tag: Tag) -> Option<u8> {
    match tag {
        Tag::Map | Tag::Set | Tag::FileList => Some(b'['),
        Tag::Array | Tag::Error | Tag::ImageData => Some(b'{'),
        _ => None,
    }
}

/// What the child of this name is.
pub(super) fn kind(tag: Tag, name: &[u8]) -> Kind {
    match tag {
        Tag::Set | Tag::FileList => Kind::Place,
        Tag::Map => Kind::Pair,
        Tag::Array if name == b"properties" => Kind::Properties,
        Tag::Error if matches!(name, b"cause" | b"errors") => Kind::Place,
        Tag::ImageData if name == b"data" => Kind::Place,
        view if view.element_bytes().is_some() && name == b"buffer" => Kind::Place,
        _ => Kind::Field,
    }
}

impl<N> Compound<'_, '_, N> {
    /// Checks everything that this record's text alone shows.
    pub(super) fn read(
        &self,
        places: &[Place<'_>],
        segment: usize,
        blobs: &mut Vec<BlobRef>,
    ) -> Result<Facts, Misfit> {
        match self.tag {
            Tag::Set => self.distinct(1, places, segment),
            Tag::Map => self.distinct(2, places, segment),
            Tag::FileList => self.file_list(places).ok_or(Misfit::Payload),
            Tag::Array => self.array().ok_or(Misfit::Payload),
            Tag::Error => self.error(places).ok_or(Misfit::Payload),
            Tag::ImageData => self.image_data(places).ok_or(Misfit::Payload),
            _ => self.view(places, blobs).ok_or(Misfit::Payload),
        }
    }

    fn distinct(&self, step: usize, places: &[Place<'_>], segment: usize) -> Result<Facts, Misfit> {
        let members = self.children.iter().step_by(step);
        are_distinct(members, places, segment)
            .then_some(Facts::None)
            .ok_or(Misfit::Twice)
    }

    fn file_list(&self, places: &[Place<'_>]) -> Option<Facts> {
        let mut files = self.children.iter();
        files
            .all(|file| tag_of(file, places) == Some(Tag::File))
            .then_some(Facts::None)
    }

    fn array(&self) -> Option<Facts> {
        self.has_only(&["length", "properties"])?;
        self.field("properties")?;
        let length = whole(self.field("length")?.text, u64::from(u32::MAX))?;
        let mut names = self.properties.iter().map(|child| child.token.as_slice());
        names
            .all(|name| name != b"length" && element(name).is_none_or(|index| index < length))
            .then_some(Facts::None)
    }

    fn error(&self, places: &[Place<'_>]) -> Option<Facts> {
        self.has_only(&[
            "name",
            "message",
            "stack",
            "cause",
            "errors",
            "fileName",
            "lineNumber",
            "columnNumber",
        ])?;
        let name = string(self.field("name")?.text)?;
        let texts = ["message", "stack", "fileName"].map(|name| self.field(name));
        let numbers = ["lineNumber", "columnNumber"].map(|name| self.field(name));
        let is_sound = ERROR_NAMES.contains(&name.as_ref())
            && (texts.iter().flatten()).all(|child| child.text.starts_with('"'))
            && (numbers.iter().flatten())
                .all(|child| whole(child.text, u64::from(u32::MAX)).is_some());
        if !is_sound {
            return None;
        }
        let Some(errors) = self.field("errors") else {
            return Some(Facts::None);
        };
        match tag_of(errors, places) {
            None => errors.text.starts_with('[').then_some(Facts::None),
            Some(Tag::Array) => Some(Facts::None),
            Some(Tag::Ref | Tag::Deep) => errors.place.map(Facts::Errors),
            Some(_) => None,
        }
    }

    fn image_data(&self, places: &[Place<'_>]) -> Option<Facts> {
        self.has_only(&["width", "height", "colorSpace", "pixelFormat", "data"])?;
        let view = match self.field("pixelFormat") {
            None => Tag::Uint8ClampedArray,
            Some(format) => {
                (string(format.text)? == "rgba-float16").then_some(Tag::Float16Array)?
            }
        };
        let data = self.field("data")?;
        let is_data = tag_of(data, places).is_some_and(|tag| tag == view || tag == Tag::Ref);
        let is_named = self.field("colorSpace")?.text.starts_with('"');
        (is_data && is_named).then_some(())?;
        Some(Facts::Image {
            data: data.place?,
            elements: image_elements(self.field("width")?.text, self.field("height")?.text)?,
            view,
        })
    }

    fn view(&self, places: &[Place<'_>], blobs: &mut Vec<BlobRef>) -> Option<Facts> {
        let Some(buffer) = self.field("buffer") else {
            return payload(self.tag, self.text, blobs);
        };
        self.has_only(&["buffer", "byteOffset", "length"])?;
        let is_buffer = matches!(
            tag_of(buffer, places),
            Some(Tag::ArrayBuffer | Tag::ResizableArrayBuffer | Tag::Ref)
        );
        is_buffer.then_some(())?;
        let offset_bytes = whole(self.field("byteOffset")?.text, SAFE_INTEGER_MAX)?;
        let length = match self.field("length") {
            Some(length) => Some(whole(length.text, SAFE_INTEGER_MAX)?),
            None => None,
        };
        (offset_bytes % self.tag.element_bytes()? == 0).then_some(Facts::Part {
            buffer: buffer.place?,
            offset_bytes,
            length,
        })
    }

    fn field(&self, name: &str) -> Option<&Child<'_, N>> {
        self.children
            .iter()
            .find(|child| child.token == name.as_bytes())
    }

    /// That it has no other fields, and none twice.
    fn has_only(&self, names: &[&str]) -> Option<()> {
        let mut found = self.children.iter().enumerate();
        found
            .all(|(index, child)| {
                let earlier = self.children.iter().take(index);
                names.iter().any(|name| child.token == name.as_bytes())
                    && !earlier.into_iter().any(|other| other.token == child.token)
            })
            .then_some(())
    }
}

const ERROR_NAMES: [&str; 8] = [
    "Error",
    "AggregateError",
    "EvalError",
    "RangeError",
    "ReferenceError",
    "SyntaxError",
    "TypeError",
    "URIError",
];

fn tag_of<N>(child: &Child<'_, N>, places: &[Place<'_>]) -> Option<Tag> {
    places.get(child.place?)?.tag
}

/// The index that a name of an array's property is, when it is one (ECMA-262, "array index").
fn element(name: &[u8]) -> Option<u64> {
    let is_written_so = name == b"0" || matches!(name, [b'1'..=b'9', ..]);
    let index: u32 = std::str::from_utf8(name).ok()?.parse().ok()?;
    (is_written_so && index < u32::MAX).then_some(u64::from(index))
}
