//! Random values of every kind that a record can hold.

use pos_backup::record::{BlobRef, Bytes, JsonString, Tag, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A value as JSON text and as what a reader makes of it, when no other value is in it.
#[derive(Debug, Clone)]
pub struct Leaf {
    pub json: String,
    /// Empty where JSON says it all.
    pub tag: &'static str,
    pub value: Value,
    /// What makes two primitives the same; `None` for an object.
    pub same: Option<String>,
    /// The blobs that it names.
    pub blob: Option<BlobRef>,
}

/// Text as JSON, without its quotes, and as a reader has it.
#[derive(Debug, Clone)]
pub struct Text {
    pub json: String,
    pub bytes: Vec<u8>,
}

/// *bytes* of the format, with their length.
#[derive(Debug, Clone)]
pub struct Content {
    pub json: String,
    pub data: Bytes,
    pub length: u64,
}

/// A value that is to be written.
#[derive(Debug, Clone)]
pub enum Spec {
    Leaf(Leaf),
    Array(Vec<Spec>),
    Object(Vec<(Text, Spec)>),
    Map(Vec<(Spec, Spec)>),
    Set(Vec<Spec>),
    /// Elements by the holes before them, holes at the end, named properties.
    Sparse(Vec<(u32, Spec)>, u32, Vec<(Text, Spec)>),
    Error {
        name: &'static str,
        message: Option<Text>,
        line: Option<u32>,
        cause: Option<Box<Spec>>,
        errors: Option<Vec<Spec>>,
    },
    FileList(Vec<Leaf>),
    /// A view of the whole of its own buffer.
    Whole(Kind, Content),
    /// A view of a part of a buffer of its own or, if there is one, of an earlier one.
    Part {
        kind: Kind,
        buffer: Leaf,
        offset: Index,
        length: Option<Index>,
        earlier: Option<Index>,
    },
    /// Width and height; the data as a whole view.
    ImageData(u64, u64, bool),
    /// The same object as one that came before.
    Again(Index),
    /// A value in a member of `d`.
    Deep(Box<Spec>),
}

/// A kind of view: its tag as read and as written, and the bytes of an element.
#[derive(Debug, Clone, Copy)]
pub struct Kind(pub Tag, pub &'static str, pub u64);

const VIEWS: [Kind; 12] = [
    Kind(Tag::Int8Array, "int8array", 1),
    Kind(Tag::Uint8Array, "uint8array", 1),
    Kind(Tag::Uint8ClampedArray, "uint8clampedarray", 1),
    Kind(Tag::Int16Array, "int16array", 2),
    Kind(Tag::Uint16Array, "uint16array", 2),
    Kind(Tag::Int32Array, "int32array", 4),
    Kind(Tag::Uint32Array, "uint32array", 4),
    Kind(Tag::Float16Array, "float16array", 2),
    Kind(Tag::Float32Array, "float32array", 4),
    Kind(Tag::Float64Array, "float64array", 8),
    Kind(Tag::BigInt64Array, "bigint64array", 8),
    Kind(Tag::DataView, "dataview", 1),
];

/// Records of every kind, several levels deep.
pub fn spec() -> impl Strategy<Value = Spec> {
    let leaf = prop_oneof![
        8 => leaf().prop_map(Spec::Leaf),
        2 => view(),
        1 => (1..4_u64, 1..4_u64, any::<bool>()).prop_map(|(w, h, float)| Spec::ImageData(w, h, float)),
        1 => vec(file(), 0..3).prop_map(Spec::FileList),
        3 => any::<Index>().prop_map(Spec::Again),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let properties = vec((text(), inner.clone()), 0..5);
        prop_oneof![
            1 => vec(inner.clone(), 0..6).prop_map(Spec::Array),
            1 => properties.clone().prop_map(Spec::Object),
            1 => vec(inner.clone(), 0..6).prop_map(Spec::Set),
            1 => vec((inner.clone(), inner.clone()), 0..4).prop_map(Spec::Map),
            1 => (vec((0..3_u32, inner.clone()), 0..4), 0..3_u32, properties)
                .prop_map(|(elements, holes, named)| Spec::Sparse(elements, holes, named)),
            1 => error(inner.clone()),
            4 => inner.prop_map(|value| Spec::Deep(Box::new(value))),
        ]
    })
}

fn error(inner: impl Strategy<Value = Spec> + Clone) -> impl Strategy<Value = Spec> {
    let names = vec!["Error", "TypeError", "AggregateError", "URIError"];
    let cause = proptest::option::of(inner.clone().prop_map(Box::new));
    let errors = proptest::option::of(vec(inner, 0..4));
    let line = proptest::option::of(any::<u32>());
    let message = proptest::option::of(text());
    (select(names), message, line, cause, errors).prop_map(
        |(name, message, line, cause, errors)| Spec::Error {
            name,
            message,
            line,
            cause,
            errors,
        },
    )
}

fn view() -> impl Strategy<Value = Spec> {
    let whole = (select(VIEWS.to_vec()), content()).prop_map(|(kind, content)| {
        let length = content.length / kind.2 * kind.2;
        Spec::Whole(kind, cut(content, length))
    });
    let earlier = proptest::option::of(any::<Index>());
    let length = proptest::option::of(any::<Index>());
    let part = (
        select(VIEWS.to_vec()),
        buffer(),
        any::<Index>(),
        length,
        earlier,
    )
        .prop_map(|(kind, buffer, offset, length, earlier)| Spec::Part {
            kind,
            buffer,
            offset,
            length,
            earlier,
        });
    prop_oneof![whole, part]
}

/// Text with lone surrogates and everything that JSON and pointers escape.
pub fn text() -> impl Strategy<Value = Text> + Clone {
    let plain = |c: char| -> Text {
        let json = serde_json::to_string(&c).unwrap();
        Text {
            json: json[1..json.len() - 1].to_owned(),
            bytes: c.to_string().into_bytes(),
        }
    };
    let unit = prop_oneof![
        4 => select("abz~/01\"\\\n".chars().collect::<Vec<_>>()).prop_map(plain),
        1 => any::<char>().prop_map(plain),
        // Followed by another character, so that no two make a pair.
        1 => (0xd800..0xe000_u32).prop_map(|unit| Text {
            json: format!("\\u{unit:04x}x"),
            bytes: vec![
                0xed,
                0x80 | (unit >> 6 & 0x3f) as u8,
                0x80 | (unit & 0x3f) as u8,
                b'x',
            ],
        }),
    ];
    vec(unit, 0..6).prop_map(|units| Text {
        json: units.iter().map(|unit| unit.json.as_str()).collect(),
        bytes: units.into_iter().flat_map(|unit| unit.bytes).collect(),
    })
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    format!(
        "\"{}\"",
        base64::engine::general_purpose::STANDARD.encode(bytes)
    )
}

fn inline(bytes: Vec<u8>) -> Content {
    Content {
        json: base64(&bytes),
        length: bytes.len() as u64,
        data: Bytes::Inline(bytes),
    }
}

fn content() -> impl Strategy<Value = Content> {
    let kept = ("[0-9a-f]{64}", 0..100_000_u64).prop_map(|(sha256, size)| blob(sha256, size));
    prop_oneof![3 => vec(any::<u8>(), 0..40).prop_map(inline), 1 => kept]
}

fn blob(sha256: String, size: u64) -> Content {
    Content {
        json: format!(r#"{{"size":{size},"blob":"{sha256}"}}"#),
        length: size,
        data: Bytes::Blob(BlobRef { sha256, size }),
    }
}

/// The first bytes of it.
pub fn cut(content: Content, length: u64) -> Content {
    match content.data {
        Bytes::Inline(mut bytes) => {
            bytes.truncate(usize::try_from(length).unwrap());
            inline(bytes)
        }
        Bytes::Blob(named) => blob(named.sha256, length),
    }
}

pub fn blob_of(data: &Bytes) -> Option<BlobRef> {
    match data {
        Bytes::Inline(_) => None,
        Bytes::Blob(blob) => Some(blob.clone()),
    }
}

fn object(json: String, tag: &'static str, value: Value) -> Leaf {
    Leaf {
        json,
        tag,
        value,
        same: None,
        blob: None,
    }
}

fn primitive(json: String, tag: &'static str, value: Value, same: String) -> Leaf {
    Leaf {
        json,
        tag,
        value,
        same: Some(same),
        blob: None,
    }
}

fn keeping(content: &Content, leaf: Leaf) -> Leaf {
    Leaf {
        blob: blob_of(&content.data),
        ..leaf
    }
}

fn number(json: String) -> Leaf {
    let value: f64 = json.parse().unwrap();
    let same = format!("number {}", value + 0.0);
    primitive(json, "", Value::Number(value), same)
}

/// Keys of IndexedDB that are no arrays.
pub fn key_leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        any::<i64>().prop_map(|value| number(value.to_string())),
        text().prop_map(string),
        select(vec!["Infinity", "-Infinity", "-0"]).prop_map(named_number),
        time().prop_map(|ms| date(Some(ms))),
        vec(any::<u8>(), 0..40).prop_map(|bytes| array_buffer(inline(bytes))),
    ]
}

