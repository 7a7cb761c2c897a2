/**
 * Runs in a worker of a browser: fills stores with random records under random keys, encodes what comes out
 * as a backup would, a few records at a time, decodes that and fills other stores as a restore would. Posts
 * undefined, or what fast-check found.
 */

import fc from 'fast-check';
import { RecordDecoder, RecordEncoder } from '../record.js';
import { key, recordOf } from './arbitraries.js';
import { difference } from './difference.js';
import { decodeAll, encodeAll } from './whole.js';

const RUNS = { numRuns: 300 };

const bytes = fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.nat(255).map((byte) => new Uint8Array(3000).fill(byte)));
const mime = fc.constantFrom('', 'text/plain', 'image/png');
const blob = fc.tuple(bytes, mime).map(([bytes, type]) => new Blob([bytes], { type }));
const file = fc.tuple(bytes, fc.string(), mime, fc.nat()).map(([bytes, name, type, lastModified]) => new File([bytes], name, { type, lastModified }));
const four = fc.tuple(fc.double(), fc.double(), fc.double(), fc.double());
const geometry = fc.tuple(fc.constantFrom(DOMPoint, DOMPointReadOnly, DOMRect, DOMRectReadOnly), four).map(([Class, numbers]) => new Class(...numbers));
const matrix = fc.array(fc.double({ noNaN: true }), { minLength: 6, maxLength: 6 }).map((numbers) => new DOMMatrix(numbers));
const image = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(255)).map(([width, byte]) => new ImageData(new Uint8ClampedArray(8 * width).fill(byte), width));
const exception = fc.tuple(fc.string(), fc.constantFrom('AbortError', 'DataCloneError', '')).map(([message, name]) => new DOMException(message, name));
const record = recordOf(bytes, blob, file, geometry, matrix, image, exception);

/** Key paths by store; each of them stands twice. */
const STORES = { 'out-of-line': null, inline: 'id', dotted: 'head.id', compound: ['a', 'b'] };
const rowOf = {
  'out-of-line': (value, key) => [value, key],
  inline: (value, key) => [{ value, id: key }],
  dotted: (value, key) => [{ head: { value, id: key }, value }],
  compound: (value, key) => [{ a: key, value, b: [key, 1] }],
};

const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const open = indexedDB.open('properties');
open.onupgradeneeded = () => {
  for (const [name, keyPath] of Object.entries(STORES)) {
    for (const side of ['source', 'copy']) open.result.createObjectStore(`${side} ${name}`, { keyPath });
  }
};
const database = await promised(open);

/** Replaces what a store holds, and gives what it holds then. */
async function fill(name, rows) {
  const store = database.transaction(name, 'readwrite').objectStore(name);
  store.clear();
  for (const row of rows) store.put(...row);
  return { values: await promised(store.getAll()), keys: await promised(store.getAllKeys()) };
}

async function comesBack(name, rows, blobBytes, enough) {
  const keyPath = STORES[name];
  const source = await fill(`source ${name}`, rows.map(([value, key]) => rowOf[name](value, key)));
  const encoder = new RecordEncoder(source.values, keyPath === null ? source.keys : undefined, keyPath, false);
  const { bytes, contents } = await encodeAll(encoder, blobBytes, enough);
  const noFileLists = () => Promise.reject(new Error('no FileLists here'));
  const { values, keys } = await decodeAll(new RecordDecoder(bytes), (sha256) => contents.get(sha256), noFileLists, enough);
  const copy = await fill(`copy ${name}`, values.map((value, i) => (keyPath === null ? [value, keys[i]] : [value])));
  const readBlob = (blob) => new FileReaderSync().readAsArrayBuffer(blob);
  const wrong = difference(copy, source, readBlob);
  if (wrong !== undefined) throw new Error(wrong);
}

const rows = fc.array(fc.tuple(record, key), { maxLength: 12 });
const property = fc.asyncProperty(fc.constantFrom(...Object.keys(STORES)), rows, fc.constantFrom(1, 64, Infinity), fc.constantFrom(1, 500, Infinity), comesBack);
postMessage(await fc.assert(property, RUNS).then(() => undefined, (error) => String(error?.message ?? error)));
