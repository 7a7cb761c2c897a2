/**
 * The record codec: records as IndexedDB gives them, to lines of NDJSON (docs/format.md, "Records")
 * and back, exactly. In JavaScript, because the engine's own JSON is about three times faster than
 * walking the same objects from WebAssembly.
 */

export { setBlobReader } from './record/blob-reader.js';
export { RecordDecoder } from './record/decode.js';
export { RecordEncoder } from './record/encode.js';
export { keyAt, keyFromJson, keyToJson } from './record/key.js';
export { setClone } from './record/stack.js';
