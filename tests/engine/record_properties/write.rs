//! Writes values as the format describes it, without any of the code that reads them.

use std::collections::{HashSet, VecDeque};

use pos_backup::record::{BlobRef, Bytes, JsonString, Record, Tag, Value};
use proptest::sample::Index;

use super::values::{Content, Kind, Leaf, Spec, Text, blob_of};

/// A line, and what must be read from it.
#[derive(Debug)]
pub struct Written {
    pub line: String,
    pub record: Record,
    pub blobs: Vec<BlobRef>,
}

/// Writes the value, with a key or without.
pub fn write(value: Spec, key: Option<Spec>) -> Written {
    let mut writer = Writer::default();
    let root = writer.slot();
    writer.members.push_back((value, root));
    let mut segments = Vec::new();
    while let Some((spec, slot)) = writer.members.pop_front() {
        writer.segment = segments.len();
        let json = writer.value(spec, "", Some(slot)).0;
        segments.push(member(&json, &std::mem::take(&mut writer.tags)));
    }
    let blobs = std::mem::take(&mut writer.blobs);
    let mut line = segments.remove(0);
    line.pop();
    if !segments.is_empty() {
        line += &format!(",\"d\":[{}]", segments.join(","));
    }
    let mut key_slot = None;
    if let Some(key) = key {
        let (json, slot) = writer.value(key, "", None);
        key_slot = Some(slot);
        let form = match writer.tags.as_slice() {
            [] => json,
            tags => member(&json, tags),
        };
        line += &format!(",\"k\":{form}");
    }
    Written {
        line: line + "}",
        record: Record {
            values: writer.values.into_iter().map(Option::unwrap).collect(),
            root,
            key: key_slot,
        },
        blobs,
    }
}

fn member(v: &str, tags: &[(String, &str)]) -> String {
    let tags: Vec<_> = tags
        .iter()
        .map(|(place, tag)| format!("\"{place}\":\"{tag}\""))
        .collect();
    match tags.as_slice() {
        [] => format!("{{\"v\":{v}}}"),
        tags => format!("{{\"v\":{v},\"t\":{{{}}}}}", tags.join(",")),
    }
}

#[derive(Default)]
struct Writer {
    values: Vec<Option<Value>>,
    /// What is to become the members of `d`, after the record itself.
    members: VecDeque<(Spec, usize)>,
    /// How many of them were named so far.
    named: usize,
    segment: usize,
    tags: Vec<(String, &'static str)>,
    /// The objects so far: their segments, pointers and slots.
    objects: Vec<(usize, String, usize)>,
    /// Of the buffers, the objects' indexes, and how many bytes there are; whether resizable.
    buffers: Vec<(usize, u64, bool)>,
    blobs: Vec<BlobRef>,
}

impl Writer {
    fn slot(&mut self) -> usize {
        self.values.push(None);
        self.values.len() - 1
    }

    fn add(&mut self, value: Value) -> usize {
        self.values.push(Some(value));
        self.values.len() - 1
    }

