//! JSON text, read into our types and written from them, for messages, for an archive's documents and for the notes of
//! a restore alike.
//!
//! serde compiles a type once more for each deserializer and each serializer that it meets. So there is one of
//! each, whatever the text is for: with serde_json's own, as many as it has kinds of input and layout, they cost a tenth of the worker's code.

mod reader;
mod writer;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

pub use reader::Fault;

use reader::Reader;

/// Reads a value.
///
/// # Errors
///
/// What is wrong, and where.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    Reader::new(text).read_all()
}

/// Reads a value from what should be UTF-8.
///
/// # Errors
///
/// What is wrong, and where.
pub fn read_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return read(text),
        Err(error) => error,
    };
    // What comes before it tells the field.
    let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
    match read::<T>(std::str::from_utf8(before).unwrap_or_default()) {
        Err(fault) if fault.is_no_json() => Err(fault.that_says("invalid unicode code point")),
        Err(fault) => Err(fault),
        Ok(_) => Err(Fault::new("trailing characters")),
    }
}

/// Reads a struct from an object that has a field `type` besides.
pub(crate) fn read_typed<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    Reader::typed(text).read_all()
}

/// The members of an object, and nothing else; of a name that comes twice the last.
pub(crate) fn member<'a>(text: &'a str, name: &str) -> Result<Option<&'a str>, Fault> {
    Reader::new(text).member(name)
}

/// The value, if it is one. Its numbers are the nearest ones.
pub fn value(text: &str) -> Option<Value> {
    read(text).ok()
}

/// Whether it is JSON text, be there in its strings whatever a JavaScript string can hold.
pub fn is_valid(bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes);
    text.is_ok_and(|text| serde_json::from_str::<&RawValue>(text).is_ok())
}

/// The value of what can be written as JSON.
pub fn to_value(value: &impl Serialize) -> Option<Value> {
    self::value(&text(value))
}

/// JSON text on one line; empty for what cannot be written, such as a map whose keys are no strings.
pub fn text(value: &impl Serialize) -> String {
    let text = writer::write(value, false);
    String::from_utf8(text.unwrap_or_default()).unwrap_or_default()
}

/// JSON text with indents.
///
/// # Errors
///
/// Why it cannot be written.
pub fn pretty(value: &impl Serialize) -> Result<Vec<u8>, String> {
    writer::write(value, true)
}
