// The worker's entry: `cargo xtask build` copies it beside the glue that wasm-bindgen generates,
// and bundles both into dist/worker.js.
import init, { start } from './pos_backup_worker.js';

// Awaited at the top level, so that a wasm file that is missing or refused by the page's security
// policy reaches the page as an `error` event of the worker.
await init({ module_or_path: new URL('./pos_backup_worker_bg.wasm', import.meta.url) });
start();
