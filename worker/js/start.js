// The worker's entry: `cargo xtask build` copies it beside the glue that wasm-bindgen generates,
// and bundles both into dist/worker.js.
import init, { isSound, pack, start } from './pos_backup_worker.js';

if (globalThis.name === 'pos-backup second worker') {
  // See second-worker.js. It is given the WebAssembly that the first worker has compiled, and then parts.
  const work = {
    isSound,
    /** @param {Uint8Array} lines @param {number} level */
    async pack(lines, level) {
      const packed = await pack(lines, level);
      const { deflated, crc32, checksum, bytes } = packed;
      // What waits for the garbage collector stays in memory: it sees only how small the object is.
      packed.free();
      return { deflated, crc32, checksum, bytes };
    },
  };
  addEventListener('message', async ({ data: { module } }) => {
    await init({ module_or_path: module });
    /** @param {{ id: number, name: keyof typeof work, bytes: Uint8Array, options: any }} asked */
    const answer = async ({ id, name, bytes, options }) => {
      const answer = await work[name](bytes, options);
      const { deflated } = answer;
      postMessage({ id, answer, bytes }, deflated ? [deflated.buffer, bytes.buffer] : [bytes.buffer]);
    };
    // What nobody catches ends this worker: the first one is told by the event.
    onmessage = ({ data }) => answer(data).catch(reportError);
    postMessage('ready');
  }, { once: true });
  // Only now: what is sent to a script that is still being loaded, perhaps by another one, may be lost.
  postMessage('loaded');
} else {
  // Awaited at the top level, so that a wasm file that is missing or refused by the page's security
  // policy reaches the page as an `error` event of the worker.
  await init({ module_or_path: new URL('./pos_backup_worker_bg.wasm', import.meta.url) });
  start();
}
