//! The message codec for gloo-worker: plain objects on the wire, and no envelope.
//!
//! gloo-worker wraps every message in a private envelope and lets a codec return no error. So a
//! message from the page is decoded to an opaque [`Incoming`], inside the envelope that gloo-worker
//! expects, and parsed fallibly in a second step; an event leaves without its envelope.

use std::cell::RefCell;

use gloo_worker::Codec;
use js_sys::{Function, JSON, Map, Object, Reflect, Uint8Array};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FileList};

use crate::handle::PLACEHOLDER;
use crate::{Command, Error, ErrorCode, Event, PROTOCOL_VERSION, Rejected, json};

/// The codec.
#[derive(Debug)]
pub struct PlainObjects;

/// A message from the page, not yet looked at.
#[derive(Debug, Serialize, Deserialize)]
pub struct Incoming(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue);

/// An event for the page, ready to be posted.
#[derive(Debug, Serialize, Deserialize)]
pub struct Outgoing(#[serde(with = "serde_wasm_bindgen::preserve")] JsValue);

thread_local! {
    /// The browser objects of the text being read or written, by index.
    static HANDLES: RefCell<Vec<JsValue>> = const { RefCell::new(Vec::new()) };
}

/// The browser object at `index` of the text being read.
pub(crate) fn handle_at(index: u64) -> Option<JsValue> {
    let index = usize::try_from(index).ok()?;
    HANDLES.with_borrow(|handles| handles.get(index).cloned())
}

/// The bytes at `index` of the text being read.
pub(crate) fn bytes_at(index: u64) -> Option<Vec<u8>> {
    let bytes = handle_at(index)?.dyn_into::<Uint8Array>().ok()?;
    Some(bytes.to_vec())
}

/// Keeps a browser object of the text being written, and gives its index.
pub(crate) fn keep_handle(handle: JsValue) -> usize {
    HANDLES.with_borrow_mut(|handles| {
        handles.push(handle);
        handles.len() - 1
    })
}

impl Incoming {
    /// Reads the command.
    ///
    /// # Errors
    ///
    /// `INVALID_MESSAGE` with the field's JSON Pointer in `context.path`.
    pub fn parse(&self) -> Result<Command, Box<Rejected>> {
        HANDLES.with_borrow_mut(Vec::clear);
        let command = match to_json(&self.0, false) {
            Some(text) => Command::from_json(&text),
            None => Err(Box::new(Rejected {
                job_id: Reflect::get(&self.0, &"jobId".into())
                    .ok()
                    .and_then(|id| id.as_string()),
                error: Error::new(
                    ErrorCode::InvalidMessage,
                    "The message cannot be written as JSON: it has a cycle or a BigInt.",
                ),
            })),
        };
        HANDLES.with_borrow_mut(Vec::clear);
        command
    }
}

impl Outgoing {
    /// Makes an event ready to be posted.
    pub fn new(event: &Event) -> Self {
        Self(to_js(event))
    }

    /// The plain object.
    pub fn as_js(&self) -> &JsValue {
        &self.0
    }
}

/// JSON text in which every Blob (so every File) and FileList stands as its placeholder. `JSON.stringify` escapes
/// lone surrogates, so strings survive that Rust could not hold. In a note of ours bytes do too, and Maps are objects.
fn to_json(message: &JsValue, is_note: bool) -> Option<String> {
    let replacer =
        Closure::<dyn FnMut(JsValue, JsValue) -> JsValue>::new(move |_key, value: JsValue| {
            if let Some(map) = value.dyn_ref::<Map>().filter(|_| is_note) {
                return Object::from_entries(map).map_or(JsValue::NULL, Into::into);
            }
            let is_bytes = is_note && value.is_instance_of::<Uint8Array>();
            if !is_bytes && !value.is_instance_of::<Blob>() && !value.is_instance_of::<FileList>() {
                return value;
            }
            let placeholder = Object::new();
            // Setting a property of a fresh object cannot fail.
            let _ = Reflect::set(
                &placeholder,
                &PLACEHOLDER.into(),
                &JsValue::from(keep_handle(value) as f64),
            );
            placeholder.into()
        });
    let text = JSON::stringify_with_replacer(message, replacer.as_ref()).ok()?;
    Some(text.as_string().unwrap_or_else(|| "null".to_owned()))
}

/// The plain object for a value; handles and bytes are in it by reference. `None` is absent or null, a number is a number, the nearest one.
pub fn to_js(value: &impl Serialize) -> JsValue {
    HANDLES.with_borrow_mut(Vec::clear);
    let text = json::text(value);
    let has_handles = HANDLES.with_borrow(|handles| !handles.is_empty());
    let reviver = Closure::<dyn FnMut(JsValue, JsValue) -> JsValue>::new(|_key, value: JsValue| {
        let handle = index_in(&value).and_then(handle_at);
        handle.unwrap_or(value)
    });
    let reviver = has_handles.then(|| reviver.as_ref().unchecked_ref());
    let object = parse_with(&text, reviver).unwrap_or(JsValue::NULL);
    HANDLES.with_borrow_mut(Vec::clear);
    object
}

/// A value out of its plain object, as [`to_js`] makes it.
///
/// # Errors
///
/// What does not fit the type.
pub fn from_js<T: DeserializeOwned>(object: &JsValue) -> std::result::Result<T, String> {
    HANDLES.with_borrow_mut(Vec::clear);
    let text = to_json(object, true).unwrap_or_default();
    let value = json::read(&text).map_err(|fault| format!("{} at {}", fault.why(), fault.path()));
    HANDLES.with_borrow_mut(Vec::clear);
    value
}

/// The index in a placeholder.
fn index_in(value: &JsValue) -> Option<u64> {
    if !value.is_object() {
        return None;
    }
    let index = Reflect::get(value, &PLACEHOLDER.into()).ok()?.as_f64()?;
    Some(index as u64)
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, js_name = parse, catch)]
    fn parse_with(text: &str, reviver: Option<&Function>) -> std::result::Result<JsValue, JsValue>;
}

impl Codec for PlainObjects {
    fn encode<I: Serialize>(input: I) -> JsValue {
        let envelope = input.serialize(&serde_wasm_bindgen::Serializer::new());
        let envelope = envelope.unwrap_or_default();
        // `{ ProcessOutput: [handler, event] }`, or the string "WorkerLoaded".
        match Reflect::get(&envelope, &"ProcessOutput".into()) {
            Ok(output) if !output.is_undefined() => {
                Reflect::get_u32(&output, 1).unwrap_or(JsValue::NULL)
            }
            _ => to_js(&Event::Loaded {
                protocol_version: PROTOCOL_VERSION,
            }),
        }
    }

    #[allow(
        clippy::expect_used,
        reason = "the trait returns no error, and the envelope is ours"
    )]
    fn decode<O>(input: JsValue) -> O
    where
        O: for<'de> Deserialize<'de>,
    {
        // There is one page per worker: every message comes from gloo-worker's handler 0.
        let envelope = Object::new();
        let input = js_sys::Array::of2(&JsValue::from(0), &input);
        Reflect::set(&envelope, &"ProcessInput".into(), &input).expect("a fresh object");
        serde_wasm_bindgen::from_value(envelope.into()).expect("the envelope of gloo-worker 0.6")
    }
}
