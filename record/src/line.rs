//! One line of a part.

use pos_backup_bridge::KeyPath;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::Invalid;
use crate::key::{Key, with_written};
use crate::key_path::key_at;
use crate::limits::{LINE_BLOBS_MAX_BYTES, LINE_MAX_CHARACTERS, LINE_MAX_TAGS};
use crate::links::link;
use crate::locate::{Keep, Nothing};
use crate::nesting::is_too_deep;
use crate::object::Object;
use crate::related::check_related;
use crate::segment::{Segment, Segments, Written};
use crate::surrogates::unmarked;
use crate::tag::Tag;
use crate::tags::{TOO_MANY_TAGS, Tags};
use crate::tree::Tree;
use crate::value::Record;

/// What is known of a sound line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckedLine {
    /// The record's key. `None` where the line does not say it: in what has a tag, as the name of a File; as
    /// bytes in an entry of their own. Nor is a key here that has very many parts or paths.
    pub key: Option<Key>,
    /// The blobs that it names, in order. One may be named several times.
    pub blobs: Vec<BlobRef>,
    /// Whether only a browser can tell that its values can be made.
    pub browser: bool,
}

impl CheckedLine {
    /// Checks that the record fits into memory.
    ///
    /// # Errors
    ///
    /// What is too large.
    pub fn check_size(&self) -> Result<(), Invalid> {
        let sizes = self.blobs.iter().map(|blob| blob.size);
        let bytes = sizes.fold(0, u64::saturating_add);
        if bytes <= LINE_BLOBS_MAX_BYTES {
            Ok(())
        } else {
            let found = format!("binary values of {bytes} bytes in one record");
            Err(Invalid::new("", found))
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

/// Where the keys of a table's records are.
#[derive(Debug, Clone, Copy)]
pub enum KeyIn<'a> {
    /// In the line, as its `k`.
    Line,
    /// In the record, where the key path leads. Without one, the key is not looked at.
    Record(Option<&'a KeyPath>),
}

impl<'a> KeyIn<'a> {
    /// Of a table with this key path.
    pub fn of(key_path: Option<&'a KeyPath>) -> Self {
        key_path.map_or(Self::Line, |path| Self::Record(Some(path)))
    }
}

/// Checks that a line, without its LF, can be decoded to a record of a table with such keys.
///
/// # Errors
///
/// The path into the record, and what is wrong there.
pub fn check_line(line: &[u8], key_in: KeyIn<'_>) -> Result<CheckedLine, Invalid> {
    with_line(line, |line| match (line.k, key_in) {
        (Some(key), KeyIn::Line) => {
            let key = Key::read(key).map_err(|found| Invalid::new("", found))?;
            let checked = line.check()?;
            Ok(CheckedLine { key, ..checked })
        }
        (None, KeyIn::Record(None)) => line.check(),
        (None, KeyIn::Record(Some(path))) if line.is_plain() => Ok(CheckedLine {
            key: key_at(line.v.get(), path, &|_| None)?,
            ..CheckedLine::default()
        }),
        (None, KeyIn::Record(Some(path))) => {
            let (checked, segments, _) = line.read(&mut Nothing)?;
            let key = match segments.all.first() {
                Some(v) => key_at(v.text, path, &|pointer| v.tag(pointer))?,
                None => None,
            };
            Ok(CheckedLine { key, ..checked })
        }
        (Some(_), KeyIn::Record(_)) => {
            Err(Invalid::new("", "a key in a table whose records hold it"))
        }
        (None, KeyIn::Line) => Err(Invalid::new(
            "",
            "no key in a table whose records do not hold it",
        )),
    })
}

/// What an index of this key path has of the record of a sound line. `None` where the line does not say that it has
/// something, and what.
pub fn index_key(line: &[u8], path: &KeyPath) -> Option<Key> {
    let key = with_line(line, |line| {
        if line.is_plain() {
            return key_at(line.v.get(), path, &|_| None);
        }
        let (_, segments, _) = line.read(&mut Nothing)?;
        match segments.all.first() {
            Some(v) => key_at(v.text, path, &|pointer| v.tag(pointer)),
            None => Ok(None),
        }
    });
    key.ok().flatten()
}

/// Reads a line, without its LF and with or without a key, to the values that it holds. It accepts the lines
/// that [`check_line`] accepts of some table.
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
    Key::read(key).map_err(|found| Invalid::new("", found))?;
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
    /// Whether JSON says it all.
    fn is_plain(&self) -> bool {
        self.t.as_ref().is_none_or(Tags::is_empty) && self.d.is_none()
    }

    fn check(self) -> Result<CheckedLine, Invalid> {
        match self.is_plain() {
            true => Ok(CheckedLine::default()),
            false => self.read(&mut Nothing).map(|(checked, ..)| checked),
        }
    }

    /// Reads the values; gives those of `v` and of the members of `d` as they were kept.
    fn read<K: Keep<'a>>(
        self,
        keep: &mut K,
    ) -> Result<(CheckedLine, Segments<'a>, Vec<K::Node>), Invalid> {
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
        let mut checked = CheckedLine::default();
        let mut roots = Vec::with_capacity(segments.all.len());
        for index in 0..segments.all.len() {
            let Some(segment) = segments.all.get_mut(index) else {
                continue;
            };
            let root = segment.read(index, &mut checked.blobs, keep);
            let mut tags = segment.places.iter().filter_map(|place| place.tag);
            checked.browser |= tags.any(Tag::needs_browser);
            roots.extend(root.map_err(|invalid| segments.in_record(index, invalid))?);
        }
        check_related(&segments)?;
        Ok((checked, segments, roots))
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
