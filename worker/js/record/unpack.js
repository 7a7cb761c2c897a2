/**
 * Turns a parsed line back into the record. Everything that `t` says is first read from the untouched
 * JSON, and only then put in place, so neither the order of the tags nor one tag's result matters to
 * another, and nothing recurses.
 */

import { fromBase64 } from './base64.js';
import { makeBlob, makeFile, viewClasses } from './binary.js';
import { isValue, resolve } from './place.js';
import { resolveReference } from './reference.js';
import { Unkept } from './unkept.js';

/** @typedef {import('./decode.js').Line} Line */
/** @typedef {import('./place.js').Place} Place */

/** Tags whose places concern other places; the rest can be put in place each by itself. */
const CONNECTED = new Set(['map', 'set', 'blob', 'file', 'ref']);

/**
 * @param {Line} line
 * @param {unknown} t
 * @returns {unknown} the record
 * @throws {Unkept}
 */
export function unpack(line, t) {
  if (typeof t !== 'object' || t === null || Array.isArray(t)) throw new Unkept('', '"t" is not an object');
  /** @type {Place[]} */
  const tagged = [];
  let simple = true;
  for (const path in t) {
    const place = resolve(line, path);
    if (place === undefined) throw nowhere(path);
    place.tag = /** @type {Record<string, any>} */ (t)[path];
    place.value = revive(place);
    tagged.push(place);
    if (CONNECTED.has(place.tag)) simple = false;
  }
  if (!simple) connect(line, tagged);
  for (const { holder, name, value } of tagged) holder[name] = value;
  if (!simple) tagged.forEach(fill);
  return line.v;
}

/**
 * @param {Place} place
 * @returns {unknown} the value; of a map or set, an empty one; of a ref, nothing yet
 */
function revive({ path, payload, tag }) {
  switch (tag) {
    case 'date':
      return date(path, payload);
    case 'undefined':
      if (payload === null) return undefined;
      break;
    case 'number':
      if (payload === 'NaN' || payload === 'Infinity' || payload === '-Infinity' || payload === '-0') {
        return Number(payload);
      }
      break;
    case 'bigint':
      if (typeof payload === 'string' && /^(0|-?[1-9][0-9]*)$/.test(payload)) return BigInt(payload);
      break;
    case 'ref':
      if (typeof payload === 'string') return undefined;
      break;
    case 'map':
      if (Array.isArray(payload) && payload.every(isPair)) return new Map();
      break;
    case 'set':
      if (Array.isArray(payload)) return new Set();
      break;
    case 'arraybuffer':
      return bytes(path, payload, tag).buffer;
    case 'blob':
    case 'file': {
      const data = bytes(path, payload?.data, tag);
      const value = tag === 'blob' ? makeBlob(payload, data) : makeFile(payload, data);
      if (value !== undefined) return value;
      break;
    }
    default:
      return view(path, payload, tag);
  }
  throw new Unkept(path, `no payload of ${tag}`);
}

/**
 * @param {string} path
 * @param {unknown} payload
 */
function date(path, payload) {
  if (payload === null) return new Date(NaN);
  if (typeof payload === 'number') {
    const value = new Date(payload);
    // Equal only where it is a whole number in the range of dates.
    if (value.getTime() === payload) return value;
  }
  throw new Unkept(path, 'no payload of date');
}

/** @param {unknown} member */
function isPair(member) {
  return Array.isArray(member) && member.length === 2;
}

/**
 * @param {string} path
 * @param {unknown} text
 * @param {string} tag
 */
function bytes(path, text, tag) {
  const value = typeof text === 'string' ? fromBase64(text) : undefined;
  if (value === undefined) throw new Unkept(path, `no base64 in the payload of ${tag}`);
  return value;
}

/**
 * @param {string} path
 * @param {unknown} payload
 * @param {unknown} tag
 */
function view(path, payload, tag) {
  const viewClass = viewClasses.get(/** @type {string} */ (tag));
  if (viewClass === undefined) throw new Unkept(path, `the tag ${JSON.stringify(tag)}, which is unknown here`);
  const { buffer } = bytes(path, payload, /** @type {string} */ (tag));
  const { BYTES_PER_ELEMENT } = /** @type {{ BYTES_PER_ELEMENT?: number }} */ (/** @type {unknown} */ (viewClass));
  if (buffer.byteLength % (BYTES_PER_ELEMENT ?? 1) !== 0) {
    throw new Unkept(path, `${buffer.byteLength} bytes in the payload of ${tag}`);
  }
  return new viewClass(buffer);
}

/**
 * Refuses tags of places that are no values, and gives each ref its object.
 * @param {Line} line
 * @param {Place[]} tagged
 */
function connect(line, tagged) {
  const payloads = { maps: new Set(), files: new Set() };
  for (const { tag, payload } of tagged) {
    if (tag === 'map') payloads.maps.add(payload);
    if (tag === 'blob' || tag === 'file') payloads.files.add(payload);
  }
  const byPath = new Map(tagged.map((place) => [place.path, place]));
  for (const place of tagged) {
    if (!isValue(line, place, payloads)) throw nowhere(place.path);
    if (place.tag === 'ref') place.value = resolveReference(line, place, byPath, payloads);
  }
}

/** @param {Place} place */
function fill({ path, payload, tag, value }) {
  if (tag === 'map') {
    const map = /** @type {Map<unknown, unknown>} */ (value);
    for (const [key, member] of payload) map.set(key, member);
    if (map.size !== payload.length) throw new Unkept(path, 'a map with the same key twice');
  } else if (tag === 'set') {
    const set = /** @type {Set<unknown>} */ (value);
    for (const member of payload) set.add(member);
    if (set.size !== payload.length) throw new Unkept(path, 'a set with the same member twice');
  }
}

/** @param {string} path */
function nowhere(path) {
  return new Unkept(path, 'a tag for a place that is not there');
}
