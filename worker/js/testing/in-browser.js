/**
 * Runs in a worker of a browser: puts values into a real IndexedDB, encodes what comes out of it as a
 * backup would, decodes that and puts it as a restore would, and posts by name what happened to each.
 * Of its page it asks for FileLists: it posts files, and is posted a list of them.
 */

import { RecordDecoder, RecordEncoder } from '../record.js';
import { difference } from './difference.js';
import { keptValues, madeValues } from './values.js';
import { decodeAll, encodeAll } from './whole.js';

const readBlob = (blob) => new FileReaderSync().readAsArrayBuffer(blob);
const differs = (actual, expected) => difference(actual, expected, readBlob);
const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const open = indexedDB.open('codec');
open.onupgradeneeded = () => open.result.createObjectStore('records');
const database = await promised(open);

/** What IndexedDB gives back for a value. */
async function stored(value) {
  const store = () => database.transaction('records', 'readwrite').objectStore('records');
  await promised(store().put(value, 1));
  return promised(store().get(1));
}

function makeFileList(files) {
  return new Promise((resolve) => {
    onmessage = ({ data }) => resolve(data);
    postMessage({ files });
  });
}

/** Runs as in an engine that has no base64 for bytes built in. */
async function withoutNativeBase64(run) {
  const { toBase64 } = Uint8Array.prototype;
  const { fromBase64 } = Uint8Array;
  delete Uint8Array.prototype.toBase64;
  delete Uint8Array.fromBase64;
  try {
    return await run();
  } finally {
    Object.defineProperty(Uint8Array.prototype, 'toBase64', { value: toBase64, writable: true, configurable: true });
    Object.defineProperty(Uint8Array, 'fromBase64', { value: fromBase64, writable: true, configurable: true });
  }
}

/** Through lines and back, with binary values from a size on kept apart, and into the database again. */
async function roundTrip(value, blobBytes) {
  const record = await stored(value);
  const encode = () => encodeAll(new RecordEncoder([record], ['key'], null, false), blobBytes);
  const { bytes, contents } = await encode();
  const portable = await withoutNativeBase64(encode);
  if (String(bytes) !== String(portable.bytes)) return 'other bytes without the built-in base64';
  const decode = () => decodeAll(new RecordDecoder(bytes), (sha256) => contents.get(sha256), makeFileList);
  for (const { values, keys } of [await decode(), await withoutNativeBase64(decode)]) {
    if (keys?.[0] !== 'key') return `the key ${keys?.[0]}`;
    const again = await stored(values[0]);
    const wrong = differs(values[0], record) ?? differs(again, record) ?? await otherKeys(again, record);
    if (wrong !== undefined) return wrong;
  }
  return 'identical';
}

/** Whether lists of CryptoKeys hold other keys, all else being the same. */
async function otherKeys(actual, expected) {
  if (!(actual?.[0] instanceof CryptoKey) || !(actual.at(-1) instanceof CryptoKey)) return undefined;
  for (const [i, key] of actual.entries()) {
    const [mine, theirs] = await Promise.all([key, expected[i]].map((key) => crypto.subtle.exportKey('jwk', key)));
    if (JSON.stringify(mine) !== JSON.stringify(theirs)) return `/${i}: another key`;
  }
  return undefined;
}

async function refusal(value) {
  const record = await stored({ value });
  const attempt = (omit) => encodeAll(new RecordEncoder([record], ['key'], null, omit));
  let refused = 'not refused';
  try {
    await attempt(false);
  } catch (error) {
    refused = `${error.key} ${error.path} ${error.found}`;
  }
  const { omissions, bytes } = await attempt(true);
  const left = omissions.map(({ key, path, found }) => `${key} ${path} ${found}`).join();
  const line = new TextDecoder().decode(bytes);
  if (line !== '{"v":{"value":null},"k":"key","t":{"/value":"undefined"}}\n') return `left out as ${line}`;
  return left === refused ? refused : `left out as ${left}, refused as ${refused}`;
}

async function line({ name, line, ok, path }) {
  const expected = ok ? 'accepted' : path;
  let actual = 'accepted';
  try {
    const zeros = (_, size) => new Blob([new Uint8Array(size)]);
    await decodeAll(new RecordDecoder(new TextEncoder().encode(`${line}\n`)), zeros, makeFileList);
  } catch (refusal) {
    actual = refusal.path ?? String(refusal.stack);
  }
  return { name, expected, actual };
}

/** The line of a value that was decoded and stored, where that is the same line: see the tests of lines in Node. */
async function canonical({ name, line, ok, canonical, outOfLine, browser }) {
  if (!ok || canonical === false || browser !== true) return [];
  const zeros = (_, size) => new Blob([new Uint8Array(size)]);
  const { values, keys } = await decodeAll(new RecordDecoder(new TextEncoder().encode(line)), zeros, makeFileList);
  const { bytes } = await encodeAll(new RecordEncoder(values, keys, outOfLine === true ? null : [], false), 4096);
  const again = new TextDecoder().decode(bytes);
  return again === `${line}\n` ? [] : [{ name, line, again }];
}

async function refusedObjects() {
  const directory = await navigator.storage.getDirectory();
  const file = await directory.getFileHandle('codec', { create: true });
  const form = '--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\nContent-Type: A/B\r\n\r\nx\r\n--B--\r\n';
  const uploaded = await new Response(form, { headers: { 'content-type': 'multipart/form-data; boundary=B' } }).formData();
  const drawn = (options, color) => {
    const canvas = new OffscreenCanvas(2, 2);
    const context = canvas.getContext('2d', options);
    context.fillStyle = color;
    context.fillRect(0, 0, 2, 2);
    return canvas.transferToImageBitmap();
  };
  return {
    'CryptoKey that is not extractable': await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']),
    FileSystemFileHandle: file,
    FileSystemDirectoryHandle: directory,
    'a File of type "A/B"': uploaded.get('f'),
    'ImageBitmap with transparency': drawn({}, 'rgb(1 2 3 / 50%)'),
    'ImageBitmap with more than 8 bits a channel in sRGB': drawn({ colorSpace: 'display-p3' }, 'color(display-p3 1 0 0)'),
  };
}

/** A CryptoKey that the platform exports, and makes another one of. */
async function remade() {
  const { subtle } = crypto;
  const key = await subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt']);
  const other = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt']);
  Object.defineProperty(subtle, 'importKey', { value: async () => other, configurable: true });
  const differing = await refusal(key);
  Object.defineProperty(subtle, 'importKey', { value: () => Promise.reject(new Error('no')), configurable: true });
  const failing = await refusal(key);
  delete subtle.importKey;
  return [differing, failing];
}

async function each(named, run) {
  const results = [];
  for (const [name, value] of Object.entries(named)) {
    results.push([name, await run(value).catch((error) => `failed: ${error?.stack ?? JSON.stringify(error)}`)]);
  }
  return results;
}

try {
  const lines = await (await fetch('/tests/fixtures/records.json')).json();
  const kept = { ...keptValues(), ...await madeValues(makeFileList) };
  postMessage({
    whole: await each(kept, (value) => roundTrip(value, Infinity)),
    apart: await each(kept, (value) => roundTrip(value, 2)),
    refused: await each(await refusedObjects(), refusal),
    remade: await remade(),
    lines: await Promise.all(lines.filter(({ line }) => !line.includes('filelist')).map(line)),
    listed: await each(lines.filter(({ line }) => line.includes('filelist')), line),
    canonical: (await each(lines, canonical)).flatMap(([, wrong]) => wrong),
  });
} catch (error) {
  postMessage({ failed: String(error?.stack ?? JSON.stringify(error)) });
}
