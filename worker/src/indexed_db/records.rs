//! The JavaScript module that turns records into lines and back. JavaScript, because each step from
//! Rust into a record's properties costs more than reading them there (see ARCHITECTURE.md).

use js_sys::{Array, Reflect, Uint8Array};
use pos_backup::database::Batch;
use pos_backup::limits::{BATCH_ENOUGH_CHARACTERS, PUT_CHUNK_BYTES};
use pos_backup_bridge::{Error, ErrorCode, KeyPath, Omission, Result, json};
use serde_json::Value;
use serde_json::value::RawValue;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::key_path_to_js;
use super::wanted::Wanted;

#[wasm_bindgen(module = "/js/record.js")]
extern "C" {
    /// Records on their way to lines.
    pub(super) type RecordEncoder;

    #[wasm_bindgen(constructor)]
    fn new(values: &Array, keys: &JsValue, key_path: &JsValue, omit: bool) -> RecordEncoder;

    #[wasm_bindgen(method, catch)]
    fn encode(
        this: &RecordEncoder,
        enough: u32,
        blob_bytes: u32,
    ) -> Result<EncodedRecords, JsValue>;

    type EncodedRecords;

    #[wasm_bindgen(method, getter)]
    fn bytes(this: &EncodedRecords) -> Uint8Array;

    #[wasm_bindgen(method, getter)]
    fn records(this: &EncodedRecords) -> u32;

    #[wasm_bindgen(method, getter = firstKey)]
    fn first_key(this: &EncodedRecords) -> String;

    #[wasm_bindgen(method, getter = lastKey)]
    fn last_key(this: &EncodedRecords) -> String;

    #[wasm_bindgen(method, getter)]
    fn unusual(this: &EncodedRecords) -> bool;

    #[wasm_bindgen(method, getter)]
    fn omissions(this: &EncodedRecords) -> Array;

    #[wasm_bindgen(method, getter)]
    fn wanted(this: &EncodedRecords) -> Vec<Wanted>;

    #[wasm_bindgen(method, getter)]
    fn end(this: &EncodedRecords) -> bool;

    /// Lines on their way to records.
    pub(super) type RecordDecoder;

    #[wasm_bindgen(constructor)]
    pub(super) fn new(lines: &[u8]) -> RecordDecoder;

    #[wasm_bindgen(method, catch)]
    fn decode(this: &RecordDecoder, enough: u32) -> Result<DecodedRecords, JsValue>;

    type DecodedRecords;

    #[wasm_bindgen(method, getter)]
    fn values(this: &DecodedRecords) -> Array;

    #[wasm_bindgen(method, getter)]
    fn keys(this: &DecodedRecords) -> Option<Array>;

    #[wasm_bindgen(method, getter)]
    fn bytes(this: &DecodedRecords) -> f64;

    #[wasm_bindgen(method, getter)]
    fn wanted(this: &DecodedRecords) -> Vec<Wanted>;

    #[wasm_bindgen(method, getter)]
    fn end(this: &DecodedRecords) -> bool;

    #[wasm_bindgen(catch, js_name = keyToJson)]
    fn key_to_json(key: &JsValue) -> Result<String, JsValue>;

    /// The key that JSON text stands for.
    #[wasm_bindgen(js_name = keyFromJson)]
    pub(super) fn key_from_json(json: &str) -> JsValue;

    #[wasm_bindgen(js_name = keyAt)]
    fn js_key_at(record: &JsValue, key_path: &JsValue) -> JsValue;
}

/// Records of one table, and their keys where these are out of line.
#[derive(Default)]
pub(super) struct Records {
    pub(super) values: Array,
    pub(super) keys: Option<Array>,
    /// How many of them could not be read: symbols stand for them.
    pub(super) lost: u32,
}

impl Records {
    /// The key of one of them, in a table with this key path.
    pub(super) fn key(&self, index: u32, key_path: Option<&KeyPath>) -> JsValue {
        match (&self.keys, key_path) {
            (Some(keys), _) => keys.get(index),
            (None, Some(path)) => key_at(&self.values.get(index), path),
            (None, None) => JsValue::UNDEFINED,
        }
    }
}

