//! Work that goes on by itself.

use futures::future::LocalBoxFuture;

/// Begins some work. It is in a box, since all that runs a future would be compiled for each one.
pub(crate) fn spawn(work: impl Future<Output = ()> + 'static) {
    begin(Box::pin(work));
}

fn begin(work: LocalBoxFuture<'static, ()>) {
    wasm_bindgen_futures::spawn_local(work);
}
