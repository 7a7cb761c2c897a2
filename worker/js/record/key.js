/** Keys of records (docs/format.md, "Keys"), and where key paths find them. */

import { fromBase64, toBase64 } from './base64.js';
import { step } from './pointer.js';
import { Unkept, className } from './unkept.js';

/** Arrays inside one another in a key. A browser may allow more; nobody has such keys. */
const MAX_KEY_DEPTH = 500;

const NOT_A_KEY = 'not a valid key';

/**
 * The part of a record that its key path names, by IndexedDB's rules.
 * @param {unknown} value
 * @param {string | string[]} keyPath
 * @returns {unknown} undefined when nothing is there
 */
export function keyAt(value, keyPath) {
  if (Array.isArray(keyPath)) return keyPath.map((path) => keyAt(value, path));
  if (keyPath === '') return value;
  let at = value;
  for (const name of keyPath.split('.')) {
    if (typeof at === 'string') at = name === 'length' ? at.length : undefined;
    else if (typeof at !== 'object' || at === null) return undefined;
    else if (Object.hasOwn(at, name) || blobAttribute(at, name)) at = /** @type {Record<string, unknown>} */ (at)[name];
    else return undefined;
  }
  return at;
}

/**
 * @param {object} object
 * @param {string} name
 */
function blobAttribute(object, name) {
  if (!(object instanceof Blob)) return false;
  return name === 'size' || name === 'type' || (object instanceof File && (name === 'name' || name === 'lastModified'));
}

/**
 * @param {unknown} key
 * @returns {string} JSON text
 * @throws {Unkept}
 */
export function keyToJson(key) {
  if (typeof key === 'number' && Number.isFinite(key) && !Object.is(key, -0)) return String(key);
  if (typeof key === 'string') return JSON.stringify(key);
  /** @type {Record<string, string>} */
  const tags = {};
  const payload = pack(key, '', tags, 0);
  const text = JSON.stringify(payload);
  const tagged = JSON.stringify(tags);
  return tagged === '{}' ? text : `{"v":${text},"t":${tagged}}`;
}

/**
 * @param {unknown} key
 * @param {string} path
 * @param {Record<string, string>} tags
 * @param {number} depth
 * @returns {unknown} the payload
 */
function pack(key, path, tags, depth) {
  if (typeof key === 'string') return key;
  if (typeof key === 'number') {
    if (Number.isNaN(key)) throw new Unkept(path, NOT_A_KEY);
    if (Number.isFinite(key) && !Object.is(key, -0)) return key;
    tags[path] = 'number';
    return Object.is(key, -0) ? '-0' : String(key);
  }
  if (Array.isArray(key)) {
    if (depth === MAX_KEY_DEPTH) throw new Unkept('', `a key nested deeper than ${MAX_KEY_DEPTH} levels`);
    return Array.from(key, (member, i) => pack(member, path + step(i), tags, depth + 1));
  }
  if (typeof key !== 'object' || key === null) throw new Unkept(path, NOT_A_KEY);
  if (Object.getPrototypeOf(key) === Date.prototype) {
    const time = /** @type {Date} */ (key).getTime();
    if (Number.isNaN(time)) throw new Unkept(path, NOT_A_KEY);
    tags[path] = 'date';
    return time;
  }
  // In line, a key may be any view of any part of a buffer: its bytes are the key.
  const bytes = ArrayBuffer.isView(key)
    ? new Uint8Array(key.buffer, key.byteOffset, key.byteLength)
    : Object.getPrototypeOf(key) === ArrayBuffer.prototype && new Uint8Array(/** @type {ArrayBuffer} */ (key));
  if (bytes === false) throw new Unkept(path, `${className(key)}, ${NOT_A_KEY}`);
  tags[path] = 'arraybuffer';
  return toBase64(bytes);
}

/**
 * @param {string} text
 * @returns {unknown}
 * @throws {Unkept}
 */
export function keyFromJson(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Unkept('', 'a key that is not JSON');
  }
  return keyFromParsed(json);
}

/**
 * @param {unknown} json
 * @returns {unknown}
 * @throws {Unkept}
 */
export function keyFromParsed(json) {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return unpack(json, '', NO_TAGS, 0);
  const { v, t } = /** @type {{ v?: unknown, t?: unknown }} */ (json);
  if (typeof t !== 'object' || t === null || Array.isArray(t)) throw new Unkept('', NOT_A_KEY);
  const tags = new Map(Object.entries(t));
  const key = unpack(v, '', tags, 0);
  for (const path of tags.keys()) throw new Unkept(path, 'a tag for a place that is not there');
  return key;
}

/** @type {Map<string, unknown>} */
const NO_TAGS = new Map();

/**
 * @param {unknown} payload
 * @param {string} path
 * @param {Map<string, unknown>} tags those that are used are taken out
 * @param {number} depth
 * @returns {unknown}
 */
function unpack(payload, path, tags, depth) {
  const tag = tags.get(path);
  if (tag !== undefined) {
    tags.delete(path);
    return tagged(payload, path, tag);
  }
  if (typeof payload === 'string' || (typeof payload === 'number' && Number.isFinite(payload))) return payload;
  if (!Array.isArray(payload)) throw new Unkept(path, NOT_A_KEY);
  if (depth === MAX_KEY_DEPTH) throw new Unkept('', `a key nested deeper than ${MAX_KEY_DEPTH} levels`);
  return payload.map((member, i) => unpack(member, path + step(i), tags, depth + 1));
}

/**
 * @param {unknown} payload
 * @param {string} path
 * @param {unknown} tag
 * @returns {unknown}
 */
function tagged(payload, path, tag) {
  if (tag === 'number' && (payload === '-0' || payload === 'Infinity' || payload === '-Infinity')) {
    return Number(payload);
  }
  if (tag === 'date' && typeof payload === 'number') {
    const date = new Date(payload);
    if (date.getTime() === payload) return date;
  }
  if (tag === 'arraybuffer' && typeof payload === 'string') {
    const bytes = fromBase64(payload);
    if (bytes !== undefined) return bytes.buffer;
  }
  throw new Unkept(path, `${JSON.stringify(payload)} as ${JSON.stringify(tag)} in a key`);
}
