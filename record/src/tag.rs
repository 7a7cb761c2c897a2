//! The type tags.

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde_json::value::RawValue;

use crate::payload::string;

/// A type tag of a record.
#[allow(missing_docs)] // The variants are called as in docs/format.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tag {
    Undefined,
    Number,
    BigInt,
    Date,
    ArrayBuffer,
    ResizableArrayBuffer,
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float16Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
    Map,
    Set,
    Array,
    BooleanObject,
    NumberObject,
    StringObject,
    BigIntObject,
    RegExp,
    Error,
    DomException,
    Blob,
    File,
    FileList,
    ImageData,
    ImageBitmap,
    DomPoint,
    DomPointReadonly,
    DomRect,
    DomRectReadonly,
    DomQuad,
    DomMatrix,
    DomMatrixReadonly,
    CryptoKey,
    Ref,
    Deep,
}

impl Tag {
    /// The tag of this name, which is a string of JSON.
    pub(super) fn parse(name: &RawValue) -> Option<Self> {
        let name = string(name.get())?;
        let name: StrDeserializer<'_, Error> = name.as_ref().into_deserializer();
        Self::deserialize(name).ok()
    }

    /// Whether the value has an identity of its own, so that a `ref` may point to it.
    pub(super) fn is_object(self) -> bool {
        !matches!(
            self,
            Self::Undefined | Self::Number | Self::BigInt | Self::Ref | Self::Deep
        )
    }

    /// The bytes of one element of a view; `None` for what is no view.
    pub(super) fn element_bytes(self) -> Option<u64> {
        match self {
            Self::Int8Array | Self::Uint8Array | Self::Uint8ClampedArray | Self::DataView => {
                Some(1)
            }
            Self::Int16Array | Self::Uint16Array | Self::Float16Array => Some(2),
            Self::Int32Array | Self::Uint32Array | Self::Float32Array => Some(4),
            Self::Float64Array | Self::BigInt64Array | Self::BigUint64Array => Some(8),
            _ => None,
        }
    }

    /// Whether only a browser can tell that a value of this kind can be made: not every browser has the
    /// class, or it is not known here what the class takes.
    pub(super) fn needs_browser(self) -> bool {
        matches!(
            self,
            Self::ResizableArrayBuffer
                | Self::Float16Array
                | Self::RegExp
                | Self::DomException
                | Self::FileList
                | Self::ImageData
                | Self::ImageBitmap
                | Self::DomPoint
                | Self::DomPointReadonly
                | Self::DomRect
                | Self::DomRectReadonly
                | Self::DomQuad
                | Self::DomMatrix
                | Self::DomMatrixReadonly
                | Self::CryptoKey
        )
    }
}
