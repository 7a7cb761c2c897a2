//! Enums: a word, an object whose one key is the variant, or, where the enum's name asks for it, an object that names the
//! variant in its field `type`.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
};

use super::{Fault, Next, Reader, TAGGED, TYPE};

pub(super) fn read<'de, V: Visitor<'de>>(
    reader: &mut Reader<'de>,
    name: &'static str,
    visitor: V,
) -> Result<V::Value, Fault> {
    let (name, content) = variant(reader, name)?;
    let read = visitor.visit_enum(Variant {
        reader: &mut *reader,
        name,
        content,
    })?;
    if content == Content::Member && reader.key(false)?.is_some() {
        return Err(Fault::new("expected value"));
    }
    Ok(read)
}

/// Where a variant's content is.
#[derive(Clone, Copy, PartialEq)]
enum Content {
    None,
    /// The value of the one member.
    Member,
    /// The other members.
    Members,
}

fn variant<'a>(reader: &mut Reader<'a>, name: &str) -> Result<(Cow<'a, str>, Content), Fault> {
    if name.starts_with(TAGGED) {
        reader.peek();
        let mut ahead = reader.clone();
        return match ahead.next()? {
            Next::Object => Ok((kind(ahead)?, Content::Members)),
            other => Err(other.is_not(&name)),
        };
    }
    match reader.next()? {
        Next::Text(word) => Ok((word, Content::None)),
        Next::Object => {
            let key = reader.key(true)?;
            let key = key.ok_or_else(|| Fault::new("expected value"))?;
            Ok((key, Content::Member))
        }
        _ => Err(Fault::new("expected value")),
    }
}

/// The field `type` of an object that has begun.
fn kind<'a>(mut reader: Reader<'a>) -> Result<Cow<'a, str>, Fault> {
    let mut is_first = true;
    while let Some(key) = reader.key(is_first)? {
        is_first = false;
        if key == TYPE {
            return match reader.next()? {
                Next::Text(kind) => Ok(kind),
                other => Err(other.is_not(&"variant identifier").inside(TYPE)),
            };
        }
        reader.raw()?;
    }
    Err(Fault::new("missing field `type`"))
}

struct Variant<'r, 'a> {
    reader: &'r mut Reader<'a>,
    name: Cow<'a, str>,
    content: Content,
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let name: StrDeserializer<'_, Fault> = self.name.as_ref().into_deserializer();
        match seed.deserialize(name) {
            Ok(variant) => Ok((variant, self)),
            Err(fault) if self.content == Content::Members => Err(fault.inside(TYPE)),
            Err(fault) => Err(fault),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            Content::None => Ok(()),
            _ => Deserialize::deserialize(self.reader),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        match self.content {
            Content::None => Err(Fault::new("expected value")),
            _ => seed.deserialize(self.reader),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.reader.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let is_typed = self.content == Content::Members;
        self.reader.is_typed = is_typed;
        let read = self.reader.deserialize_struct("", fields, visitor);
        // In such an object the object is the place.
        read.map_err(|fault| if is_typed { fault.anywhere() } else { fault })
    }
}
