//! Records as lines of an archive, read without a browser. The format is described in
//! `docs/format.md`; `worker/js/record.js` encodes and decodes the browser's values.

mod compound;
mod distinct;
mod key;
mod key_path;
pub mod limits;
mod line;
mod links;
mod locate;
mod nesting;
mod object;
mod payload;
mod place;
mod pointer;
mod related;
mod scan;
mod segment;
mod surrogates;
mod tag;
mod tags;
mod tree;
mod value;

pub use key::Key;
pub use line::{BlobRef, CheckedLine, KeyIn, check_line, index_key, read_line};
pub use nesting::is_too_deep;
pub use value::{Bytes, JsonString, Property, Record, Tag, Value};

use pos_backup_bridge::{Error, ErrorCode};
use serde_json::value::RawValue;

use pointer::Members;

/// The values of a JSON object's members, undecoded; `None` for other text.
pub fn members(text: &[u8]) -> Option<Vec<&RawValue>> {
    // Names may hold lone surrogates in escapes, but no bytes that are not UTF-8.
    let text = std::str::from_utf8(text).ok()?;
    let members: Members<'_> = serde_json::from_str(text).ok()?;
    Some(members.0.into_iter().map(|(_, value)| value).collect())
}

/// A record cannot be decoded: where in it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invalid {
    /// JSON Pointer into the record's `v`.
    pub path: String,
    /// What was found.
    pub found: String,
}

impl Invalid {
    fn new(path: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            found: found.into(),
        }
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::new(
            ErrorCode::RecordInvalid,
            "A record in the archive cannot be decoded.",
        )
        .with(|c| {
            c.path = Some(invalid.path);
            c.found = Some(invalid.found.into());
        })
    }
}
