//! Keeps the values of a line while it is read.

use std::collections::HashMap;

use crate::limits::SAFE_INTEGER_MAX;
use crate::locate::{Child, Found, Keep};
use crate::payload::{
    BlobPayload, CryptoKeyPayload, DomExceptionPayload, FilePayload, ImageBitmapPayload,
    RegExpPayload, ResizablePayload, content, list, number, object, string, whole,
};
use crate::place::Spot;
use crate::pointer::JsonString;
use crate::segment::Segments;
use crate::tag::Tag;
use crate::value::{Property, Record, Value};

/// The values that were read, and which of them stand at places.
#[derive(Default)]
pub(super) struct Tree {
    values: Vec<Value>,
    spots: HashMap<Spot, usize>,
}

impl<'a> Keep<'a> for Tree {
    type Node = usize;
    const ALL: bool = true;

    fn keep(&mut self, spot: Option<Spot>, found: Found<'_, 'a, usize>) -> Option<usize> {
        let value = match found.tag {
            None => untagged(&found),
            Some(tag) if tag.element_bytes().is_some() => self.view(tag, &found),
            Some(tag) => tagged(tag, &found),
        }?;
        let index = self.add(value);
        if let Some(spot) = spot {
            self.spots.insert(spot, index);
        }
        Some(index)
    }
}

impl Tree {
    fn add(&mut self, value: Value) -> usize {
        self.values.push(value);
        self.values.len() - 1
    }

    fn view(&mut self, kind: Tag, found: &Found<'_, '_, usize>) -> Option<Value> {
        let field = |name: &str| {
            let mut children = found.children.iter();
            children.find(|child| child.token == name.as_bytes())
        };
        if let Some(buffer) = field("buffer") {
            let size = |name| whole(field(name)?.text, SAFE_INTEGER_MAX);
            return Some(Value::View {
                kind,
                buffer: buffer.node,
                byte_offset: size("byteOffset")?,
                length: size("length"),
            });
        }
        let (data, bytes) = content(found.text)?;
        let buffer = self.add(Value::ArrayBuffer {
            max_byte_length: None,
            data,
        });
        Some(Value::View {
            kind,
            buffer,
            byte_offset: 0,
            length: Some(bytes / kind.element_bytes()?),
        })
    }

    /// The record: each ref and deep replaced by the object for which it stands, and nothing that only
    /// described others.
    pub(super) fn into_record(
        mut self,
        segments: &Segments<'_>,
        root: usize,
        key: Option<usize>,
    ) -> Option<Record> {
        let mut stands_for: Vec<usize> = (0..self.values.len()).collect();
        for (spot, index) in &self.spots {
            let target = segments.place(*spot).and_then(|place| place.target);
            if let Some(target) = target {
                *stands_for.get_mut(*index)? = *self.spots.get(&target)?;
            }
        }
        let mut order = Order::new(self.values.len());
        let root = order.meet(*stands_for.get(root)?)?;
        let key = match key {
            Some(key) => Some(order.meet(key)?),
            None => None,
        };
        let mut walked = 0;
        while let Some(index) = order.met.get(walked) {
            for part in self.values.get_mut(*index)?.parts() {
                *part = order.meet(*stands_for.get(*part)?)?;
            }
            walked += 1;
        }
        let mut values: Vec<_> = self.values.into_iter().map(Some).collect();
        let in_order = order.met.iter().map(|index| values.get_mut(*index)?.take());
        Some(Record {
            values: in_order.collect::<Option<_>>()?,
            root,
            key,
        })
    }
}

/// Numbers values in the order in which they are met.
struct Order {
    numbers: Vec<Option<usize>>,
    met: Vec<usize>,
}

impl Order {
    fn new(values: usize) -> Self {
        Self {
            numbers: vec![None; values],
            met: Vec::new(),
        }
    }

    fn meet(&mut self, index: usize) -> Option<usize> {
        let number = self.numbers.get_mut(index)?;
        if number.is_none() {
            *number = Some(self.met.len());
            self.met.push(index);
        }
        *number
    }
}

fn untagged(found: &Found<'_, '_, usize>) -> Option<Value> {
    let text = found.text;
    Some(match text.as_bytes().first()? {
        b'{' => Value::Object(properties(found.children)),
        b'[' => Value::Array(nodes(found.children)),
        b'"' => Value::String(serde_json::from_str(text).ok()?),
        b't' => Value::Boolean(true),
        b'f' => Value::Boolean(false),
        b'n' => Value::Null,
        // A number beyond f64 is infinite in JavaScript, and so it is to `parse`.
        _ => Value::Number(text.parse().ok()?),
    })
}

