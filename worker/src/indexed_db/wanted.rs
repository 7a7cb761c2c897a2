//! What records need besides their lines: checksums of large values on the way out, and their content on
//! the way in; and what the browser makes only asynchronously.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Promise, Uint8Array};
use pos_backup::database::{BlobSink, BlobSource, Pause};
use pos_backup::storage::ReadAt;
use pos_backup_bridge::{Error, ErrorCode, Result};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use web_sys::Blob;

use crate::blob::{BlobFile, BytesFile};
use crate::dom::storage_error;
use crate::pace::Pace;
use crate::page::PageHelp;
use crate::spawn::spawn;

#[wasm_bindgen]
extern "C" {
    /// See `js/record/wanted.js`.
    pub(super) type Wanted;

    #[wasm_bindgen(method, getter)]
    fn kind(this: &Wanted) -> String;

    #[wasm_bindgen(method, getter)]
    fn source(this: &Wanted) -> JsValue;

    #[wasm_bindgen(method, getter)]
    fn sha256(this: &Wanted) -> String;

    #[wasm_bindgen(method, getter)]
    fn size(this: &Wanted) -> f64;

    #[wasm_bindgen(method, getter)]
    fn files(this: &Wanted) -> Array;

    #[wasm_bindgen(method)]
    fn fulfil(this: &Wanted, value: &JsValue);

    #[wasm_bindgen(method)]
    fn refuse(this: &Wanted, error: &str);

    #[wasm_bindgen(method)]
    fn make(this: &Wanted) -> Promise;

    /// js-sys's constructor cannot fail, and so would end the worker.
    #[wasm_bindgen(js_name = ArrayBuffer)]
    type MayBeTooLarge;

    #[wasm_bindgen(constructor, js_class = "ArrayBuffer", catch)]
    fn new(bytes: f64) -> Result<MayBeTooLarge, JsValue>;
}

/// Larger pieces of a Blob are handed to the browser, which may put them on disk.
const BLOB_PIECE_BYTES: u32 = 4 * 1024 * 1024;

/// Fulfils what an encoder wants, and gives the bytes that were kept. `turn` lets messages in.
pub(super) async fn keep(
    wanted: &[Wanted],
    blobs: &mut dyn BlobSink,
    turn: &mut dyn Pause,
) -> Result<u64> {
    let mut bytes = 0;
    let mut pace = Pace::begin();
    for wanted in wanted {
        if wanted.kind() == "make" {
            make(wanted, turn).await?;
            continue;
        }
        let mut pause = async || match pace.is_due() {
            true => turn.pause().await,
            false => Ok(()),
        };
        let source = wanted.source();
        let sha256 = if let Some(blob) = source.dyn_ref::<Blob>() {
            let file = KeptBlob::new(blob.clone())?;
            match blobs.keep(&file, &mut pause).await {
                Ok(sha256) => {
                    bytes += file.size();
                    sha256
                }
                Err(error) if file.is_unreadable() => {
                    wanted.refuse(error.context.cause.as_deref().unwrap_or("Error"));
                    continue;
                }
                Err(error) => return Err(error),
            }
        } else {
            let source: Uint8Array = source.unchecked_into();
            bytes += u64::from(source.length());
            blobs.keep(&BytesFile(source), &mut pause).await?
        };
        wanted.fulfil(&sha256.into());
    }
    Ok(bytes)
}

/// A Blob that is read from its beginning to its end, perhaps several times.
struct KeptBlob {
    file: BlobFile,
    read_bytes: Cell<u64>,
    failed: Cell<bool>,
}

impl KeptBlob {
    fn new(blob: Blob) -> Result<Self> {
        Ok(Self {
            file: BlobFile::new(blob)?,
            read_bytes: Cell::new(0),
            failed: Cell::new(false),
        })
    }

    /// Whether the browser could not give its content even once: then it was of no use to anybody yet.
    fn is_unreadable(&self) -> bool {
        self.failed.get() && self.read_bytes.get() < self.size()
    }
}

impl ReadAt for KeptBlob {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let read = self.file.read_at(offset, buffer);
        match read {
            Ok(()) => self
                .read_bytes
                .set(self.read_bytes.get() + buffer.len() as u64),
            Err(_) => self.failed.set(true),
        }
        read
    }
}

