//! The deserializer. It takes objects and arrays apart; what is in between, strings, numbers and what is
//! skipped, is serde_json's to step over.
//!
//! It is stricter than serde_json: a struct comes from an object only. And it knows the place of a fault.

mod enums;
mod fault;

use std::borrow::Cow;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Expected, IntoDeserializer,
    MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;

use crate::handle::PLACEHOLDER;
pub use fault::Fault;

/// Begins the name of an enum whose variant is named by the field `type` of its object.
const TAGGED: &str = "internally tagged enum ";

/// What stands for the variant of such an enum, and for the kind of a message.
const TYPE: &str = "type";

/// How `RawValue` asks for its text.
const RAW: &str = "$serde_json::private::RawValue";

/// As serde_json's.
const DEPTH_MAX: usize = 128;

#[derive(Clone)]
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    /// Whether the next object has a field `type` that is none of the struct's.
    is_typed: bool,
}

/// What comes next. Of arrays and objects only the first byte is read.
enum Next<'a> {
    Null,
    Flag(bool),
    Count(u64),
    Negative(i64),
    Number(f64),
    Text(Cow<'a, str>),
    Array,
    Object,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            is_typed: false,
        }
    }

    pub(super) fn typed(text: &'a str) -> Self {
        Self {
            is_typed: true,
            ..Self::new(text)
        }
    }

    pub(super) fn read_all<T: DeserializeOwned>(mut self) -> Result<T, Fault> {
        match T::deserialize(&mut self) {
            Ok(read) => self.end().map(|()| read),
            Err(fault) => Err(fault.placed(self.text, self.at)),
        }
    }

    /// Reads an object's member.
    pub(super) fn member(mut self, name: &str) -> Result<Option<&'a str>, Fault> {
        let mut found = None;
        match self.next()? {
            Next::Object => {}
            other => return Err(other.is_not(&"an object")),
        }
        let mut is_first = true;
        while let Some(key) = self.key(is_first)? {
            is_first = false;
            let value = self.raw()?;
            if key == name {
                found = Some(value);
            }
        }
        self.end().map(|()| found)
    }

    /// Nothing may follow.
    fn end(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(_) => Err(Fault::new("trailing characters").placed(self.text, self.at)),
            None => Ok(()),
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&mut self) -> Option<u8> {
        let rest = self.rest();
        let more = rest.trim_start_matches([' ', '\n', '\r', '\t']);
        self.at += rest.len() - more.len();
        more.as_bytes().first().copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    /// The text of the next value, whatever it is.
    fn raw(&mut self) -> Result<&'a str, Fault> {
        let rest = self.rest();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        let value = values.next();
        let taken = values.byte_offset();
        let Some(Ok(value)) = value else {
            return Err(self.not_json());
        };
        self.at += taken;
        Ok(value.get())
    }

    fn next(&mut self) -> Result<Next<'a>, Fault> {
        match self.peek() {
            Some(b'{') => {
                self.enter()?;
                return Ok(Next::Object);
            }
            Some(b'[') => {
                self.enter()?;
                return Ok(Next::Array);
            }
            _ => {}
        }
        let raw = self.raw()?;
        Ok(match raw {
            "null" => Next::Null,
            "true" => Next::Flag(true),
            "false" => Next::Flag(false),
            text if text.starts_with('"') => Next::Text(self.string(raw)?),
            number => self.number(number)?,
        })
    }

    fn enter(&mut self) -> Result<(), Fault> {
        self.at += 1;
        self.depth += 1;
        if self.depth >= DEPTH_MAX {
            return Err(Fault::new("recursion limit exceeded"));
        }
        Ok(())
    }

    fn string(&self, raw: &'a str) -> Result<Cow<'a, str>, Fault> {
        if !raw.contains('\\') {
            let bare = raw.get(1..raw.len() - 1);
            return Ok(Cow::Borrowed(bare.unwrap_or_default()));
        }
        let string = serde_json::from_str::<String>(raw);
        string.map(Cow::Owned).map_err(|error| {
            let why = error.to_string();
            Fault::new(why.split(" at line ").next().unwrap_or_default())
        })
    }

    fn number(&self, text: &str) -> Result<Next<'a>, Fault> {
        if let Ok(count) = text.parse() {
            return Ok(Next::Count(count));
        }
        match text.parse() {
            Ok(negative) if negative != 0 => return Ok(Next::Negative(negative)),
            _ => {}
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Next::Number(number)),
            Ok(_) => Err(Fault::new("number out of range")),
            Err(_) => Err(self.not_json()),
        }
    }

    /// The next key of an object, or its end.
    fn key(&mut self, is_first: bool) -> Result<Option<Cow<'a, str>>, Fault> {
        if self.take(b'}') {
            self.depth -= 1;
            return Ok(None);
        }
        if (!is_first && !self.take(b',')) || self.peek() != Some(b'"') {
            return Err(self.not_json());
        }
        let raw = self.raw()?;
        let key = self.string(raw)?;
        if !self.take(b':') {
            return Err(self.not_json());
        }
        self.peek();
        Ok(Some(key))
    }

    /// Whether an array goes on.
    fn goes_on(&mut self, is_first: bool) -> Result<bool, Fault> {
        if self.take(b']') {
            self.depth -= 1;
            return Ok(false);
        }
        if !is_first && !self.take(b',') {
            return Err(self.not_json());
        }
        self.peek();
        Ok(true)
    }

    /// The fault that serde_json finds.
    fn not_json(&self) -> Fault {
        match serde_json::from_str::<&RawValue>(self.text) {
            Err(error) => Fault::no_json(&error),
            Ok(_) => Fault::new("expected value"),
        }
    }

    /// The index of a browser object.
    fn handle(&mut self) -> Result<u64, Fault> {
        let refused = |fault: Fault| fault.that_says("expected a Blob or File");
        let begins = self.next().map_err(refused)?;
        if !matches!(begins, Next::Object) {
            return Err(refused(Fault::new("")));
        }
        let mut index = None;
        let mut is_first = true;
        while let Some(key) = self.key(is_first).map_err(refused)? {
            is_first = false;
            let at = |fault: Fault| refused(fault).inside(&key);
            match self.next().map_err(at)? {
                Next::Count(count) if key == PLACEHOLDER => index = Some(count),
                _ => return Err(at(Fault::new(""))),
            }
        }
        index.ok_or_else(|| refused(Fault::new("")))
    }
}

