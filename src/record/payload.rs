//! The payload that each tag asks for.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::pointer::Children;

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

    /// Whether the raw value is a payload of this tag. Where a `ref` leads is not looked at here.
    pub(super) fn accepts(self, payload: &RawValue) -> bool {
        let text = payload.get();
        match self {
            Self::Undefined => text == "null",
            Self::Number => matches!(
                text,
                r#""NaN""# | r#""Infinity""# | r#""-Infinity""# | r#""-0""#
            ),
            Self::BigInt => is_bigint(text),
            Self::Date => is_time(text),
            Self::ArrayBuffer
            | Self::DataView
            | Self::Int8Array
            | Self::Uint8Array
            | Self::Uint8ClampedArray => is_base64(text, 1),
            Self::Int16Array | Self::Uint16Array | Self::Float16Array => is_base64(text, 2),
            Self::Int32Array | Self::Uint32Array | Self::Float32Array => is_base64(text, 4),
            Self::Float64Array | Self::BigInt64Array | Self::BigUint64Array => is_base64(text, 8),
            Self::Map => is_map(payload),
            Self::Set => text.starts_with('['),
            Self::Blob => serde_json::from_str::<BlobPayload<'_>>(text)
                .is_ok_and(|blob| is_base64(blob.data.get(), 1)),
            Self::File => serde_json::from_str::<FilePayload<'_>>(text).is_ok_and(|file| {
                is_base64(file.data.get(), 1)
                    && is_string(file.name.get())
                    && file.last_modified.is_finite()
            }),
            Self::Ref => is_string(text),
        }
    }
}

#[derive(Deserialize)]
struct BlobPayload<'a> {
    #[serde(rename = "type")]
    _content_type: String,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilePayload<'a> {
    // A file's name may hold lone surrogates.
    #[serde(borrow)]
    name: &'a RawValue,
    #[serde(rename = "type")]
    _content_type: String,
    last_modified: f64,
    #[serde(borrow)]
    data: &'a RawValue,
}

/// The largest time a Date can hold, in milliseconds (ECMA-262, TimeClip).
const TIME_MAX_MS: f64 = 8.64e15;

fn is_time(text: &str) -> bool {
    text == "null"
        || serde_json::from_str::<f64>(text)
            .is_ok_and(|ms| ms.abs() <= TIME_MAX_MS && ms.fract() == 0.0)
}

fn is_string(text: &str) -> bool {
    text.starts_with('"')
}

fn is_bigint(text: &str) -> bool {
    let Some(digits) = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    else {
        return false;
    };
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let canonical = digits == "0" || !unsigned.starts_with('0');
    !unsigned.is_empty() && canonical && unsigned.bytes().all(|byte| byte.is_ascii_digit())
}

/// base64 has nothing that JSON would escape, so the raw text is looked at as it is.
fn is_base64(text: &str, element_bytes: usize) -> bool {
    let data = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    data.and_then(|data| decoded_length(data.as_bytes()))
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

fn is_map(payload: &RawValue) -> bool {
    let Some(Children::Array(pairs)) = Children::of(payload) else {
        return false;
    };
    pairs
        .iter()
        .all(|pair| serde_json::from_str::<(IgnoredAny, IgnoredAny)>(pair.get()).is_ok())
}
