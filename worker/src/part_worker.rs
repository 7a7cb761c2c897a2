//! The second worker. It is there for one job, and not before there is, or soon will be, something to do for it.

use std::cell::OnceCell;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use js_sys::{Promise, Uint8Array};
use pos_backup::archive::{Packed, PartInZip, hex};
use pos_backup::limits::{PARTS_AT_SECOND_WORKER, SECOND_WORKER_MIN_BYTES};
use pos_backup::part_worker::PartWorker;
use pos_backup_bridge::Error;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::WorkerGlobalScope;

#[wasm_bindgen(module = "/js/second-worker.js")]
extern "C" {
    type SecondWorker;

    #[wasm_bindgen(catch, constructor)]
    fn new(module: &JsValue) -> std::result::Result<SecondWorker, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn waiting(this: &SecondWorker) -> f64;

    #[wasm_bindgen(method)]
    fn ask(this: &SecondWorker, name: &str, source: &[u8], options: JsValue) -> Promise;

    #[wasm_bindgen(method)]
    fn end(this: &SecondWorker, reason: &str);

    /// [`PackedLines`] on the first worker's side.
    type PackedAnswer;

    #[wasm_bindgen(method, getter)]
    fn deflated(this: &PackedAnswer) -> Uint8Array;

    #[wasm_bindgen(method, getter)]
    fn crc32(this: &PackedAnswer) -> u32;

    #[wasm_bindgen(method, getter)]
    fn checksum(this: &PackedAnswer) -> String;

    #[wasm_bindgen(method, getter)]
    fn bytes(this: &PackedAnswer) -> f64;
}

/// The second worker of a job, which ends with it.
#[derive(Default)]
pub(crate) struct BrowserPartWorker {
    /// `None` where the browser refuses one.
    worker: OnceCell<Option<SecondWorker>>,
}

impl BrowserPartWorker {
    fn worker(&self) -> Option<&SecondWorker> {
        self.worker
            .get_or_init(|| SecondWorker::new(&wasm_bindgen::module()).ok())
            .as_ref()
    }

    fn ask(
        &self,
        name: &str,
        bytes: &[u8],
        options: JsValue,
    ) -> LocalBoxFuture<'static, Option<JsValue>> {
        // Listened to at once: one that is rejected while nobody listens counts as an error that nobody caught, which aborts
        // what any job is writing (guard.js).
        let asked = self
            .worker()
            .map(|worker| JsFuture::from(worker.ask(name, bytes, options)));
        async move { asked?.await.ok() }.boxed_local()
    }
}

impl PartWorker for BrowserPartWorker {
    fn is_for(&self, bytes: u64) -> bool {
        bytes >= SECOND_WORKER_MIN_BYTES
    }

    fn begin(&self) {
        self.worker();
    }

    fn has_room(&self) -> bool {
        self.worker()
            .is_some_and(|worker| worker.waiting() < PARTS_AT_SECOND_WORKER as f64)
    }

    fn pack(&self, lines: &[u8], level: i32) -> LocalBoxFuture<'static, Option<Packed>> {
        let packing = self.ask("pack", lines, level.into());
        async move {
            let packed: PackedAnswer = packing.await?.unchecked_into();
            Some(Packed {
                deflated: packed.deflated().to_vec(),
                crc32: packed.crc32(),
                checksum: packed.checksum(),
                bytes: packed.bytes() as u64,
            })
        }
        .boxed_local()
    }

    fn is_sound(&self, part: PartInZip) -> LocalBoxFuture<'static, bool> {
        let checking = self.ask("isSound", &part.data, part.says_json().into());
        async move { checking.await.is_some_and(|sound| sound.is_truthy()) }.boxed_local()
    }
}

impl Drop for BrowserPartWorker {
    fn drop(&mut self) {
        if let Some(Some(worker)) = self.worker.get() {
            worker.end("The job has ended.");
        }
    }
}

/// What became of lines, in the second worker.
#[wasm_bindgen(getter_with_clone)]
pub struct PackedLines {
    /// Raw deflate.
    pub deflated: Vec<u8>,
    /// Of the lines.
    pub crc32: u32,
    /// The SHA-256 of the lines in lower-case hexadecimal.
    pub checksum: String,
    /// The number of bytes of the lines.
    pub bytes: f64,
}

/// In the second worker: packs lines with this deflate level.
///
/// # Errors
///
/// An `Error` of the browser's when the compressor fails, which it does not.
#[wasm_bindgen]
pub async fn pack(lines: Vec<u8>, level: i32) -> std::result::Result<PackedLines, js_sys::Error> {
    let packed = Packed::pack_with(&lines, level, sha256(&lines)).await;
    let packed = packed.map_err(|error: Error| js_sys::Error::new(&error.message))?;
    Ok(PackedLines {
        deflated: packed.deflated,
        crc32: packed.crc32,
        checksum: packed.checksum,
        bytes: packed.bytes as f64,
    })
}

/// In the second worker: whether a part, as it stands in the ZIP, is what is said of it, and its records are sound.
#[wasm_bindgen(js_name = isSound)]
pub async fn is_sound(data: Vec<u8>, says_json: &str) -> bool {
    let Some(part) = PartInZip::of_json(data, says_json) else {
        return false;
    };
    let Some(lines) = part.lines() else {
        return false;
    };
    let checksum = sha256(&lines).await;
    part.is_sound(&lines, checksum)
}

/// The SHA-256 of bytes by the browser itself, which takes less than half the time and a thread of its own; begun at once. `None`
/// where there is none, as in pages that came without encryption.
fn sha256(bytes: &[u8]) -> impl Future<Output = Option<String>> + use<> {
    let scope: WorkerGlobalScope = js_sys::global().unchecked_into();
    let digest = scope.crypto().and_then(|crypto| {
        // The bytes are copied by the call.
        crypto
            .subtle()
            .digest_with_str_and_u8_array("SHA-256", bytes)
    });
    async move {
        let sum = JsFuture::from(digest.ok()?).await.ok()?;
        let sum = Uint8Array::new(&sum).to_vec();
        Some(hex(&sum.try_into().ok()?))
    }
}