/// The value of a payload that was found to be sound. Where a ref or deep stands, there is nothing yet.
fn tagged(tag: Tag, found: &Found<'_, '_, usize>) -> Option<Value> {
    let text = found.text;
    Some(match tag {
        Tag::Undefined | Tag::Ref | Tag::Deep => Value::Undefined,
        Tag::Number => Value::Number(number(text)?),
        Tag::BigInt => Value::BigInt(string(text)?.into_owned()),
        Tag::Date => Value::Date(number(text)),
        Tag::Map => {
            let nodes = nodes(found.children);
            Value::Map(nodes.as_chunks().0.to_vec())
        }
        Tag::Set => Value::Set(nodes(found.children)),
        Tag::FileList => Value::FileList(nodes(found.children)),
        Tag::Array => {
            let mut fields = found.children.iter();
            let length = fields.find(|field| field.token == b"length")?;
            Value::SparseArray {
                length: whole(length.text, SAFE_INTEGER_MAX)?,
                properties: properties(found.properties),
            }
        }
        Tag::Error => Value::Error(properties(found.children)),
        Tag::ImageData => Value::ImageData(properties(found.children)),
        Tag::BooleanObject => Value::BooleanObject(text == "true"),
        Tag::NumberObject => Value::NumberObject(number(text)?),
        Tag::StringObject => Value::StringObject(serde_json::from_str(text).ok()?),
        Tag::BigIntObject => Value::BigIntObject(string(text)?.into_owned()),
        Tag::ArrayBuffer => Value::ArrayBuffer {
            max_byte_length: None,
            data: content(text)?.0,
        },
        Tag::ResizableArrayBuffer => {
            let buffer: ResizablePayload<'_> = object(text)?;
            Value::ArrayBuffer {
                max_byte_length: Some(whole(buffer.max_byte_length.get(), SAFE_INTEGER_MAX)?),
                data: content(buffer.data.get())?.0,
            }
        }
        Tag::RegExp => {
            let regexp: RegExpPayload<'_> = object(text)?;
            Value::RegExp {
                source: serde_json::from_str(regexp.source.get()).ok()?,
                flags: regexp.flags,
            }
        }
        Tag::DomException => {
            let exception: DomExceptionPayload<'_> = object(text)?;
            Value::DomException {
                name: serde_json::from_str(exception.name.get()).ok()?,
                message: serde_json::from_str(exception.message.get()).ok()?,
            }
        }
        Tag::Blob => {
            let blob: BlobPayload<'_> = object(text)?;
            Value::Blob {
                content_type: blob.content_type,
                data: content(blob.data.get())?.0,
            }
        }
        Tag::File => {
            let file: FilePayload<'_> = object(text)?;
            Value::File {
                name: file.name,
                content_type: file.content_type,
                last_modified: number(file.last_modified.get())?,
                data: content(file.data.get())?.0,
            }
        }
        Tag::ImageBitmap => {
            let image: ImageBitmapPayload<'_> = object(text)?;
            Value::ImageBitmap {
                width: whole(image.width.get(), SAFE_INTEGER_MAX)?,
                height: whole(image.height.get(), SAFE_INTEGER_MAX)?,
                data: content(image.data.get())?.0,
            }
        }
        Tag::CryptoKey => {
            let key: CryptoKeyPayload<'_> = object(text)?;
            Value::CryptoKey {
                algorithm: key.algorithm.get().to_owned(),
                usages: serde_json::from_str(key.usages.get()).ok()?,
                key: key.key.get().to_owned(),
            }
        }
        Tag::DomQuad => {
            let points = list(text)?;
            let numbers = points.iter().map(|point| numbers(point.get()));
            Value::Geometry {
                kind: tag,
                numbers: numbers.collect::<Option<Vec<_>>>()?.concat(),
            }
        }
        geometry => Value::Geometry {
            kind: geometry,
            numbers: numbers(text)?,
        },
    })
}

fn numbers(text: &str) -> Option<Vec<f64>> {
    list(text)?.iter().map(|part| number(part.get())).collect()
}

fn nodes(children: &[Child<'_, usize>]) -> Vec<usize> {
    children.iter().map(|child| child.node).collect()
}

/// Of two properties of one name, the value of the last one, where the first one stands.
fn properties(children: &[Child<'_, usize>]) -> Vec<Property> {
    let mut places = HashMap::with_capacity(children.len());
    let mut properties: Vec<Property> = Vec::with_capacity(children.len());
    for child in children {
        let place = *places.entry(&child.token).or_insert(properties.len());
        match properties.get_mut(place) {
            Some((_, node)) => *node = child.node,
            None => properties.push((JsonString::from_token(&child.token), child.node)),
        }
    }
    properties
}
