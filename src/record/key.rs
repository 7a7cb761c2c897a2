//! Keys as an archive writes them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::line::{Tags, check_tags};
use super::payload::Tag;

/// The most levels of arrays in a key. IndexedDB itself has no limit that anyone meets.
const DEPTH_MAX: usize = 1000;

/// Checks that raw JSON is a key: a number, a string, an array of keys, or the tagged form.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_key(key: &RawValue) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Tagged<'a> {
        #[serde(borrow)]
        v: &'a RawValue,
        #[serde(default)]
        t: Tags,
    }
    if !key.get().starts_with('{') {
        return check_plain(key, &[]);
    }
    let Tagged { v, t } =
        serde_json::from_str(key.get()).map_err(|_| "a key of an unknown form".to_owned())?;
    let only_key_tags =
        t.0.iter()
            .all(|(_, tag)| matches!(tag, Tag::Date | Tag::ArrayBuffer | Tag::Number));
    if !only_key_tags {
        return Err("a key with a tag that keys do not have".to_owned());
    }
    check_tags(v, &t).map_err(|invalid| format!("a key with {}", invalid.found))?;
    let tagged: Vec<_> =
        t.0.iter()
            .map(|(pointer, tag)| (pointer.0.as_slice(), *tag))
            .collect();
    check_plain(v, &tagged)
}

/// Every part of a key is a number, a string, an array or tagged; and what is tagged is no NaN and no
/// invalid date.
fn check_plain(root: &RawValue, tags: &[(&[u8], Tag)]) -> Result<(), String> {
    let mut work = vec![(root, Vec::new(), 0)];
    while let Some((node, pointer, depth)) = work.pop() {
        let text = node.get();
        let tag = tags
            .iter()
            .find(|(place, _)| *place == pointer.as_slice())
            .map(|(_, tag)| *tag);
        match (tag, text.as_bytes().first()) {
            (Some(Tag::Date), _) if text == "null" => {
                return Err("an invalid date as a key".to_owned());
            }
            (Some(Tag::Number), _) if text == r#""NaN""# => return Err("NaN as a key".to_owned()),
            (Some(_), _) | (None, Some(b'"' | b'-' | b'0'..=b'9')) => {}
            (None, Some(b'[')) if depth < DEPTH_MAX => {
                let members: Vec<&RawValue> =
                    serde_json::from_str(text).map_err(|error| error.to_string())?;
                for (index, member) in members.into_iter().enumerate() {
                    let mut place = pointer.clone();
                    place.extend_from_slice(format!("/{index}").as_bytes());
                    work.push((member, place, depth + 1));
                }
            }
            _ => {
                return Err(format!(
                    "a key that is no key: {}",
                    text.chars().take(40).collect::<String>()
                ));
            }
        }
    }
    Ok(())
}
