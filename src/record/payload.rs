//! The payload that each tag asks for.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde_json::value::RawValue;

/// A type tag of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tag {
    Undefined,
    Number,
    BigInt,
    Date,
    ArrayBuffer,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float16Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
    Map,
    Set,
    Blob,
    File,
    Ref,
}

impl Tag {
    /// Whether the value has an identity, so that a `ref` may point to it.
    pub(super) fn is_object(self) -> bool {
        !matches!(
            self,
            Self::Undefined | Self::Number | Self::BigInt | Self::Ref
        )
    }

    /// The tag of this name, which is a string of JSON.
    pub(super) fn parse(name: &RawValue) -> Option<Self> {
        let name = string(name.get())?;
        let name: StrDeserializer<'_, Error> = name.as_ref().into_deserializer();
        Self::deserialize(name).ok()
    }

    /// Whether JSON text is a payload of this tag. Where a `ref` leads is not looked at here.
    pub(super) fn accepts(self, text: &str) -> bool {
        match self {
            Self::Undefined => text == "null",
            Self::Number => string(text).is_some_and(|name| {
                matches!(name.as_ref(), "NaN" | "Infinity" | "-Infinity" | "-0")
            }),
            Self::BigInt => string(text).is_some_and(|digits| is_bigint(&digits)),
            Self::Date => is_time(text),
            Self::ArrayBuffer
            | Self::DataView
            | Self::Int8Array
            | Self::Uint8Array
            | Self::Uint8ClampedArray => is_base64(text, 1),
            Self::Int16Array | Self::Uint16Array | Self::Float16Array => is_base64(text, 2),
            Self::Int32Array | Self::Uint32Array | Self::Float32Array => is_base64(text, 4),
            Self::Float64Array | Self::BigInt64Array | Self::BigUint64Array => is_base64(text, 8),
            // That a map has pairs, and that nothing is there twice, is seen by `tags`.
            Self::Map | Self::Set => text.starts_with('['),
            Self::Blob => object::<BlobPayload<'_>>(text)
                .is_some_and(|blob| is_type(&blob.content_type) && is_base64(blob.data.get(), 1)),
            Self::File => object::<FilePayload<'_>>(text).is_some_and(|file| {
                is_type(&file.content_type)
                    && is_safe_integer(file.last_modified)
                    && is_base64(file.data.get(), 1)
            }),
            Self::Ref => text.starts_with('"'),
        }
    }
}

#[derive(Deserialize)]
struct BlobPayload<'a> {
    #[serde(rename = "type")]
    content_type: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilePayload<'a> {
    // A File turns lone surrogates in its name to U+FFFD, so Rust's string holds every name.
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "type")]
    content_type: String,
    last_modified: f64,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Reads an object; serde would take an array of the fields for it as well.
fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    text.starts_with('{')
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

/// The string that the JSON text is.
pub(super) fn string(text: &str) -> Option<Cow<'_, str>> {
    let plain = text.strip_prefix('"')?.strip_suffix('"')?;
    if plain.contains('\\') {
        serde_json::from_str(text).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(plain))
    }
}

/// A Blob's type has no other characters (File API, "type"), so another could not come back.
fn is_type(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && !byte.is_ascii_uppercase())
}

/// The largest time a Date can hold, in milliseconds (ECMA-262, TimeClip).
const TIME_MAX_MS: f64 = 8.64e15;

/// The largest number below which no two integers are the same number.
const SAFE_INTEGER_MAX: f64 = 9_007_199_254_740_991.0;

fn is_time(text: &str) -> bool {
    text == "null"
        || serde_json::from_str::<f64>(text)
            .is_ok_and(|ms| ms.abs() <= TIME_MAX_MS && ms.fract() == 0.0)
}

fn is_safe_integer(number: f64) -> bool {
    number.abs() <= SAFE_INTEGER_MAX && number.fract() == 0.0
}

fn is_bigint(digits: &str) -> bool {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let canonical = digits == "0" || !unsigned.starts_with('0');
    !unsigned.is_empty() && canonical && unsigned.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_base64(text: &str, element_bytes: usize) -> bool {
    string(text)
        .and_then(|data| decoded_length(data.as_bytes()))
        .is_some_and(|length| length % element_bytes == 0)
}

/// Decodes piece by piece: the bytes themselves are not needed.
fn decoded_length(data: &[u8]) -> Option<usize> {
    let mut buffer = [0; 3 * 1024];
    let mut length = 0;
    let mut chunks = data.chunks(4 * 1024).peekable();
    while let Some(chunk) = chunks.next() {
        let made = STANDARD.decode_slice(chunk, &mut buffer).ok()?;
        // Padding may stand at the very end only.
        if chunks.peek().is_some() && made != buffer.len() {
            return None;
        }
        length += made;
    }
    Some(length)
}