    /// Gives the JSON text of the value at the pointer, and its slot.
    fn value(&mut self, spec: Spec, at: &str, slot: Option<usize>) -> (String, usize) {
        match spec {
            Spec::Again(index) => return self.again(index, at, slot),
            Spec::Deep(inner) if slot.is_none() => return self.deep(*inner, at),
            Spec::Deep(inner) => return self.value(*inner, at, slot),
            _ => {}
        }
        let slot = slot.unwrap_or_else(|| self.slot());
        if !matches!(&spec, Spec::Leaf(leaf) if leaf.same.is_some()) {
            self.objects.push((self.segment, at.to_owned(), slot));
        }
        let (json, value) = match spec {
            Spec::Leaf(leaf) => self.leaf(leaf, at),
            Spec::Array(members) => {
                let (json, members) = self.list(members, at);
                (json, Value::Array(members))
            }
            Spec::Object(properties) => {
                let (json, properties) = self.properties(properties, at);
                (json, Value::Object(properties))
            }
            Spec::Set(members) => {
                self.tag(at, "set");
                let mut seen = HashSet::new();
                let members = members.into_iter();
                let members = members.filter(|member| self.is_new(member, &mut seen));
                let members = members.collect();
                let (json, members) = self.list(members, at);
                (json, Value::Set(members))
            }
            Spec::Map(entries) => self.map(entries, at),
            Spec::Sparse(elements, holes, named) => self.sparse(elements, holes, named, at),
            Spec::Error {
                name,
                message,
                line,
                cause,
                errors,
            } => {
                self.tag(at, "error");
                let fields = self.error_fields(name, message, line, cause, errors, at);
                (object(&fields), Value::Error(indexes(fields)))
            }
            Spec::FileList(files) => {
                self.tag(at, "filelist");
                let files = files.into_iter().map(Spec::Leaf).collect();
                let (json, files) = self.list(files, at);
                (json, Value::FileList(files))
            }
            Spec::Whole(kind, content) => self.whole(kind, content, at),
            Spec::Part {
                kind,
                buffer,
                offset,
                length,
                earlier,
            } => self.part(kind, buffer, offset, length, earlier, at),
            Spec::ImageData(width, height, float) => self.image(width, height, float, at),
            Spec::Again(_) | Spec::Deep(_) => unreachable!(),
        };
        self.values[slot] = Some(value);
        (json, slot)
    }

    fn tag(&mut self, at: &str, tag: &'static str) {
        self.tags.push((at.to_owned(), tag));
    }

    /// A ref to one of the objects so far.
    fn again(&mut self, index: Index, at: &str, slot: Option<usize>) -> (String, usize) {
        if self.objects.is_empty() || slot.is_some() {
            return self.value(Spec::Array(Vec::new()), at, slot);
        }
        let (segment, pointer, slot) = self.objects[index.index(self.objects.len())].clone();
        self.tag(at, "ref");
        let json = match segment {
            0 => format!("\"{pointer}\""),
            member => format!("[{},\"{pointer}\"]", member - 1),
        };
        (json, slot)
    }

    fn deep(&mut self, spec: Spec, at: &str) -> (String, usize) {
        let mut spec = spec;
        while let Spec::Deep(inner) = spec {
            spec = *inner;
        }
        if matches!(&spec, Spec::Leaf(leaf) if leaf.same.is_some()) {
            return self.value(spec, at, None);
        }
        let slot = self.slot();
        let member = self.named;
        self.named += 1;
        self.members.push_back((spec, slot));
        // Named by now, though it is written later.
        self.objects.push((member + 1, String::new(), slot));
        self.tag(at, "deep");
        (member.to_string(), slot)
    }

    fn leaf(&mut self, leaf: Leaf, at: &str) -> (String, Value) {
        if !leaf.tag.is_empty() {
            self.tag(at, leaf.tag);
        }
        if let Value::ArrayBuffer {
            max_byte_length,
            data,
        } = &leaf.value
        {
            let object = self.objects.len() - 1;
            self.buffers
                .push((object, length_of(data), max_byte_length.is_some()));
        }
        self.blobs.extend(leaf.blob);
        (leaf.json, leaf.value)
    }

    fn list(&mut self, members: Vec<Spec>, at: &str) -> (String, Vec<usize>) {
        let members = members.into_iter().enumerate();
        let (parts, slots): (Vec<_>, Vec<_>) = members
            .map(|(index, member)| self.value(member, &format!("{at}/{index}"), None))
            .unzip();
        (format!("[{}]", parts.join(",")), slots)
    }

    fn map(&mut self, entries: Vec<(Spec, Spec)>, at: &str) -> (String, Value) {
        self.tag(at, "map");
        let mut seen = HashSet::new();
        let entries = entries.into_iter();
        let entries: Vec<_> = entries
            .filter(|(key, _)| self.is_new(key, &mut seen))
            .collect();
        let mut pairs = Vec::new();
        let mut slots = Vec::new();
        for (index, (key, value)) in entries.into_iter().enumerate() {
            let (json, pair) = self.list(vec![key, value], &format!("{at}/{index}"));
            pairs.push(json);
            slots.push([pair[0], pair[1]]);
        }
        (format!("[{}]", pairs.join(",")), Value::Map(slots))
    }

