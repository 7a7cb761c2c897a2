//! What is wrong with a text, and where.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};
use serde_json::Number;

/// What is wrong with a text, and where. It is displayed with line and column.
#[derive(Debug)]
pub struct Fault(Box<Found>);

#[derive(Debug, Default)]
struct Found {
    why: String,
    path: String,
    /// Line and column.
    place: String,
    is_no_json: bool,
}

impl Fault {
    pub(in crate::json) fn new(why: &str) -> Self {
        Self(Box::new(Found {
            why: why.to_owned(),
            ..Found::default()
        }))
    }

    /// Text that is no JSON.
    pub(super) fn no_json(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let (why, place) = text.split_once(" at line ").unwrap_or((&text, ""));
        let mut fault = Self::new(why);
        fault.0.place = format!(" at line {place}");
        fault.0.is_no_json = true;
        fault
    }

    /// Whether the text is no JSON; otherwise it does not fit the type.
    pub(in crate::json) fn is_no_json(&self) -> bool {
        self.0.is_no_json
    }

    pub(in crate::json) fn that_says(mut self, why: &str) -> Self {
        why.clone_into(&mut self.0.why);
        self
    }

    /// The same for the value around, which has the faulty one under this key.
    pub(super) fn inside(mut self, key: &str) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        self.0.path = format!("/{key}{}", self.0.path);
        self
    }

    /// The same for the value around, without saying where in it.
    pub(super) fn anywhere(mut self) -> Self {
        self.0.path.clear();
        self
    }

    /// The same with line and column, counted from 1.
    pub(super) fn placed(mut self, text: &str, at: usize) -> Self {
        if self.0.place.is_empty() {
            let before = text.get(..at).unwrap_or(text).as_bytes();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let column = before.iter().rev().take_while(|byte| **byte != b'\n');
            self.0.place = format!(" at line {line} column {}", column.count());
        }
        self
    }

    /// The JSON Pointer to the value, or to the field that is missing.
    pub fn path(&self) -> String {
        let missing = self.0.why.strip_prefix("missing field `");
        match missing.and_then(|rest| rest.split('`').next()) {
            Some(field) => format!("{}/{field}", self.0.path),
            None => self.0.path.clone(),
        }
    }

    /// What is wrong, without line and column.
    pub fn why(&self) -> &str {
        &self.0.why
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.why)?;
        f.write_str(&self.0.place)
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self::new(&why.to_string())
    }

    /// In JSON's words.
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Unit => "null".to_owned(),
            Unexpected::Float(number) => {
                let number = Number::from_f64(number).map(|number| number.to_string());
                format!("floating point `{}`", number.unwrap_or_default())
            }
            found => found.to_string(),
        };
        Self::new(&format!("invalid type: {found}, expected {expected}"))
    }
}
