/** Keys of records (docs/format.md, "Keys"), and where key paths find them. */

import { fromBase64, toBase64 } from './base64.js';
import { markSurrogates, mayHaveSurrogates, unmarkSurrogates } from './surrogates.js';
import { Unkept, className } from './unkept.js';

/** Arrays inside one another in a key. A browser may allow more; nobody has such keys. */
const MAX_KEY_DEPTH = 90;

/**
 * The part of a record that its key path names, by IndexedDB's rules.
 * @param {unknown} value
 * @param {string | string[]} keyPath
 * @returns {unknown} undefined when nothing is there
 */
export function keyAt(value, keyPath) {
  if (Array.isArray(keyPath)) return keyPath.map((path) => keyAt(value, path));
  let at = value;
  for (const name of namesOf(keyPath)) at = step(at, name);
  return at;
}

/**
 * The objects through which a key path leads.
 * @param {unknown} value
 * @param {string | string[]} keyPath
 * @returns {object[]}
 */
export function holdersOfKey(value, keyPath) {
  /** @type {object[]} */
  const holders = [];
  for (const path of [keyPath].flat()) {
    let at = value;
    for (const name of namesOf(path)) {
      if (typeof at !== 'object' || at === null) break;
      holders.push(at);
      at = step(at, name);
    }
  }
  return holders;
}

/** @param {string} keyPath */
function namesOf(keyPath) {
  return keyPath === '' ? [] : keyPath.split('.');
}

/**
 * @param {unknown} at
 * @param {string} name
 * @returns {unknown} undefined when nothing is there
 */
function step(at, name) {
  if (typeof at === 'string') return name === 'length' ? at.length : undefined;
  if (typeof at !== 'object' || at === null) return undefined;
  if (at instanceof File && name === 'lastModifiedDate') return new Date(at.lastModified);
  return Object.hasOwn(at, name) || blobAttribute(at, name) ? /** @type {Record<string, unknown>} */ (at)[name] : undefined;
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
  if (typeof key === 'number' && isJsonNumber(key)) return String(key);
  /** @type {string[]} */
  const tags = [];
  const text = JSON.stringify(pack(key, '', tags, 0));
  const mayBeMarked = mayHaveSurrogates(text);
  if (tags.length === 0 && !mayBeMarked) return text;
  const tagged = `{"v":${text}${tags.length === 0 ? '' : `,"t":{${tags.join()}}`}}`;
  const marked = mayBeMarked ? markSurrogates(tagged) : tagged;
  return marked === tagged && tags.length === 0 ? text : marked;
}

/**
 * @param {unknown} key
 * @param {string} path
 * @param {string[]} tags
 * @param {number} depth
 * @returns {unknown} the payload
 */
function pack(key, path, tags, depth) {
  if (typeof key === 'string' || (typeof key === 'number' && isJsonNumber(key))) return key;
  if (Array.isArray(key)) {
    const payload = [];
    if (depth === MAX_KEY_DEPTH) throw tooDeep();
    for (let i = 0; i < key.length; i++) payload.push(pack(key[i], `${path}/${i}`, tags, depth + 1));
    return payload;
  }
  const [tag, payload] = packScalar(key);
  tags.push(`"${path}":"${tag}"`);
  return payload;
}

/**
 * @param {unknown} key that JSON cannot say
 * @returns {[tag: string, payload: unknown]}
 */
function packScalar(key) {
  if (typeof key === 'number' && !Number.isNaN(key)) return ['number', key === 0 ? '-0' : String(key)];
  if (typeof key !== 'object' || key === null) throw notAKey(String(key));
  const prototype = Object.getPrototypeOf(key);
  if (prototype === Date.prototype) {
    const time = /** @type {Date} */ (key).getTime();
    if (Number.isNaN(time)) throw notAKey('an invalid Date');
    return ['date', time];
  }
  if (prototype === ArrayBuffer.prototype) return ['arraybuffer', toBase64(new Uint8Array(/** @type {ArrayBuffer} */ (key)))];
  // In a record, a key may be any view of any part of a buffer: its bytes are the key.
  if (ArrayBuffer.isView(key)) return ['arraybuffer', toBase64(new Uint8Array(key.buffer, key.byteOffset, key.byteLength))];
  throw notAKey(className(key));
}

/**
 * @param {string} text JSON
 * @returns {unknown} the key
 * @throws {Unkept}
 */
export function keyFromJson(text) {
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    throw notAKey('text that is not JSON');
  }
  return keyFromParsed(isMarkedKey(json) ? unmarkedKey(text) : json);
}

/**
 * @param {unknown} json without marks
 * @returns {unknown} the key
 * @throws {Unkept}
 */
export function keyFromParsed(json) {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return unpack(json, '', new Map(), 0);
  const { v, t } = /** @type {{ v?: unknown, t?: unknown }} */ (json);
  if (typeof t !== 'object' || t === null || Array.isArray(t)) throw notAKey('an object');
  const tags = new Map(Object.entries(t));
  const key = unpack(v, '', tags, 0);
  if (tags.size !== 0) throw notAKey('a tag for a place that is not there');
  return key;
}

/**
 * Whether lone surrogates are marked in a key, so that its text is needed.
 * @param {any} json
 */
export function isMarkedKey(json) {
  return typeof json === 'object' && json !== null && json.s !== undefined;
}

/**
 * @param {string} text of a key with marked surrogates; once parsed, a mark looks like an escape
 * @returns {{ v?: unknown, t: unknown }} the key without marks
 * @throws {Unkept}
 */
export function unmarkedKey(text) {
  const unmarked = unmarkSurrogates(text, JSON.parse(text).s);
  if (unmarked === undefined) throw notAKey('an s that marks no surrogates');
  const { v, t = {} } = JSON.parse(unmarked);
  return { v, t };
}

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
    return unpackScalar(payload, tag);
  }
  if (typeof payload === 'string' || (typeof payload === 'number' && Number.isFinite(payload))) return payload;
  if (!Array.isArray(payload)) throw notAKey(typeof payload === 'object' ? 'an object' : String(payload));
  if (depth === MAX_KEY_DEPTH) throw tooDeep();
  const key = [];
  for (let i = 0; i < payload.length; i++) key.push(unpack(payload[i], `${path}/${i}`, tags, depth + 1));
  return key;
}

/**
 * @param {unknown} payload
 * @param {unknown} tag
 * @returns {unknown}
 */
function unpackScalar(payload, tag) {
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
  throw notAKey(`a payload of ${JSON.stringify(tag)} that is none`);
}

/** @param {number} value */
function isJsonNumber(value) {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/** @param {string} what */
function notAKey(what) {
  return new Unkept('', `as a key, ${what}`);
}

function tooDeep() {
  return notAKey(`arrays nested deeper than ${MAX_KEY_DEPTH} levels`);
}