fn string(text: Text) -> Leaf {
    let same = format!("string {:?}", text.bytes);
    let value = Value::String(JsonString(text.bytes));
    primitive(format!("\"{}\"", text.json), "", value, same)
}

fn named_number(name: &'static str) -> Leaf {
    let value: f64 = name.parse().unwrap();
    let same = format!("number {}", value + 0.0);
    primitive(format!("\"{name}\""), "number", Value::Number(value), same)
}

fn time() -> impl Strategy<Value = i64> {
    -8_640_000_000_000_000_i64..=8_640_000_000_000_000
}

fn date(ms: Option<i64>) -> Leaf {
    let json = ms.map_or("null".to_owned(), |ms| ms.to_string());
    object(json, "date", Value::Date(ms.map(|ms| ms as f64)))
}

fn array_buffer(content: Content) -> Leaf {
    let value = Value::ArrayBuffer {
        max_byte_length: None,
        data: content.data.clone(),
    };
    keeping(&content, object(content.json.clone(), "arraybuffer", value))
}

fn buffer() -> impl Strategy<Value = Leaf> {
    (content(), proptest::option::of(0..50_u64)).prop_map(|(content, more)| {
        let Some(more) = more else {
            return array_buffer(content);
        };
        let most = content.length + more;
        let json = format!(r#"{{"maxByteLength":{most},"data":{}}}"#, content.json);
        let value = Value::ArrayBuffer {
            max_byte_length: Some(most),
            data: content.data.clone(),
        };
        keeping(&content, object(json, "resizablearraybuffer", value))
    })
}

fn file() -> impl Strategy<Value = Leaf> {
    let last = -11_644_473_599_999_i64..=8_639_999_999_999_999;
    (content(), last, "[a-z/~]{0,4}").prop_map(|(content, last, name)| {
        let json = format!(
            r#"{{"name":"{name}","type":"","lastModified":{last},"data":{}}}"#,
            content.json
        );
        let value = Value::File {
            name,
            content_type: String::new(),
            last_modified: last as f64,
            data: content.data.clone(),
        };
        keeping(&content, object(json, "file", value))
    })
}

fn leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        6 => plain_leaf(),
        2 => key_leaf(),
        2 => boxed(),
        1 => Just(date(None)),
        1 => buffer(),
        1 => file(),
        3 => described(),
    ]
}

