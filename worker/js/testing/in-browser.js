/**
 * Runs in a worker of a browser: puts values into a real IndexedDB, encodes what comes out of it as a
 * backup would, and posts by name what happened to each.
 */

import { decodeRecords, encodeRecords } from './whole.js';
import { difference } from './difference.js';
import { refusedValues } from './refused.js';
import { keptValues } from './values.js';

const readBlob = (blob) => new FileReaderSync().readAsArrayBuffer(blob);
const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function throughDatabase(named) {
  const open = indexedDB.open('codec');
  open.onupgradeneeded = () => open.result.createObjectStore('records');
  const database = await promised(open);
  const store = () => database.transaction('records', 'readwrite').objectStore('records');
  await promised(store().clear());
  for (const [name, value] of Object.entries(named)) await promised(store().put(value, name));
  const reading = store();
  const [values, keys] = await Promise.all([promised(reading.getAll()), promised(reading.getAllKeys())]);
  database.close();
  return keys.map((key, i) => [key, values[i]]);
}

/** Runs as in an engine that has no base64 for bytes built in. */
function withoutNativeBase64(run) {
  const { toBase64 } = Uint8Array.prototype;
  const { fromBase64 } = Uint8Array;
  delete Uint8Array.prototype.toBase64;
  delete Uint8Array.fromBase64;
  try {
    return run();
  } finally {
    Object.defineProperty(Uint8Array.prototype, 'toBase64', { value: toBase64, writable: true, configurable: true });
    Object.defineProperty(Uint8Array, 'fromBase64', { value: fromBase64, writable: true, configurable: true });
  }
}

function roundTrip([key, value], original) {
  const { bytes } = encodeRecords([value], [key], null);
  const portable = withoutNativeBase64(() => encodeRecords([value], [key], null).bytes);
  if (String(bytes) !== String(portable)) return 'other bytes without the built-in base64';
  for (const { values, keys } of [decodeRecords(bytes), withoutNativeBase64(() => decodeRecords(bytes))]) {
    if (keys?.[0] !== key) return `the key ${keys?.[0]}`;
    const wrong = difference(values[0], original, readBlob);
    if (wrong !== undefined) return wrong;
  }
  return 'identical';
}

function refusal([key, value]) {
  try {
    encodeRecords([value], [key], null);
  } catch (error) {
    return `${error.path} ${error.found}`;
  }
  return 'not refused';
}

function line({ name, line, ok, path }) {
  const expected = ok ? 'accepted' : path;
  let actual = 'accepted';
  try {
    decodeRecords(new TextEncoder().encode(`${line}\n`));
  } catch (refusal) {
    actual = refusal.path;
  }
  return { name, expected, actual };
}

async function platformObjects() {
  const directory = await navigator.storage.getDirectory();
  const file = await directory.getFileHandle('codec', { create: true });
  const form = '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Type: A/B\r\n\r\nx\r\n--B--\r\n';
  const uploaded = await new Response(form, { headers: { 'content-type': 'multipart/form-data; boundary=B' } }).formData();
  return {
    CryptoKey: await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']),
    ImageData: new ImageData(1, 1),
    DOMException: new DOMException('x'),
    DOMRect: new DOMRect(),
    DOMMatrix: new DOMMatrix(),
    FileSystemFileHandle: file,
    FileSystemDirectoryHandle: directory,
    'a resizable ArrayBuffer': new ArrayBuffer(4, { maxByteLength: 8 }),
    RangeError: new RangeError('x'),
    'a File of type "A/B"': uploaded.get('f'),
  };
}

try {
  const kept = keptValues();
  const refused = Object.fromEntries(Object.entries(refusedValues()).map(([name, [value]]) => [name, value]));
  // A browser cannot store an array of four thousand million holes either.
  delete refused['an array of holes'];
  postMessage({
    kept: (await throughDatabase(kept)).map((row) => [row[0], roundTrip(row, kept[row[0]])]),
    refused: (await throughDatabase(refused)).map((row) => [row[0], refusal(row)]),
    platform: (await throughDatabase(await platformObjects())).map((row) => [row[0], refusal(row)]),
    lines: (await (await fetch('/tests/fixtures/records.json')).json()).map(line),
  });
} catch (error) {
  postMessage({ failed: String(error?.stack ?? JSON.stringify(error)) });
}
