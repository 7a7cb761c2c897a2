//! The JavaScript module that turns records into lines and back. JavaScript, because each step from
//! Rust into a record's properties costs more than reading them there (see ARCHITECTURE.md).

use js_sys::{Array, Reflect, Uint8Array};
use pos_backup::database::Batch;
use pos_backup::limits::BATCH_ENOUGH_CHARACTERS;
use pos_backup_bridge::{Error, ErrorCode, KeyPath, Result};
use serde_json::Value;
use serde_json::value::RawValue;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::key_path_to_js;

#[wasm_bindgen(module = "/js/record.js")]
extern "C" {
    type EncodedRecords;

    #[wasm_bindgen(method, getter)]
    fn bytes(this: &EncodedRecords) -> Uint8Array;

    #[wasm_bindgen(method, getter = firstKey)]
    fn first_key(this: &EncodedRecords) -> String;

    #[wasm_bindgen(method, getter = lastKey)]
    fn last_key(this: &EncodedRecords) -> String;

    #[wasm_bindgen(method, getter)]
    fn end(this: &EncodedRecords) -> u32;

    #[wasm_bindgen(catch, js_name = encodeRecords)]
    fn encode_records(
        values: &Array,
        keys: &JsValue,
        key_path: &JsValue,
        from: u32,
        enough: u32,
    ) -> Result<EncodedRecords, JsValue>;

    type DecodedRecords;

    #[wasm_bindgen(method, getter)]
    fn values(this: &DecodedRecords) -> Array;

    #[wasm_bindgen(method, getter)]
    fn keys(this: &DecodedRecords) -> Option<Array>;

    #[wasm_bindgen(catch, js_name = decodeRecords)]
    fn decode_records(lines: &[u8]) -> Result<DecodedRecords, JsValue>;

    #[wasm_bindgen(catch, js_name = keyToJson)]
    fn key_to_json(key: &JsValue) -> Result<String, JsValue>;
}

/// Records of one table, and their keys where these are out of line.
pub(super) struct Records {
    pub(super) values: Array,
    pub(super) keys: Option<Array>,
}

/// Encodes records from an index on, as many as make a batch; with the index after the last of them.
///
/// # Errors
///
/// `UNSUPPORTED_VALUE` or `VALUE_TOO_LARGE` with key and path.
pub(super) fn encode(
    records: &Records,
    key_path: Option<&KeyPath>,
    from: u32,
) -> Result<(Batch, u32)> {
    let keys = records
        .keys
        .as_ref()
        .map_or(JsValue::UNDEFINED, JsValue::from);
    let key_path = key_path_to_js(key_path);
    let encoded = encode_records(
        &records.values,
        &keys,
        &key_path,
        from,
        BATCH_ENOUGH_CHARACTERS,
    )
    .map_err(|error| unsupported(&error))?;
    let key = |text: String| {
        RawValue::from_string(text)
            .map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))
    };
    let end = encoded.end();
    let keys = if end == from {
        None
    } else {
        Some((key(encoded.first_key())?, key(encoded.last_key())?))
    };
    let batch = Batch {
        table: 0,
        lines: encoded.bytes().to_vec(),
        records: u64::from(end - from),
        keys,
        last: false,
    };
    Ok((batch, end))
}

/// Decodes whole lines.
///
/// # Errors
///
/// `RECORD_INVALID`. The lines were checked before, so it is a difference between the two readers.
pub(super) fn decode(lines: &[u8]) -> Result<Records> {
    let decoded = decode_records(lines).map_err(|error| {
        Error::new(
            ErrorCode::RecordInvalid,
            "A record in the archive cannot be decoded.",
        )
        .with(|context| {
            context.path = text(&error, "path");
            context.found = text(&error, "found").map(Value::from);
        })
    })?;
    Ok(Records {
        values: decoded.values(),
        keys: decoded.keys(),
    })
}

/// A key as an archive writes it, for an error.
pub(super) fn key_for_error(key: &JsValue) -> Option<Value> {
    serde_json::from_str(&key_to_json(key).ok()?).ok()
}

fn unsupported(error: &JsValue) -> Error {
    let Some(found) = text(error, "found") else {
        return crate::dom::database_error(error, "Encoding a record");
    };
    let too_large = Reflect::get(error, &"tooLarge".into()).is_ok_and(|flag| flag.is_truthy());
    let error_is = if too_large {
        Error::new(ErrorCode::ValueTooLarge, "A value is too large to be kept.")
    } else {
        Error::new(
            ErrorCode::UnsupportedValue,
            "A value cannot be kept in an archive.",
        )
    };
    error_is.with(|context| {
        context.key = text(error, "key").and_then(|key| serde_json::from_str(&key).ok());
        context.path = text(error, "path");
        context.found = Some(found.into());
    })
}

fn text(error: &JsValue, property: &str) -> Option<String> {
    Reflect::get(error, &property.into()).ok()?.as_string()
}