fn plain_leaf() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        Just(primitive("null".into(), "", Value::Null, "null".into())),
        Just(primitive(
            "null".into(),
            "undefined",
            Value::Undefined,
            "undefined".into()
        )),
        any::<bool>().prop_map(|value| {
            primitive(
                value.to_string(),
                "",
                Value::Boolean(value),
                value.to_string(),
            )
        }),
        any::<f64>()
            .prop_filter("finite", |value| value.is_finite())
            .prop_map(|value| number(format!("{value:e}"))),
        select(vec!["NaN", "-0"]).prop_map(named_number),
        any::<i128>().prop_map(|n| {
            let value = Value::BigInt(n.to_string());
            primitive(format!("\"{n}\""), "bigint", value, format!("bigint {n}"))
        }),
    ]
}

fn boxed() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        any::<bool>().prop_map(|value| {
            object(
                value.to_string(),
                "booleanobject",
                Value::BooleanObject(value),
            )
        }),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(|n| { object(format!("{n:e}"), "numberobject", Value::NumberObject(n)) }),
        text().prop_map(|text| {
            let value = Value::StringObject(JsonString(text.bytes));
            object(format!("\"{}\"", text.json), "stringobject", value)
        }),
        any::<i128>().prop_map(|n| {
            object(
                format!("\"{n}\""),
                "bigintobject",
                Value::BigIntObject(n.to_string()),
            )
        }),
    ]
}

