//! The pos-backup Web Worker: the dispatcher, and the only code that names browser types.

mod archives;
mod assets;
mod blob;
mod bookkeeping;
mod codec;
mod dispatcher;
mod dom;
mod host;
mod indexed_db;
mod jobs;
mod lock;
mod outbox;
mod pace;
mod page;
mod panic;
mod part_worker;
mod spawn;

pub use archives::{BlobArchives, OpfsArchives};
pub use blob::BlobFile;
pub use bookkeeping::Bookkeeping;
pub use host::BrowserHost;
pub use indexed_db::IndexedDb;
pub use lock::{Lock, LockState};

use gloo_worker::Registrable;
use pos_backup_bridge::codec::PlainObjects;
use wasm_bindgen::prelude::wasm_bindgen;

/// Starts the worker: it says `LOADED` and listens. Called once by the worker's script, after the
/// WebAssembly is there.
#[wasm_bindgen]
pub fn start() {
    panic::report_to_page();
    dispatcher::Dispatcher::registrar()
        .encoding::<PlainObjects>()
        .register();
}
