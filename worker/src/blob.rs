//! Binary values of JavaScript as files: read piece by piece, at once.

use js_sys::Uint8Array;
use pos_backup::storage::ReadAt;
use pos_backup_bridge::{Error, ErrorCode, Handle, Result};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FileReaderSync};

use crate::dom::storage_error;

/// Reads a Blob or File piece by piece, at once.
#[derive(Debug)]
pub struct BlobFile {
    blob: Blob,
    reader: FileReaderSync,
}

impl BlobFile {
    /// Reads this Blob.
    pub fn new(blob: Blob) -> Result<Self> {
        let reader =
            FileReaderSync::new().map_err(|error| storage_error(&error, "Making a reader"))?;
        Ok(Self { blob, reader })
    }

    /// Reads what came with a message, if it is a Blob.
    pub(crate) fn from_handle(handle: Handle) -> Result<Self> {
        let blob = JsValue::from(handle).dyn_into().map_err(|_| {
            Error::new(ErrorCode::InvalidMessage, "What was to be a file is none.")
                .expected("a Blob or File", "something else")
        })?;
        Self::new(blob)
    }
}

impl ReadAt for BlobFile {
    fn size(&self) -> u64 {
        self.blob.size() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let end = offset + buffer.len() as u64;
        let bytes = self
            .blob
            .slice_with_f64_and_f64(offset as f64, end as f64)
            .and_then(|piece| self.reader.read_as_array_buffer(&piece))
            .map_err(|error| storage_error(&error, "Reading the file"))?;
        let bytes = Uint8Array::new(&bytes);
        if bytes.length() as usize != buffer.len() {
            return Err(
                Error::new(ErrorCode::StorageFailed, "The file ends too early.")
                    .expected(buffer.len(), bytes.length()),
            );
        }
        bytes.copy_to(buffer);
        Ok(())
    }

    fn slice(&self, offset: u64, bytes: u64) -> Option<Handle> {
        let end = offset + bytes;
        let slice = self
            .blob
            .slice_with_f64_and_f64(offset as f64, end as f64)
            .ok()?;
        Some(JsValue::from(slice).into())
    }
}

/// Reads the bytes of a buffer.
#[derive(Debug)]
pub(crate) struct BytesFile(pub(crate) Uint8Array);

impl ReadAt for BytesFile {
    fn size(&self) -> u64 {
        u64::from(self.0.length())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let end = offset + buffer.len() as u64;
        if end > self.size() {
            return Err(
                Error::new(ErrorCode::StorageFailed, "The value ends too early.")
                    .expected(self.size(), end),
            );
        }
        self.0.subarray(offset as u32, end as u32).copy_to(buffer);
        Ok(())
    }
}