impl Next<'_> {
    fn is_not(&self, expected: &dyn Expected) -> Fault {
        let found = match self {
            Self::Null => Unexpected::Unit,
            Self::Flag(flag) => Unexpected::Bool(*flag),
            Self::Count(number) => Unexpected::Unsigned(*number),
            Self::Negative(number) => Unexpected::Signed(*number),
            Self::Number(number) => Unexpected::Float(*number),
            Self::Text(text) => Unexpected::Str(text),
            Self::Array => Unexpected::Seq,
            Self::Object => Unexpected::Map,
        };
        Fault::invalid_type(found, expected)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.next()? {
            Next::Null => visitor.visit_unit(),
            Next::Flag(flag) => visitor.visit_bool(flag),
            Next::Count(number) => visitor.visit_u64(number),
            Next::Negative(number) => visitor.visit_i64(number),
            Next::Number(number) => visitor.visit_f64(number),
            Next::Text(text) => visitor.visit_str(&text),
            Next::Object => visitor.visit_map(Members::of(self, false)),
            Next::Array => {
                let mut has_ended = false;
                let values = Values {
                    reader: self,
                    index: 0,
                    has_ended: &mut has_ended,
                };
                let read = visitor.visit_seq(values)?;
                if !has_ended && self.goes_on(false)? {
                    return Err(Fault::new("trailing characters"));
                }
                Ok(read)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.peek() == Some(b'n') {
            self.raw()?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match name {
            RAW => {
                self.peek();
                visitor.visit_map(Raw(Some(self.raw()?)))
            }
            PLACEHOLDER => visitor.visit_u64(self.handle()?),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let is_typed = std::mem::take(&mut self.is_typed);
        match self.next()? {
            Next::Object => visitor.visit_map(Members::of(self, is_typed)),
            other => Err(other.is_not(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_struct("", &[], visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        enums::read(self, name, visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        #[cfg(target_arch = "wasm32")]
        if self.peek() == Some(b'{') {
            let bytes = crate::codec::bytes_at(self.handle()?);
            return visitor.visit_byte_buf(bytes.ok_or_else(|| Fault::new("expected bytes"))?);
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.peek();
        self.raw()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes unit unit_struct
        seq tuple tuple_struct identifier
    }
}

struct Members<'r, 'a> {
    reader: &'r mut Reader<'a>,
    is_first: bool,
    is_typed: bool,
    key: Cow<'a, str>,
}

impl<'r, 'a> Members<'r, 'a> {
    fn of(reader: &'r mut Reader<'a>, is_typed: bool) -> Self {
        Self {
            reader,
            is_first: true,
            is_typed,
            key: Cow::Borrowed(""),
        }
    }

    fn next(&mut self) -> Result<bool, Fault> {
        while let Some(key) = self.reader.key(self.is_first)? {
            self.is_first = false;
            if self.is_typed && key == TYPE {
                self.reader.raw()?;
                continue;
            }
            self.key = key;
            return Ok(true);
        }
        Ok(false)
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        if !self.next()? {
            return Ok(None);
        }
        let key: StrDeserializer<'_, Fault> = self.key.as_ref().into_deserializer();
        let key = seed.deserialize(key);
        key.map(Some).map_err(|fault| fault.inside(&self.key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = seed.deserialize(&mut *self.reader);
        value.map_err(|fault| fault.inside(&self.key))
    }
}

struct Values<'r, 'a> {
    reader: &'r mut Reader<'a>,
    index: usize,
    has_ended: &'r mut bool,
}

impl<'de> SeqAccess<'de> for Values<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        if *self.has_ended || !self.reader.goes_on(self.index == 0)? {
            *self.has_ended = true;
            return Ok(None);
        }
        let value = seed.deserialize(&mut *self.reader);
        self.index += 1;
        let index = self.index - 1;
        value
            .map(Some)
            .map_err(|fault| fault.inside(&index.to_string()))
    }
}

/// A value's text, as `RawValue` takes it.
struct Raw<'a>(Option<&'a str>);

impl<'de> MapAccess<'de> for Raw<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let key: StrDeserializer<'_, Fault> = RAW.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let text: StrDeserializer<'_, Fault> =
            self.0.take().unwrap_or_default().into_deserializer();
        seed.deserialize(text)
    }
}
