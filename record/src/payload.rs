//! Payloads that are looked at as a whole: those without places.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::BlobRef;
use crate::limits::{BIGINT_MAX_DIGITS, SAFE_INTEGER_MAX};
use crate::place::Facts;
use crate::tag::Tag;
use crate::value::Bytes;

/// Reads the payload of a tag. The blobs that it names are added to `blobs`. Where a `ref` or a `deep` leads
/// is not looked at here.
///
/// `None` for text that is no such payload.
pub(super) fn payload(tag: Tag, text: &str, blobs: &mut Vec<BlobRef>) -> Option<Facts> {
    let is_sound = match tag {
        Tag::Undefined => text == "null",
        Tag::Number => is_number_name(text),
        Tag::BigInt | Tag::BigIntObject => string(text).is_some_and(|digits| is_bigint(&digits)),
        Tag::Date => is_time(text),
        Tag::BooleanObject => matches!(text, "true" | "false"),
        Tag::NumberObject => number(text).is_some(),
        Tag::StringObject => text.starts_with('"'),
        Tag::RegExp => object::<RegExpPayload<'_>>(text)
            .is_some_and(|regexp| is_text(regexp.source) && are_flags(&regexp.flags)),
        Tag::DomException => object::<DomExceptionPayload<'_>>(text)
            .is_some_and(|exception| is_text(exception.name) && is_text(exception.message)),
        Tag::Blob => object::<BlobPayload<'_>>(text).is_some_and(|blob| {
            is_type(&blob.content_type) && bytes(blob.data.get(), blobs).is_some()
        }),
        Tag::File => object::<FilePayload<'_>>(text).is_some_and(|file| {
            is_type(&file.content_type)
                && plain_number(file.last_modified.get()).is_some_and(is_file_time)
                && bytes(file.data.get(), blobs).is_some()
        }),
        Tag::ImageBitmap => object::<ImageBitmapPayload<'_>>(text).is_some_and(|image| {
            let elements = image_elements(image.width.get(), image.height.get());
            elements.is_some() && elements == bytes(image.data.get(), blobs)
        }),
        Tag::DomPoint | Tag::DomPointReadonly | Tag::DomRect | Tag::DomRectReadonly => {
            numbers(text) == Some(4)
        }
        Tag::DomQuad => list(text).is_some_and(|points| {
            points.len() == 4 && points.iter().all(|point| numbers(point.get()) == Some(4))
        }),
        Tag::DomMatrix | Tag::DomMatrixReadonly => matches!(numbers(text), Some(6 | 16)),
        Tag::CryptoKey => object::<CryptoKeyPayload<'_>>(text).is_some_and(|key| {
            key.algorithm.get().starts_with('{')
                && key.key.get().starts_with('{')
                && list(key.usages.get())
                    .is_some_and(|usages| usages.iter().all(|usage| is_text(usage)))
        }),
        Tag::Ref => text.starts_with(['"', '[']),
        Tag::Deep => whole(text, SAFE_INTEGER_MAX).is_some(),
        Tag::ArrayBuffer => {
            return Some(Facts::Buffer {
                bytes: bytes(text, blobs)?,
                resizable: false,
            });
        }
        Tag::ResizableArrayBuffer => {
            let buffer = object::<ResizablePayload<'_>>(text)?;
            let most = whole(buffer.max_byte_length.get(), SAFE_INTEGER_MAX)?;
            let bytes = bytes(buffer.data.get(), blobs).filter(|bytes| *bytes <= most)?;
            return Some(Facts::Buffer {
                bytes,
                resizable: true,
            });
        }
        // The others have places; of these, views may be written as a whole as well.
        view => {
            let element_bytes = view.element_bytes()?;
            let bytes = bytes(text, blobs).filter(|bytes| bytes % element_bytes == 0)?;
            return Some(Facts::Whole {
                elements: bytes / element_bytes,
            });
        }
    };
    is_sound.then_some(Facts::None)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RegExpPayload<'a> {
    #[serde(borrow)]
    pub(super) source: &'a RawValue,
    pub(super) flags: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DomExceptionPayload<'a> {
    #[serde(borrow)]
    pub(super) name: &'a RawValue,
    #[serde(borrow)]
    pub(super) message: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BlobPayload<'a> {
    #[serde(rename = "type")]
    pub(super) content_type: String,
    #[serde(borrow)]
    pub(super) data: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FilePayload<'a> {
    // A File turns lone surrogates in its name to U+FFFD, so Rust's string holds every name.
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) content_type: String,
    #[serde(borrow)]
    pub(super) last_modified: &'a RawValue,
    #[serde(borrow)]
    pub(super) data: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ResizablePayload<'a> {
    #[serde(borrow)]
    pub(super) max_byte_length: &'a RawValue,
    #[serde(borrow)]
    pub(super) data: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ImageBitmapPayload<'a> {
    #[serde(borrow)]
    pub(super) width: &'a RawValue,
    #[serde(borrow)]
    pub(super) height: &'a RawValue,
    #[serde(borrow)]
    pub(super) data: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CryptoKeyPayload<'a> {
    #[serde(borrow)]
    pub(super) algorithm: &'a RawValue,
    #[serde(borrow)]
    pub(super) usages: &'a RawValue,
    #[serde(borrow)]
    pub(super) key: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BlobRefPayload<'a> {
    blob: String,
    #[serde(borrow)]
    size: &'a RawValue,
}

/// Reads an object; serde would take an array of the fields for it as well.
pub(super) fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    text.starts_with('{')
        .then(|| serde_json::from_str(text).ok())
        .flatten()
}