/// What came of encoding or decoding some more.
pub(super) enum Step<T> {
    /// Some records. Without an end there are more.
    Records {
        /// The records.
        records: T,
        /// Whether they are the last.
        end: bool,
    },
    /// The next record needs these.
    Wanted(Vec<Wanted>),
}

impl RecordEncoder {
    pub(super) fn of(records: &Records, key_path: Option<&KeyPath>, omit: bool) -> Self {
        let keys = records
            .keys
            .as_ref()
            .map_or(JsValue::UNDEFINED, JsValue::from);
        Self::new(&records.values, &keys, &key_path_to_js(key_path), omit)
    }

    /// Encodes as many records as make a batch.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED_VALUE` or `VALUE_TOO_LARGE` with key and path.
    pub(super) fn step(&self, table: &str, blob_bytes: u32) -> Result<Step<Batch>> {
        let encoded = self
            .encode(BATCH_ENOUGH_CHARACTERS, blob_bytes)
            .map_err(|error| unsupported(&error).in_table(table))?;
        let omissions = encoded.omissions().into_iter();
        let omissions: Vec<_> = omissions
            .map(|omission| read_omission(table, &omission))
            .collect();
        let records = encoded.records();
        let wanted = encoded.wanted();
        if records == 0 && omissions.is_empty() && !wanted.is_empty() {
            return Ok(Step::Wanted(wanted));
        }
        let key = |text: String| {
            RawValue::from_string(text)
                .map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))
        };
        let keys = match records {
            0 => None,
            _ => Some((key(encoded.first_key())?, key(encoded.last_key())?)),
        };
        let whole = omissions.iter().filter(|omission| omission.path.is_empty());
        let batch = Batch {
            table: 0,
            lines: encoded.bytes().to_vec(),
            records: records.into(),
            keys,
            records_omitted: whole.count() as u64,
            unusual: encoded.unusual(),
            omissions,
            warnings: Vec::new(),
            last: false,
        };
        Ok(Step::Records {
            records: batch,
            end: encoded.end(),
        })
    }
}

fn read_omission(table: &str, omission: &JsValue) -> Omission {
    let key = text(omission, "key").and_then(|key| json::value(&key));
    Omission {
        table: table.to_owned(),
        key: key.unwrap_or_default(),
        path: text(omission, "path").unwrap_or_default(),
        found: text(omission, "found").unwrap_or_default(),
    }
}

/// Decoded records, and the bytes of binary values in them.
pub(super) struct Decoded {
    pub(super) records: Records,
    pub(super) bytes: usize,
}

impl RecordDecoder {
    /// Decodes as many records as are put together.
    ///
    /// # Errors
    ///
    /// `RECORD_INVALID`. The lines were checked before, so it is a difference between the two readers,
    /// or what this browser cannot make.
    pub(super) fn step(&self) -> Result<Step<Decoded>> {
        let decoded = self.decode(PUT_CHUNK_BYTES as u32).map_err(|error| {
            Error::new(
                ErrorCode::RecordInvalid,
                "A record in the archive cannot be decoded.",
            )
            .with(|context| {
                context.path = text(&error, "path");
                context.found = text(&error, "found").map(Value::from);
            })
        })?;
        let (values, wanted) = (decoded.values(), decoded.wanted());
        if values.length() == 0 && !wanted.is_empty() {
            return Ok(Step::Wanted(wanted));
        }
        Ok(Step::Records {
            records: Decoded {
                records: Records {
                    values,
                    keys: decoded.keys(),
                    lost: 0,
                },
                bytes: decoded.bytes() as usize,
            },
            end: decoded.end(),
        })
    }
}

/// The key that a key path finds in a record.
pub(super) fn key_at(record: &JsValue, path: &KeyPath) -> JsValue {
    js_key_at(record, &key_path_to_js(Some(path)))
}

/// A key as an archive writes it, for an error.
pub(super) fn key_for_error(key: &JsValue) -> Option<Value> {
    json::value(&key_to_json(key).ok()?)
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
        context.key = text(error, "key").and_then(|key| json::value(&key));
        context.path = text(error, "path");
        context.found = Some(found.into());
    })
}

/// A property that is a string.
pub(super) fn text(error: &JsValue, property: &str) -> Option<String> {
    Reflect::get(error, &property.into()).ok()?.as_string()
}
