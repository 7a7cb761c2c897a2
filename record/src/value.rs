//! The values of a record, as a reader without a browser has them.

pub use crate::pointer::JsonString;
pub use crate::tag::Tag;

use crate::line::BlobRef;

/// A record that was read. Its values name one another by their index in `values`, so that two that hold the
/// same object hold the same index, and a cycle needs no end.
///
/// The values stand in the order in which a walk from `root`, and then from `key`, first meets them; equal
/// records are equal values.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// All values of the record and its key.
    pub values: Vec<Value>,
    /// The index of the record itself.
    pub root: usize,
    /// The index of the key, in tables with out-of-line keys.
    pub key: Option<usize>,
}

/// A property's name, and the index of its value.
pub type Property = (JsonString, usize);

/// A value; `usize` is the index of another one.
#[allow(missing_docs)] // The variants and fields are called as in docs/format.md.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Undefined,
    Null,
    Boolean(bool),
    Number(f64),
    /// Decimal digits, with `-` where negative.
    BigInt(String),
    String(JsonString),
    /// In the order of the line. Of two properties of one name the last one counts, as in JavaScript.
    Object(Vec<Property>),
    Array(Vec<usize>),
    /// An array with holes or named properties.
    SparseArray {
        length: u64,
        properties: Vec<Property>,
    },
    /// Milliseconds since the Unix epoch; `None` for an invalid one.
    Date(Option<f64>),
    /// `max_byte_length` only where it is resizable.
    ArrayBuffer {
        max_byte_length: Option<u64>,
        data: Bytes,
    },
    /// A typed array or `DataView`. Without a length, it follows the size of its buffer.
    View {
        kind: Tag,
        buffer: usize,
        byte_offset: u64,
        length: Option<u64>,
    },
    /// Keys and values.
    Map(Vec<[usize; 2]>),
    Set(Vec<usize>),
    BooleanObject(bool),
    NumberObject(f64),
    StringObject(JsonString),
    BigIntObject(String),
    RegExp {
        source: JsonString,
        flags: String,
    },
    /// The fields that are there: their names, and the indexes of their values.
    Error(Vec<Property>),
    DomException {
        name: JsonString,
        message: JsonString,
    },
    Blob {
        content_type: String,
        data: Bytes,
    },
    File {
        name: String,
        content_type: String,
        last_modified: f64,
        data: Bytes,
    },
    FileList(Vec<usize>),
    /// The fields that are there, as with `Error`.
    ImageData(Vec<Property>),
    ImageBitmap {
        width: u64,
        height: u64,
        data: Bytes,
    },
    /// A point, rectangle, quad (its points one after another) or matrix.
    Geometry {
        kind: Tag,
        numbers: Vec<f64>,
    },
    /// The algorithm and the JSON Web Key are JSON.
    CryptoKey {
        algorithm: String,
        usages: Vec<JsonString>,
        key: String,
    },
}

/// The bytes of a buffer, `Blob` or image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// From the line itself.
    Inline(Vec<u8>),
    /// In an entry of their own.
    Blob(BlobRef),
}

impl Value {
    /// The indexes of the values in this one, in order.
    pub(super) fn parts(&mut self) -> Vec<&mut usize> {
        match self {
            Self::Array(members) | Self::Set(members) | Self::FileList(members) => {
                members.iter_mut().collect()
            }
            Self::Map(entries) => entries.iter_mut().flatten().collect(),
            Self::Object(properties)
            | Self::SparseArray { properties, .. }
            | Self::Error(properties)
            | Self::ImageData(properties) => {
                properties.iter_mut().map(|(_, value)| value).collect()
            }
            Self::View { buffer, .. } => vec![buffer],
            _ => Vec::new(),
        }
    }
}