    /// Whether it can be no other member of the set. A ref is taken as the first one only, before there are
    /// objects in the set to which it could lead.
    fn is_new(&self, spec: &Spec, seen: &mut HashSet<String>) -> bool {
        match spec {
            Spec::Leaf(Leaf {
                same: Some(same), ..
            }) => seen.insert(same.clone()),
            Spec::Deep(inner) => self.is_new(inner, seen),
            Spec::Again(_) => seen.is_empty() && seen.insert("ref".to_owned()),
            _ => seen.insert(format!("object {}", seen.len())),
        }
    }

    fn properties(
        &mut self,
        properties: Vec<(Text, Spec)>,
        at: &str,
    ) -> (String, Vec<(JsonString, usize)>) {
        let mut names = HashSet::new();
        let mut fields = Vec::new();
        for (name, spec) in properties {
            if names.insert(name.bytes.clone()) {
                fields.push(self.property(name, spec, at));
            }
        }
        (object(&fields), indexes(fields))
    }

    fn property(&mut self, name: Text, spec: Spec, at: &str) -> Field {
        let token = name.json.replace('~', "~0").replace('/', "~1");
        let (json, slot) = self.value(spec, &format!("{at}/{token}"), None);
        Field { name, json, slot }
    }

    /// A part of a payload that is no place.
    fn field(&mut self, name: &str, json: String, value: Value) -> Field {
        let slot = self.add(value);
        Field {
            name: ascii(name),
            json,
            slot,
        }
    }

    fn sparse(
        &mut self,
        elements: Vec<(u32, Spec)>,
        holes: u32,
        named: Vec<(Text, Spec)>,
        at: &str,
    ) -> (String, Value) {
        self.tag(at, "array");
        let mut length = 0;
        let mut properties = Vec::new();
        for (before, spec) in elements {
            properties.push((ascii(&(length + before).to_string()), spec));
            length += before + 1;
        }
        length += holes;
        properties.extend(named.into_iter().map(|(name, spec)| {
            let mut longer = ascii("p");
            longer.json += &name.json;
            longer.bytes.extend(name.bytes);
            (longer, spec)
        }));
        let (json, properties) = self.properties(properties, &format!("{at}/properties"));
        let value = Value::SparseArray {
            length: u64::from(length),
            properties,
        };
        (
            format!("{{\"length\":{length},\"properties\":{json}}}"),
            value,
        )
    }

    fn error_fields(
        &mut self,
        name: &str,
        message: Option<Text>,
        line: Option<u32>,
        cause: Option<Box<Spec>>,
        errors: Option<Vec<Spec>>,
        at: &str,
    ) -> Vec<Field> {
        let text = |text: &Text| Value::String(JsonString(text.bytes.clone()));
        let name = ascii(name);
        let mut fields = vec![self.field("name", quoted(&name), text(&name))];
        if let Some(message) = message {
            fields.push(self.field("message", quoted(&message), text(&message)));
        }
        if let Some(cause) = cause {
            fields.push(self.property(ascii("cause"), *cause, at));
        }
        if let Some(errors) = errors {
            fields.push(self.property(ascii("errors"), Spec::Array(errors), at));
        }
        if let Some(line) = line {
            let value = Value::Number(f64::from(line));
            fields.push(self.field("lineNumber", line.to_string(), value));
        }
        fields
    }

    fn whole(&mut self, kind: Kind, content: Content, at: &str) -> (String, Value) {
        self.tag(at, kind.1);
        self.blobs.extend(blob_of(&content.data));
        let buffer = self.add(Value::ArrayBuffer {
            max_byte_length: None,
            data: content.data,
        });
        let value = Value::View {
            kind: kind.0,
            buffer,
            byte_offset: 0,
            length: Some(content.length / kind.2),
        };
        (content.json, value)
    }