/// Fulfils what a decoder wants. `turn` lets messages in.
pub(super) async fn fetch(
    wanted: &[Wanted],
    blobs: &impl BlobSource,
    page: &PageHelp,
    turn: &mut dyn Pause,
) -> Result<()> {
    let mut pace = Pace::begin();
    for wanted in wanted {
        let mut pause = async || match pace.is_due() {
            true => turn.pause().await,
            false => Ok(()),
        };
        match wanted.kind().as_str() {
            "make" => make(wanted, turn).await?,
            "filelist" => {
                let list = page.make_file_list(&wanted.files(), turn).await?;
                wanted.fulfil(&list);
            }
            "blob" => {
                let blob = match blobs.slice(&wanted.sha256()) {
                    Some(slice) => slice.into(),
                    None => blob(&wanted.sha256(), blobs, &mut pause).await?.into(),
                };
                wanted.fulfil(&blob);
            }
            "buffer" => {
                let buffer = buffer(wanted, blobs, &mut pause).await?;
                wanted.fulfil(&buffer);
            }
            other => {
                let message = format!("The codec wants what is not known: {other}.");
                return Err(Error::new(ErrorCode::Internal, message));
            }
        }
    }
    Ok(())
}

async fn make(wanted: &Wanted, turn: &mut dyn Pause) -> Result<()> {
    // It never rejects: it remembers what the browser refuses.
    settled(&wanted.make(), turn).await.map(drop)
}

/// Waits for a promise, which is not one of the database's: `turn` is taken until it is settled, and then it was the
/// database that called last, as it must be for the transaction to be open. Given up, it is left to itself.
pub(super) async fn settled(
    promise: &Promise,
    turn: &mut dyn Pause,
) -> Result<Result<JsValue, JsValue>> {
    let answer = Rc::new(RefCell::new(None));
    let (promise, place) = (promise.clone(), Rc::clone(&answer));
    spawn(async move {
        let settled = JsFuture::from(promise).await;
        place.replace(Some(settled));
    });
    loop {
        turn.pause().await?;
        if let Some(settled) = answer.take() {
            return Ok(settled);
        }
    }
}

async fn blob(sha256: &str, blobs: &impl BlobSource, pause: &mut dyn Pause) -> Result<Blob> {
    let failed = |error: JsValue| storage_error(&error, "Making a Blob");
    let pieces = Array::new();
    let mut piece = Vec::new();
    let mut take = |bytes: &[u8]| {
        piece.extend_from_slice(bytes);
        if piece.len() as u32 >= BLOB_PIECE_BYTES {
            let bytes = Array::of1(&Uint8Array::from(piece.as_slice()));
            let blob = Blob::new_with_u8_array_sequence(&bytes).map_err(failed)?;
            pieces.push(&blob);
            piece.clear();
        }
        Ok(())
    };
    blobs.read(sha256, &mut take, pause).await?;
    pieces.push(&Uint8Array::from(piece.as_slice()));
    Blob::new_with_blob_sequence(&pieces).map_err(failed)
}

async fn buffer(
    wanted: &Wanted,
    blobs: &impl BlobSource,
    pause: &mut dyn Pause,
) -> Result<ArrayBuffer> {
    let too_large = |_: JsValue| {
        Error::new(
            ErrorCode::ValueTooLarge,
            "A value of the archive is too large for this browser's memory.",
        )
        .expected("an ArrayBuffer", wanted.size())
    };
    if wanted.size() > f64::from(u32::MAX) {
        return Err(too_large(JsValue::NULL));
    }
    let buffer = MayBeTooLarge::new(wanted.size()).map_err(too_large)?;
    let bytes = Uint8Array::new(&buffer);
    let mut offset = 0;
    let mut take = |piece: &[u8]| {
        let end = offset + piece.len() as u32;
        bytes.subarray(offset, end).copy_from(piece);
        offset = end;
        Ok(())
    };
    blobs.read(&wanted.sha256(), &mut take, pause).await?;
    Ok(buffer.unchecked_into())
}
