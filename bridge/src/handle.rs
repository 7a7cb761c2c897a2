//! Browser objects that pass through a message untouched.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A Blob, a File, a FileList or a plain value of the page that passes through a message by reference.
///
/// A message is decoded from JSON text in which every such object stands as a placeholder with
/// its index; [`crate::codec`] resolves it. Natively a handle is nothing but that index.
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
        return serde_wasm_bindgen::preserve::serialize(&self.0, serializer);
        #[cfg(not(target_arch = "wasm32"))]
        std::collections::BTreeMap::from([(PLACEHOLDER, self.0)]).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Handle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Placeholder {
            #[serde(rename = "$handle")]
            index: usize,
        }
        let expected = || D::Error::custom("expected a Blob or File");
        let Placeholder { index } = crate::strict::object(deserializer).map_err(|_| expected())?;
        #[cfg(target_arch = "wasm32")]
        return crate::codec::handle_at(index)
            .map(Self)
            .ok_or_else(expected);
        #[cfg(not(target_arch = "wasm32"))]
        Ok(Self(index))
    }
}
