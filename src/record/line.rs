//! One line of a part.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::key::with_written;
use super::links::link;
use super::locate::{Keep, Nothing};
use super::nesting::is_too_deep;
use super::object::Object;
use super::related::check_related;
use super::segment::{Segment, Segments, Written};
use super::surrogates::unmarked;
use super::tag::Tag;
use super::tags::{TOO_MANY_TAGS, Tags};
use super::tree::Tree;
use super::value::Record;
use super::{Invalid, check_key};
use crate::limits::{LINE_BLOBS_MAX_BYTES, LINE_MAX_CHARACTERS, LINE_MAX_TAGS};

/// What a sound line asks for besides itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineNeeds {
    /// The blobs that it names, in order. One may be named several times.
    pub blobs: Vec<BlobRef>,
    /// Whether only a browser can tell that its values can be made.
    pub browser: bool,
}

impl LineNeeds {
    /// Checks that the record fits into memory.
    ///
    /// # Errors
    ///
    /// What is too large.
    pub fn check_size(&self) -> Result<(), String> {
        let sizes = self.blobs.iter().map(|blob| blob.size);
        let bytes = sizes.fold(0, u64::saturating_add);
        if bytes <= LINE_BLOBS_MAX_BYTES {
            Ok(())
        } else {
            Err(format!("binary values of {bytes} bytes in one record"))
        }
    }
}

/// Bytes that the archive keeps in an entry of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRef {
    /// SHA-256 of the bytes: 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// How many bytes there are, at most 2⁵³ − 1.
    pub size: u64,
}

/// Checks that a line, without its LF, can be decoded to a record.
///
/// # Errors
///
/// The path into the record, and what is wrong there.
pub fn check_line(line: &[u8], out_of_line_key: bool) -> Result<LineNeeds, Invalid> {
    with_line(line, |line| check(line, out_of_line_key))
}

fn check(line: Object<'_>, out_of_line_key: bool) -> Result<LineNeeds, Invalid> {
    match (line.k, out_of_line_key) {
        (None, false) => {}
        (Some(key), true) => check_key(key).map_err(|found| Invalid::new("", found))?,
        (Some(_), false) => return Err(Invalid::new("", "a key in a table whose records hold it")),
        (None, true) => {
            return Err(Invalid::new(
                "",
                "no key in a table whose records do not hold it",
            ));
        }
    }
    if line.t.as_ref().is_none_or(Tags::is_empty) && line.d.is_none() {
        return Ok(LineNeeds::default());
    }
    line.read(&mut Nothing).map(|(needs, ..)| needs)
}

/// Reads a line, without its LF and with or without a key, to the values that it holds. It accepts the lines
/// that [`check_line`] accepts.
///
/// # Errors
///
/// The path into the record, and what is wrong there.
pub fn read_line(line: &[u8]) -> Result<Record, Invalid> {
    with_line(line, read)
}

fn read(line: Object<'_>) -> Result<Record, Invalid> {
    let mut tree = Tree::default();
    let key = match line.k {
        Some(key) => read_key(key, &mut tree)?,
        None => None,
    };
    let (_, segments, roots) = line.read(&mut tree)?;
    let root = roots.first().copied();
    root.and_then(|root| tree.into_record(&segments, root, key))
        .ok_or_else(|| Invalid::new("", "a line without a record"))
}

/// Does something with a line, in which lone surrogates are escapes.
fn with_line<T>(
    line: &[u8],
    work: impl FnOnce(Object<'_>) -> Result<T, Invalid>,
) -> Result<T, Invalid> {
    let wrong = |found: &str| Invalid::new("", found);
    let text = std::str::from_utf8(line).map_err(|_| wrong("bytes that are not UTF-8"))?;
    // A code unit takes a byte at least.
    if text.len() > LINE_MAX_CHARACTERS && text.encode_utf16().count() > LINE_MAX_CHARACTERS {
        return Err(wrong("more characters than a line may have"));
    }
    if is_too_deep(line) {
        return Err(wrong("arrays and objects that nest too deep"));
    }
    let line: Object<'_> = parse(text)?;
    let Some(marker) = line.s else {
        return work(line);
    };
    let text = unmarked(text, marker).ok_or_else(|| wrong("an s that marks no surrogates"))?;
    work(parse(&text)?)
}

/// The key as it was kept.
fn read_key(key: &RawValue, tree: &mut Tree) -> Result<Option<usize>, Invalid> {
    check_key(key).map_err(|found| Invalid::new("", found))?;
    with_written(key, |written| {
        Segment::new(written)
            .and_then(|mut segment| segment.read(KEY, &mut Vec::new(), tree))
            .map_err(|invalid| invalid.found)
    })
    .map_err(|found| Invalid::new("", found))
}

/// A key is in no segment of the record.
const KEY: usize = usize::MAX;

impl<'a> Object<'a> {
    /// Reads the values; gives those of `v` and of the members of `d` as they were kept.
    fn read<K: Keep<'a>>(
        self,
        keep: &mut K,
    ) -> Result<(LineNeeds, Segments<'a>, Vec<K::Node>), Invalid> {
        let v = Written {
            v: self.v,
            t: self.t.unwrap_or_default(),
        };
        let members = members(self.d)?;
        let tags = members.iter().map(|member| member.t.len()).sum::<usize>() + v.t.len();
        if tags > LINE_MAX_TAGS {
            return Err(Invalid::new("", TOO_MANY_TAGS));
        }
        let mut segments = link(v, members)?;
        let mut needs = LineNeeds::default();
        let mut roots = Vec::with_capacity(segments.all.len());
        for index in 0..segments.all.len() {
            let Some(segment) = segments.all.get_mut(index) else {
                continue;
            };
            let root = segment.read(index, &mut needs.blobs, keep);
            let mut tags = segment.places.iter().filter_map(|place| place.tag);
            needs.browser |= tags.any(Tag::needs_browser);
            roots.extend(root.map_err(|invalid| segments.in_record(index, invalid))?);
        }
        check_related(&segments)?;
        Ok((needs, segments, roots))
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Invalid> {
    serde_json::from_str(text).map_err(|error| Invalid::new("", error.to_string()))
}

/// The members of `d`.
fn members(d: Option<&RawValue>) -> Result<Vec<Written<'_>>, Invalid> {
    let Some(d) = d else {
        return Ok(Vec::new());
    };
    let members: Vec<Object<'_>> = parse(d.get())?;
    members
        .into_iter()
        .map(|member| match member {
            Object {
                v,
                t,
                k: None,
                d: None,
                s: None,
            } => Ok(Written {
                v,
                t: t.unwrap_or_default(),
            }),
            _ => Err(Invalid::new(
                "",
                "a member of d with a key, deep values or marked surrogates of its own",
            )),
        })
        .collect()
}
