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
/** @typedef {import('./contents.js').Content} Content */
/** @typedef {import('./contents.js').Contents} Contents */
/** @typedef {import('./place.js').Place} Place */

/** Tags whose places concern other places; the rest can be put in place each by itself. */
const CONNECTED = new Set(['map', 'set', 'blob', 'file', 'ref']);

/** A line that is being turned into its record. */
export class Unpacking {
  #line;
  #contents;
  /** @type {Place[]} */
  #tagged = [];
  /**
   * Places whose bytes are in entries of their own.
   * @type {{ place: Place, content: Content }[]}
   */
  #waiting = [];
  #simple = true;
  /** Of binary values. */
  bytes = 0;

  /**
   * @param {Line} line
   * @param {Contents} contents
   * @throws {Unkept}
   */
  constructor(line, contents) {
    this.#line = line;
    this.#contents = contents;
    const { t } = line;
    if (typeof t !== 'object' || t === null || Array.isArray(t)) throw new Unkept('', '"t" is not an object');
    for (const path in t) {
      const place = resolve(line, path);
      if (place === undefined) throw nowhere(path);
      place.tag = /** @type {Record<string, any>} */ (t)[path];
      place.value = this.#revive(place);
      this.#tagged.push(place);
      if (CONNECTED.has(place.tag)) this.#simple = false;
    }
  }

  get wanted() {
    return this.#waiting.map(({ content }) => content);
  }

  /**
   * MUST be called once, when nothing is wanted any more.
   * @returns {unknown} the record
   * @throws {Unkept}
   */
  finish() {
    for (const { place, content } of this.#waiting) {
      place.value = fromBytes(place, this.#contents.take(content, place.path));
    }
    if (!this.#simple) connect(this.#line, this.#tagged);
    for (const { holder, name, value } of this.#tagged) holder[name] = value;
    if (!this.#simple) this.#tagged.forEach(fill);
    return this.#line.v;
  }

  /**
   * @param {Place} place
   * @returns {unknown} the value; nothing yet of a ref and of what waits for its bytes; of a map or set, an empty one
   */
  #revive(place) {
    const { path, payload, tag } = place;
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
      case 'blob':
      case 'file':
        return this.#binary(place, payload?.data, 'blob');
      default:
        if (tag !== 'arraybuffer' && !viewClasses.has(tag)) {
          throw new Unkept(path, `the tag ${JSON.stringify(tag)}, which is unknown here`);
        }
        return this.#binary(place, payload, 'buffer');
    }
    throw noPayload(place);
  }

  /**
   * @param {Place} place
   * @param {unknown} data
   * @param {'blob' | 'buffer'} kind
   */
  #binary(place, data, kind) {
    if (typeof data === 'object' && data !== null) {
      const content = this.#contents.want(kind, place.path, data);
      this.bytes += content.size;
      this.#waiting.push({ place, content });
      return undefined;
    }
    const bytes = typeof data === 'string' ? fromBase64(data) : undefined;
    if (bytes === undefined) throw new Unkept(place.path, `no base64 in the payload of ${place.tag}`);
    this.bytes += bytes.length;
    return fromBytes(place, bytes.buffer);
  }
}

/**
 * @param {Place} place
 * @param {Blob | ArrayBuffer} data
 */
function fromBytes(place, data) {
  const { tag, payload } = place;
  if (tag === 'arraybuffer') return data;
  const value = tag === 'blob' ? makeBlob(payload, data) : tag === 'file' ? makeFile(payload, data) : view(place, /** @type {ArrayBuffer} */ (data));
  if (value === undefined) throw noPayload(place);
  return value;
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
 * @param {Place} place
 * @param {ArrayBuffer} buffer
 */
function view({ path, tag }, buffer) {
  const viewClass = /** @type {import('./binary.js').ViewClass} */ (viewClasses.get(tag));
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

/** @param {Place} place */
function noPayload({ path, tag }) {
  return new Unkept(path, `no payload of ${tag}`);
}

/** @param {string} path */
function nowhere(path) {
  return new Unkept(path, 'a tag for a place that is not there');
}
