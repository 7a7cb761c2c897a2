//! Browser objects that pass through a message untouched.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A Blob, a File, a FileList or a plain value of the page that passes through a message by reference.
///
/// In a message's JSON text every such object stands as a placeholder with its index;
/// [`crate::codec`] resolves it. Natively a handle is nothing but that index.
#[derive(Debug, Clone)]
pub struct Handle(Inner);

/// The single key of the object that stands for a handle in a message's JSON text.
pub(crate) const PLACEHOLDER: &str = "$handle";

#[cfg(target_arch = "wasm32")]
type Inner = wasm_bindgen::JsValue;
#[cfg(not(target_arch = "wasm32"))]
type Inner = usize;

impl From<Inner> for Handle {
    fn from(inner: Inner) -> Self {
        Self(inner)
    }
}

impl From<Handle> for Inner {
    fn from(handle: Handle) -> Self {
        handle.0
    }
}

impl Serialize for Handle {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[cfg(target_arch = "wasm32")]
        let index = crate::codec::keep_handle(self.0.clone());
        #[cfg(not(target_arch = "wasm32"))]
        let index = self.0;
        let mut placeholder = serializer.serialize_struct(PLACEHOLDER, 1)?;
        placeholder.serialize_field(PLACEHOLDER, &index)?;
        placeholder.end()
    }
}

impl<'de> Deserialize<'de> for Handle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Index;

        impl Visitor<'_> for Index {
            type Value = Handle;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a Blob or File")
            }

            fn visit_u64<E: Error>(self, index: u64) -> Result<Handle, E> {
                Handle::at(index).ok_or_else(|| E::custom("expected a Blob or File"))
            }
        }

        deserializer.deserialize_newtype_struct(PLACEHOLDER, Index)
    }
}

impl Handle {
    /// The one of this index in the message that is being parsed.
    pub(crate) fn at(index: u64) -> Option<Self> {
        #[cfg(target_arch = "wasm32")]
        return crate::codec::handle_at(index).map(Self);
        #[cfg(not(target_arch = "wasm32"))]
        usize::try_from(index).ok().map(Self)
    }
}
