//! The message codec for gloo-worker: plain objects on the wire, and no envelope.
//!
//! gloo-worker wraps every message in a private envelope and lets a codec return no error. So a
//! message from the page is decoded to an opaque [`Incoming`], inside the envelope that gloo-worker
//! expects, and parsed fallibly in a second step; an event leaves without its envelope.

use std::cell::RefCell;

use gloo_worker::Codec;
use js_sys::{Array, JSON, Map, Object, Reflect};
use serde::{Deserialize, Serialize};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FileList};

use crate::handle::PLACEHOLDER;
use crate::{Command, Error, ErrorCode, Event, PROTOCOL_VERSION, Rejected};

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
    /// The browser objects of the message being parsed, by index.
    static HANDLES: RefCell<Vec<JsValue>> = const { RefCell::new(Vec::new()) };
}

/// The browser object at `index` of the message being parsed.
pub(crate) fn handle_at(index: usize) -> Option<JsValue> {
    HANDLES.with_borrow(|handles| handles.get(index).cloned())
}

impl Incoming {
    /// Reads the command.
    ///
    /// # Errors
    ///
    /// `INVALID_MESSAGE` with the field's JSON Pointer in `context.path`.
    pub fn parse(&self) -> Result<Command, Box<Rejected>> {
        HANDLES.with_borrow_mut(Vec::clear);
        let command = match to_json(&self.0) {
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
/// lone surrogates, so strings survive that Rust could not hold.
fn to_json(message: &JsValue) -> Option<String> {
    let replacer =
        Closure::<dyn FnMut(JsValue, JsValue) -> JsValue>::new(|_key, value: JsValue| {
            if !value.is_instance_of::<Blob>() && !value.is_instance_of::<FileList>() {
                return value;
            }
            let index = HANDLES.with_borrow_mut(|handles| {
                handles.push(value);
                handles.len() - 1
            });
            let placeholder = Object::new();
            // Setting a property of a fresh object cannot fail.
            let _ = Reflect::set(
                &placeholder,
                &PLACEHOLDER.into(),
                &JsValue::from(index as f64),
            );
            placeholder.into()
        });
    let text = JSON::stringify_with_replacer(message, replacer.as_ref()).ok()?;
    Some(text.as_string().unwrap_or_else(|| "null".to_owned()))
}

/// The plain object for an event. Handles pass through; `None` is absent, a number is a number.
fn to_js<T: Serialize>(value: &T) -> JsValue {
    // As `Serializer::json_compatible`, but for maps: it would set their entries one by one, and one of the
    // name __proto__ would be none.
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    let value_to_js = value.serialize(&serializer).map(maps_to_objects);
    value_to_js.unwrap_or_else(|_| {
        // It refuses an integer that a JavaScript number cannot hold exactly, such as one that was
        // found in an archive. JSON has no such scruple, and what it lacks, handles, is in no error.
        let text = serde_json::to_string(value).unwrap_or_default();
        JSON::parse(&text).unwrap_or(JsValue::NULL)
    })
}

/// The value with objects in place of the Maps in its objects, arrays and Maps.
fn maps_to_objects(value: JsValue) -> JsValue {
    if let Some(map) = value.dyn_ref::<Map>() {
        let entries = map.entries().into_iter().flatten();
        let entries = entries.map(|entry| {
            let entry: Array = entry.unchecked_into();
            entry.set(1, maps_to_objects(entry.get(1)));
            entry
        });
        return Object::from_entries(&entries.collect::<Array>()).map_or(JsValue::NULL, Into::into);
    }
    // A Blob is none.
    let plain = Object::get_prototype_of(&Object::new());
    let is_plain = |object: &Object| Object::is(&Object::get_prototype_of(object), &plain);
    if let Some(array) = value.dyn_ref::<Array>() {
        for index in 0..array.length() {
            array.set(index, maps_to_objects(array.get(index)));
        }
    } else if let Some(object) = value.dyn_ref::<Object>().filter(|object| is_plain(object)) {
        for entry in Object::entries(object) {
            let entry: Array = entry.unchecked_into();
            let (name, value) = (entry.get(0), entry.get(1));
            if value.is_object() {
                let value = maps_to_objects(value);
                let _ = Reflect::set(object, &name, &value);
            }
        }
    }
    value
}

impl Codec for PlainObjects {
    fn encode<I: Serialize>(input: I) -> JsValue {
        let envelope = to_js(&input);
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