/// Values whose payloads have several parts.
fn described() -> impl Strategy<Value = Leaf> {
    prop_oneof![
        ("d?g?i?m?s?u?y?", text()).prop_map(|(flags, text)| {
            let json = format!(r#"{{"source":"{}","flags":"{flags}"}}"#, text.json);
            let source = JsonString(text.bytes);
            object(json, "regexp", Value::RegExp { source, flags })
        }),
        (text(), text()).prop_map(|(name, message)| {
            let json = format!(r#"{{"name":"{}","message":"{}"}}"#, name.json, message.json);
            let (name, message) = (JsonString(name.bytes), JsonString(message.bytes));
            object(json, "domexception", Value::DomException { name, message })
        }),
        content().prop_map(|content| {
            let json = format!(r#"{{"data":{},"type":"text/plain"}}"#, content.json);
            let value = Value::Blob {
                content_type: "text/plain".to_owned(),
                data: content.data.clone(),
            };
            keeping(&content, object(json, "blob", value))
        }),
        (1..4_u64, 1..4_u64).prop_map(|(width, height)| {
            let content = inline(vec![255; usize::try_from(4 * width * height).unwrap()]);
            let json = format!(
                r#"{{"width":{width},"height":{height},"data":{}}}"#,
                content.json
            );
            let data = content.data;
            object(
                json,
                "imagebitmap",
                Value::ImageBitmap {
                    width,
                    height,
                    data,
                },
            )
        }),
        geometry(),
        Just(object(
            r#"{"algorithm":{"name":"x"},"usages":["sign"],"key":{"kty":"oct"}}"#.to_owned(),
            "cryptokey",
            Value::CryptoKey {
                algorithm: r#"{"name":"x"}"#.to_owned(),
                usages: vec![JsonString(b"sign".to_vec())],
                key: r#"{"kty":"oct"}"#.to_owned(),
            },
        )),
    ]
}

fn geometry() -> impl Strategy<Value = Leaf> {
    let kinds = vec![
        (Tag::DomPoint, "dompoint", 4),
        (Tag::DomRectReadonly, "domrectreadonly", 4),
        (Tag::DomQuad, "domquad", 16),
        (Tag::DomMatrix, "dommatrix", 6),
        (Tag::DomMatrixReadonly, "dommatrixreadonly", 16),
    ];
    let numbers = prop_oneof![
        any::<i32>().prop_map(|n| (n.to_string(), f64::from(n))),
        Just(("\"NaN\"".to_owned(), f64::NAN)),
        Just(("\"-0\"".to_owned(), -0.0)),
    ];
    (select(kinds), vec(numbers, 16)).prop_map(|((kind, tag, count), numbers)| {
        let numbers = &numbers[..count];
        let json = |numbers: &[(String, f64)]| {
            let parts: Vec<_> = numbers.iter().map(|(json, _)| json.as_str()).collect();
            format!("[{}]", parts.join(","))
        };
        let json = if kind == Tag::DomQuad {
            let points: Vec<_> = numbers.chunks(4).map(json).collect();
            format!("[{}]", points.join(","))
        } else {
            json(numbers)
        };
        let numbers = numbers.iter().map(|(_, number)| *number).collect();
        object(json, tag, Value::Geometry { kind, numbers })
    })
}

/// `null`.
pub fn nothing() -> Spec {
    Spec::Leaf(primitive("null".into(), "", Value::Null, "null".into()))
}