pub(super) fn list(text: &str) -> Option<Vec<&RawValue>> {
    serde_json::from_str(text).ok()
}

/// The string that the JSON text is, when it has no lone surrogates.
pub(super) fn string(text: &str) -> Option<Cow<'_, str>> {
    let plain = text.strip_prefix('"')?.strip_suffix('"')?;
    if plain.contains('\\') {
        serde_json::from_str(text).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(plain))
    }
}

fn is_text(value: &RawValue) -> bool {
    value.get().starts_with('"')
}

/// A Blob's type has no other characters (File API, "type"), so another could not come back.
fn is_type(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && !byte.is_ascii_uppercase())
}

fn are_flags(flags: &str) -> bool {
    let known = flags.bytes().all(|flag| b"dgimsuvy".contains(&flag));
    let in_order = flags
        .as_bytes()
        .array_windows()
        .all(|[first, next]| first < next);
    known && in_order && !(flags.contains('u') && flags.contains('v'))
}

/// The largest time a Date can hold, in milliseconds (ECMA-262, TimeClip).
const TIME_MAX_MS: f64 = 8.64e15;

/// The greatest width and height of an image.
const SIDE_MAX: u64 = 2_147_483_647;

fn is_time(text: &str) -> bool {
    text == "null"
        || plain_number(text).is_some_and(|ms| ms.abs() <= TIME_MAX_MS && ms.fract() == 0.0)
}

/// The beginning of 1601, before which Chromium crashes, and at which it takes the time of now.
const FILE_TIME_BEGIN_MS: f64 = -11_644_473_600_000.0;

/// At the very end Chromium crashes, too.
fn is_file_time(ms: f64) -> bool {
    FILE_TIME_BEGIN_MS < ms && ms < TIME_MAX_MS && ms.fract() == 0.0
}

#[allow(clippy::cast_precision_loss)]
fn is_safe_integer(number: f64) -> bool {
    number.abs() <= SAFE_INTEGER_MAX as f64 && number.fract() == 0.0
}

/// The whole number from 0 to `most` that the JSON text is, however it is written.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub(super) fn whole(text: &str, most: u64) -> Option<u64> {
    let number = plain_number(text)?;
    (number >= 0.0 && is_safe_integer(number))
        .then_some(number as u64)
        .filter(|number| *number <= most)
}

/// How many elements an image of this width and height has, from their JSON text.
pub(super) fn image_elements(width: &str, height: &str) -> Option<u64> {
    let side = |text| whole(text, SIDE_MAX).filter(|side| *side > 0);
    Some(4 * side(width)? * side(height)?)
}

fn is_number_name(text: &str) -> bool {
    matches!(
        string(text).as_deref(),
        Some("NaN" | "Infinity" | "-Infinity" | "-0")
    )
}

/// The *number* that the JSON text is. One beyond f64 is none.
pub(super) fn number(text: &str) -> Option<f64> {
    if is_number_name(text) {
        return string(text)?.parse().ok();
    }
    plain_number(text)
}

/// The number that the JSON text is. Not by serde, which does not always give the nearest one.
pub(super) fn plain_number(text: &str) -> Option<f64> {
    let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number: f64 = is_number.then(|| text.parse().ok()).flatten()?;
    number.is_finite().then_some(number)
}

/// How many numbers the JSON text lists, if it lists numbers.
fn numbers(text: &str) -> Option<usize> {
    let list = list(text)?;
    list.iter()
        .all(|part| number(part.get()).is_some())
        .then_some(list.len())
}

fn is_bigint(digits: &str) -> bool {
    let unsigned = digits.strip_prefix('-').unwrap_or(digits);
    let canonical = digits == "0" || !unsigned.starts_with('0');
    let is_short = unsigned.len() <= BIGINT_MAX_DIGITS;
    !unsigned.is_empty()
        && is_short
        && canonical
        && unsigned.bytes().all(|byte| byte.is_ascii_digit())
}

/// How many *bytes* the JSON text stands for: base64, or a blob, which is added to `blobs`.
fn bytes(text: &str, blobs: &mut Vec<BlobRef>) -> Option<u64> {
    if text.starts_with('"') {
        return decoded_length(string(text)?.as_bytes());
    }
    let BlobRefPayload { blob, size } = object(text)?;
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let size = whole(size.get(), SAFE_INTEGER_MAX)?;
    if blob.len() != 64 || !blob.bytes().all(hex) {
        return None;
    }
    blobs.push(BlobRef { sha256: blob, size });
    Some(size)
}

/// The *bytes* that the JSON text stands for, and how many they are.
pub(super) fn content(text: &str) -> Option<(Bytes, u64)> {
    let mut blobs = Vec::new();
    let length = bytes(text, &mut blobs)?;
    let content = match blobs.pop() {
        Some(blob) => Bytes::Blob(blob),
        None => Bytes::Inline(STANDARD.decode(string(text)?.as_bytes()).ok()?),
    };
    Some((content, length))
}

/// Decodes piece by piece: the bytes themselves are not needed.
fn decoded_length(data: &[u8]) -> Option<u64> {
    let mut buffer = [0; 3 * 1024];
    let mut length = 0;
    let mut chunks = data.chunks(4 * 1024).peekable();
    while let Some(chunk) = chunks.next() {
        let made = STANDARD.decode_slice(chunk, &mut buffer).ok()?;
        // Padding may stand at the very end only.
        if chunks.peek().is_some() && made != buffer.len() {
            return None;
        }
        length += made as u64;
    }
    Some(length)
}
