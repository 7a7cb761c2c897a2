//! Where a record holds its key (<https://w3c.github.io/IndexedDB/#evaluate-a-key-path-on-a-value>).

use pos_backup_bridge::KeyPath;

use crate::Invalid;
use crate::key::Key;
use crate::pointer::JsonString;
use crate::scan::{skip_space, skip_string, skip_value};
use crate::tag::Tag;

/// Keys of more paths than this are left to the database.
const PATHS_MAX: usize = 100;

/// And so are those of large records: a key's size may be that of the record for each path.
const TEXT_MAX_BYTES: usize = 64 * 1024 * 1024;

/// The key in a record, of which `v` is the text and `tag` says what is at a place of it. `None` where these do
/// not say it: where the path leads through what has a tag. Nor is a key looked for that takes long to find.
pub(super) fn key_at(
    v: &str,
    path: &KeyPath,
    tag: &dyn Fn(&[u8]) -> Option<Tag>,
) -> Result<Option<Key>, Invalid> {
    let key = |path: &str| {
        let mut pointer = Vec::new();
        let key = match walk(v, path, &mut pointer, tag) {
            Step::To(text) => Key::in_text(text, &mut pointer, tag),
            Step::Length(length) => Ok(Some(Key::Number(length as f64))),
            Step::Nowhere => Err("nothing where the record's key should be".to_owned()),
            Step::Unknown => Ok(None),
        };
        let at = || format!("/{}", path.replace('.', "/"));
        key.map_err(|found| Invalid::new(at(), found))
    };
    match path {
        KeyPath::Single(path) => key(path),
        // Each path is looked for in all of the text, and may lead to all of it.
        KeyPath::Compound(paths)
            if paths.len() > PATHS_MAX || paths.len().saturating_mul(v.len()) > TEXT_MAX_BYTES =>
        {
            Ok(None)
        }
        KeyPath::Compound(paths) => {
            let keys = paths.iter().map(|path| key(path));
            let keys: Option<Vec<_>> = keys.collect::<Result<_, _>>()?;
            Ok(keys.map(Key::Array))
        }
    }
}

/// Where a path leads.
enum Step<'a> {
    To(&'a str),
    /// Of a string or array.
    Length(usize),
    Nowhere,
    Unknown,
}

fn walk<'a>(
    v: &'a str,
    path: &str,
    pointer: &mut Vec<u8>,
    tag: &dyn Fn(&[u8]) -> Option<Tag>,
) -> Step<'a> {
    let mut text = v.get(skip_space(v.as_bytes(), 0)..).unwrap_or_default();
    // The empty path is the record itself.
    let mut names = path.split('.').filter(|_| !path.is_empty());
    while let Some(name) = names.next() {
        match tag(pointer) {
            None => {}
            Some(Tag::Undefined | Tag::Number | Tag::BigInt | Tag::Date) => return Step::Nowhere,
            Some(_) => return Step::Unknown,
        }
        let length = match text.as_bytes().first() {
            Some(b'{') => {
                let Some(member) = member(text, name) else {
                    return Step::Nowhere;
                };
                text = member;
                pointer.push(b'/');
                pointer.extend(JsonString(name.as_bytes().to_vec()).into_token());
                continue;
            }
            Some(b'"') if name == "length" => string_length(text),
            Some(b'[') if name == "length" => array_length(text),
            _ => return Step::Nowhere,
        };
        // A number has no names.
        return names.next().map_or(Step::Length(length), |_| Step::Nowhere);
    }
    Step::To(text)
}

/// The text of an object's member. Of two of one name the last one counts, as in JavaScript.
fn member<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let bytes = object.as_bytes();
    let (mut at, mut found) = (1, None);
    loop {
        at = skip_space(bytes, at);
        match bytes.get(at)? {
            b',' => at += 1,
            b'"' => {
                let end = skip_string(bytes, at);
                let is_it = is_name(object.get(at..end)?, name);
                let start = skip_space(bytes, skip_space(bytes, end) + 1);
                at = skip_value(bytes, start);
                if is_it {
                    found = object.get(start..at);
                }
            }
            _ => return found,
        }
    }
}

/// Whether a string of JSON says this.
fn is_name(string: &str, name: &str) -> bool {
    let inside = string.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    if inside.is_some_and(|inside| !inside.contains('\\')) {
        return inside == Some(name);
    }
    let string: Result<JsonString, _> = serde_json::from_str(string);
    string.is_ok_and(|JsonString(string)| string == name.as_bytes())
}

/// In UTF-16 code units.
fn string_length(text: &str) -> usize {
    let string = text.get(..skip_string(text.as_bytes(), 0));
    let string = string.and_then(|string| serde_json::from_str(string).ok());
    string.map_or(0, |string: JsonString| string.utf16().count())
}

fn array_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut length) = (1, 0);
    loop {
        at = skip_space(bytes, at);
        at = match bytes.get(at) {
            Some(b',') => at + 1,
            Some(b']') | None => return length,
            Some(_) => {
                length += 1;
                skip_value(bytes, at)
            }
        };
    }
}
