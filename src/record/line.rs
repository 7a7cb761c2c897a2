//! One line of a part.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::tags::{Tags, check_tags};
use super::{Invalid, check_key};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    v: &'a RawValue,
    #[serde(borrow, default, deserialize_with = "present")]
    k: Option<&'a RawValue>,
    #[serde(borrow, default)]
    t: Tags<'a>,
}

/// What a sound line asks for besides itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineNeeds {
    /// The blobs that it names, in order. One may be named several times.
    pub blobs: Vec<BlobRef>,
    /// Whether only a browser can tell that its values can be made.
    pub browser: bool,
}

/// Bytes that the archive keeps in an entry of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobRef {
    /// SHA-256 of the bytes: 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// How many bytes there are, at most 2⁵³ − 1.
    pub size: u64,
}

/// A `null` is a value that is there, not an absent one.
fn present<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'a RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}

/// Checks that a line, without its LF, can be decoded to a record.
///
/// # Errors
///
/// The path into the record, and what is wrong there.
pub fn check_line(line: &[u8], out_of_line_key: bool) -> Result<LineNeeds, Invalid> {
    let text =
        std::str::from_utf8(line).map_err(|_| Invalid::new("", "bytes that are not UTF-8"))?;
    // serde would take an array of the fields for the object as well.
    if text.trim_ascii_start().starts_with('[') {
        return Err(Invalid::new("", "a line that is no object"));
    }
    let line: Line<'_> =
        serde_json::from_str(text).map_err(|error| Invalid::new("", error.to_string()))?;
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
    check_tags(line.v, line.t)?;
    Ok(LineNeeds::default())
}
