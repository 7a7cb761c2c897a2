//! Archives in memory, as Blobs, for browsers without an origin private file system.

use std::cell::RefCell;

use js_sys::{Array, Date, Uint8Array};
use pos_backup::storage::{Finished, PartFile, ReadAt, Storage};
use pos_backup_bridge::{Error, ErrorCode, Handle, Result};
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, File, FilePropertyBag};

use super::{MEDIA_TYPE, archive_name};
use crate::blob::BlobFile;
use crate::dom::storage_error;

/// Bytes are gathered until they make a Blob of this size, which the browser may put on disk.
const PIECE_BYTES: usize = 4 * 1024 * 1024;

/// A place that hands archives out and keeps none.
#[derive(Debug, Clone, Copy)]
pub struct BlobArchives;

/// An archive as a growing list of Blobs.
#[derive(Debug)]
pub struct BlobPartFile {
    name: String,
    pieces: Array,
    rest: Vec<u8>,
    size: u64,
    /// All pieces as one, for reading; made when it is first read after a write.
    whole: RefCell<Option<BlobFile>>,
}

impl Storage for BlobArchives {
    type PartFile = BlobPartFile;

    fn keeps(&self) -> bool {
        false
    }

    async fn has_room(&self, _bytes: u64) -> bool {
        // The browser puts Blobs where it likes.
        true
    }

    async fn remove(&self, _id: &str) -> Result<()> {
        Ok(())
    }

    async fn create(&self, id: &str) -> Result<BlobPartFile> {
        Ok(BlobPartFile {
            name: archive_name(id),
            pieces: Array::new(),
            rest: Vec::new(),
            size: 0,
            whole: RefCell::default(),
        })
    }
}

impl BlobPartFile {
    fn pieces(&self) -> Array {
        let pieces = self.pieces.slice(0, self.pieces.length());
        pieces.push(&Uint8Array::from(self.rest.as_slice()));
        pieces
    }
}

impl ReadAt for BlobPartFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let mut whole = self.whole.borrow_mut();
        if whole.is_none() {
            let blob = Blob::new_with_u8_array_sequence(&self.pieces())
                .map_err(|error| storage_error(&error, "Gathering the archive"))?;
            *whole = Some(BlobFile::new(blob)?);
        }
        match whole.as_ref() {
            Some(file) => file.read_at(offset, buffer),
            None => Err(Error::new(
                ErrorCode::Internal,
                "The archive was just gathered.",
            )),
        }
    }
}

impl PartFile for BlobPartFile {
    fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.whole.take();
        self.rest.extend_from_slice(bytes);
        self.size += bytes.len() as u64;
        if self.rest.len() >= PIECE_BYTES {
            let piece = Array::of1(&Uint8Array::from(self.rest.as_slice()));
            let piece = Blob::new_with_u8_array_sequence(&piece)
                .map_err(|error| storage_error(&error, "Keeping a piece of the archive"))?;
            self.pieces.push(&piece);
            self.rest.clear();
        }
        Ok(())
    }

    async fn finish(self) -> Result<Finished> {
        let options = FilePropertyBag::new();
        options.set_type(MEDIA_TYPE);
        options.set_last_modified(Date::now());
        let file = File::new_with_blob_sequence_and_options(&self.pieces(), &self.name, &options)
            .map_err(|error| storage_error(&error, "Making the archive's file"))?;
        Ok(Finished {
            file: Handle::from(JsValue::from(file)),
            stored: false,
        })
    }

    async fn discard(self) -> Result<()> {
        Ok(())
    }
}

/// A file of the archive, for the page.
pub(crate) fn blob_of(bytes: &[u8]) -> Result<Blob> {
    Blob::new_with_u8_array_sequence_and_options(
        &Array::of1(&Uint8Array::from(bytes)),
        &BlobPropertyBag::new(),
    )
    .map_err(|error| storage_error(&error, "Making a file"))
}