    fn part(
        &mut self,
        Kind(kind, tag, element_bytes): Kind,
        buffer: Leaf,
        offset: Index,
        length: Option<Index>,
        earlier: Option<Index>,
        at: &str,
    ) -> (String, Value) {
        self.tag(at, tag);
        let place = format!("{at}/buffer");
        let shared = earlier.filter(|_| !self.buffers.is_empty());
        let (found, json, slot) = if let Some(index) = shared {
            let found = self.buffers[index.index(self.buffers.len())];
            let (segment, pointer, slot) = self.objects[found.0].clone();
            self.tag(&place, "ref");
            let json = match segment {
                0 => format!("\"{pointer}\""),
                member => format!("[{},\"{pointer}\"]", member - 1),
            };
            (found, json, slot)
        } else {
            let (json, slot) = self.value(Spec::Leaf(buffer), &place, None);
            (*self.buffers.last().unwrap(), json, slot)
        };
        let (_, bytes, resizable) = found;
        let pick = |index: Index, most: u64| index.index(usize::try_from(most).unwrap() + 1) as u64;
        let byte_offset = pick(offset, bytes / element_bytes) * element_bytes;
        let room = (bytes - byte_offset) / element_bytes;
        let length = match length {
            None if resizable => None,
            None => Some(room),
            Some(index) => Some(pick(index, room)),
        };
        let end = length.map_or(String::new(), |length| format!(",\"length\":{length}"));
        let value = Value::View {
            kind,
            buffer: slot,
            byte_offset,
            length,
        };
        (
            format!("{{\"buffer\":{json},\"byteOffset\":{byte_offset}{end}}}"),
            value,
        )
    }

    fn image(&mut self, width: u64, height: u64, float: bool, at: &str) -> (String, Value) {
        use base64::Engine;
        self.tag(at, "imagedata");
        let (kind, format) = if float {
            (
                Kind(Tag::Float16Array, "float16array", 2),
                Some("rgba-float16"),
            )
        } else {
            (Kind(Tag::Uint8ClampedArray, "uint8clampedarray", 1), None)
        };
        let bytes = vec![7; usize::try_from(4 * width * height * kind.2).unwrap()];
        let content = Content {
            json: format!(
                "\"{}\"",
                base64::engine::general_purpose::STANDARD.encode(&bytes)
            ),
            length: bytes.len() as u64,
            data: Bytes::Inline(bytes),
        };
        let text = |text: &str| Value::String(JsonString(text.as_bytes().to_vec()));
        let mut fields = vec![
            self.field("width", width.to_string(), Value::Number(width as f64)),
            self.field("height", height.to_string(), Value::Number(height as f64)),
            self.field("colorSpace", "\"srgb\"".to_owned(), text("srgb")),
        ];
        if let Some(format) = format {
            fields.push(self.field("pixelFormat", format!("\"{format}\""), text(format)));
        }
        fields.push(self.property(ascii("data"), Spec::Whole(kind, content), at));
        (object(&fields), Value::ImageData(indexes(fields)))
    }
}

/// A member of an object as it was written.
struct Field {
    name: Text,
    json: String,
    slot: usize,
}

fn object(fields: &[Field]) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|field| format!("{}:{}", quoted(&field.name), field.json))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn indexes(fields: Vec<Field>) -> Vec<(JsonString, usize)> {
    let fields = fields.into_iter();
    fields
        .map(|field| (JsonString(field.name.bytes), field.slot))
        .collect()
}

fn quoted(text: &Text) -> String {
    format!("\"{}\"", text.json)
}

fn ascii(text: &str) -> Text {
    Text {
        json: text.to_owned(),
        bytes: text.as_bytes().to_vec(),
    }
}

fn length_of(data: &Bytes) -> u64 {
    match data {
        Bytes::Inline(bytes) => bytes.len() as u64,
        Bytes::Blob(blob) => blob.size,
    }
}
