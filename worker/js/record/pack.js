/**
 * Turns any record into what JSON can say and the tags for the rest (docs/format.md, "Records").
 *
 * It keeps its own stack: structured clone nests deeper than a worker's call stack can follow.
 */

import { encodedLength, toBase64 } from './base64.js';
import { bufferFault, canBeMade, readBlobBytes, viewName } from './binary.js';
import { step } from './pointer.js';
import { Unkept, className } from './unkept.js';
import { wantHash } from './wanted.js';

/** @typedef {import('./wanted.js').Wanted} Wanted */

/** Arrays and objects inside one another in a line's `v`, payloads included. */
export const MAX_DEPTH = 2000;

/** Longer lines are refused: engines end strings between 2^28 and 2^30 characters. */
export const MAX_LINE_CHARACTERS = 128 * 1024 * 1024;

/**
 * What is thrown for a record whose line would be longer.
 * @param {string} path
 */
export function tooLong(path) {
  return new Unkept(path, `a record of more than ${MAX_LINE_CHARACTERS} characters as JSON`, true);
}

/**
 * A place in the record, and what is still to do below it.
 * @typedef {object} Place
 * @property {Place | undefined} parent
 * @property {string | number} name
 * @property {number} depth
 * @property {any} payload the container being filled, unless nothing is below
 * @property {string[] | undefined} names the container's properties; an array has none
 * @property {number} length
 * @property {number} next
 * @property {boolean} owned whether the object is a view's buffer, which nothing else may hold
 */

/**
 * @typedef {object} Packed
 * @property {unknown} payload
 * @property {string} tags members of `t` as JSON text
 * @property {Wanted[]} wanted what the payload lacks
 * @property {number} bytes of binary values that are kept in entries of their own
 */

/**
 * @param {unknown} value
 * @param {number} blobBytes binary values of so many bytes or more are kept in entries of their own
 * @returns {Packed}
 * @throws {Unkept}
 */
export function pack(value, blobBytes) {
  return new Packer(blobBytes).pack(value);
}

class Packer {
  /** @type {Map<object, Place>} */
  #seen = new Map();
  /** @type {Place[]} */
  #open = [];
  #tags = '';
  #binaryCharacters = 0;
  #blobBytes;
  #bytes = 0;
  /** @type {Wanted[]} */
  #wanted = [];

  /** @param {number} blobBytes */
  constructor(blobBytes) {
    this.#blobBytes = blobBytes;
  }

  /** @param {unknown} value */
  pack(value) {
    const payload = this.#value(value, undefined, '');
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      if (top.next === top.length) {
        this.#open.pop();
        continue;
      }
      const at = top.next++;
      const name = top.names === undefined ? at : /** @type {string} */ (top.names[at]);
      const child = top.payload[name];
      const packed = this.#value(child, top, name);
      // Assigning finds the own property even of the name __proto__: the payload is a copy that has it.
      if (packed !== child) top.payload[name] = packed;
    }
    return { payload, tags: this.#tags, wanted: this.#wanted, bytes: this.#bytes };
  }

  /**
   * @param {unknown} value
   * @param {Place | undefined} parent
   * @param {string | number} name
   * @returns {unknown} the payload
   */
  #value(value, parent, name) {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Number.isFinite(value) && !Object.is(value, -0)) return value;
        this.#tag(parent, name, 'number');
        return Object.is(value, -0) ? '-0' : String(value);
      case 'undefined':
        this.#tag(parent, name, 'undefined');
        return null;
      case 'bigint':
        this.#tag(parent, name, 'bigint');
        return String(value);
      case 'object':
        return value === null ? null : this.#object(value, parent, name);
      default:
        throw new Unkept(pointerTo(parent, name), `a ${typeof value}`);
    }
  }

  /**
   * @param {object} value
   * @param {Place | undefined} parent
   * @param {string | number} name
   * @returns {unknown} the payload
   */
  #object(value, parent, name) {
    const seen = this.#seen.get(value);
    if (seen !== undefined) {
      if (seen.owned) throw new Unkept(pointerTo(parent, name), SHARED_BUFFER);
      this.#tag(parent, name, 'ref');
      return pointerTo(seen.parent, seen.name);
    }
    const place = { parent, name, depth: 1, payload: undefined, names: undefined, length: 0, next: 0, owned: false };
    this.#seen.set(value, place);
    switch (Object.getPrototypeOf(value)) {
      case Object.prototype:
        return this.#enter(place, { ...value }, Object.keys(value));
      case Array.prototype:
        return this.#array(place, /** @type {unknown[]} */ (value));
      case Date.prototype: {
        this.#tag(parent, name, 'date');
        const time = /** @type {Date} */ (value).getTime();
        return Number.isNaN(time) ? null : time;
      }
      case Map.prototype:
        this.#tag(parent, name, 'map');
        return this.#enter(place, [.../** @type {Map<unknown, unknown>} */ (value)], undefined);
      case Set.prototype:
        this.#tag(parent, name, 'set');
        return this.#enter(place, [.../** @type {Set<unknown>} */ (value)], undefined);
      case ArrayBuffer.prototype:
        return this.#buffer(place, /** @type {ArrayBuffer} */ (value));
      case Blob.prototype:
      case File.prototype:
        return this.#blob(place, /** @type {Blob} */ (value));
      default:
        if (ArrayBuffer.isView(value)) return this.#view(place, value);
        throw new Unkept(pointerTo(parent, name), className(value));
    }
  }

  /**
   * @param {Place} place
   * @param {unknown} payload a copy, to be filled with payloads
   * @param {string[] | undefined} names
   */
  #enter(place, payload, names) {
    place.depth = place.parent === undefined ? 1 : place.parent.depth + 1;
    if (place.depth > MAX_DEPTH) {
      throw new Unkept(pointerTo(place.parent, place.name), `nesting deeper than ${MAX_DEPTH} levels`);
    }
    place.payload = payload;
    place.names = names;
    place.length = (names ?? /** @type {unknown[]} */ (payload)).length;
    this.#open.push(place);
    return payload;
  }

  /**
   * @param {Place} place
   * @param {unknown[]} array
   */
  #array(place, array) {
    for (let i = 0; i < array.length; i++) {
      if (array[i] === undefined && !Object.hasOwn(array, i)) {
        throw new Unkept(pointerTo(place.parent, place.name) + step(i), 'a hole in an array');
      }
    }
    if (Object.values(array).length !== array.length) {
      throw new Unkept(pointerTo(place.parent, place.name), 'an array with named properties');
    }
    return this.#enter(place, array.slice(), undefined);
  }

  /**
   * @param {Place} place
   * @param {ArrayBuffer} buffer
   */
  #buffer(place, buffer) {
    const fault = bufferFault(buffer);
    if (fault !== undefined) throw new Unkept(pointerTo(place.parent, place.name), fault);
    this.#tag(place.parent, place.name, 'arraybuffer');
    return this.#binary(place, new Uint8Array(buffer));
  }

  /**
   * @param {Place} place
   * @param {ArrayBufferView} view
   */
  #view(place, view) {
    const { buffer } = view;
    const name = viewName(view);
    const fault =
      bufferFault(buffer) ?? (view.byteLength === buffer.byteLength ? undefined : 'a part of its buffer');
    if (fault !== undefined) {
      throw new Unkept(pointerTo(place.parent, place.name), `a ${name} over ${fault}`);
    }
    if (this.#seen.has(buffer)) throw new Unkept(pointerTo(place.parent, place.name), SHARED_BUFFER);
    this.#seen.set(buffer, { ...place, owned: true });
    this.#tag(place.parent, place.name, name.toLowerCase());
    return this.#binary(place, new Uint8Array(/** @type {ArrayBuffer} */ (buffer)));
  }

  /**
   * @param {Place} place
   * @param {Blob} blob
   */
  #blob(place, blob) {
    const { type } = blob;
    const isFile = Object.getPrototypeOf(blob) === File.prototype;
    const what = isFile ? 'a File' : 'a Blob';
    this.#tag(place.parent, place.name, isFile ? 'file' : 'blob');
    if (!canBeMade(type)) throw new Unkept(pointerTo(place.parent, place.name), `${what} of type ${JSON.stringify(type)}`);
    const data = this.#binary(place, blob);
    if (!isFile) return { type, data };
    const { name, lastModified } = /** @type {File} */ (blob);
    return { name, type, lastModified, data };
  }

  /**
   * @param {Place} place
   * @param {Blob | Uint8Array<ArrayBuffer>} source
   * @returns {unknown} base64, or what names an entry
   */
  #binary(place, source) {
    const size = source instanceof Blob ? source.size : source.length;
    if (size >= this.#blobBytes) {
      const payload = { blob: '', size };
      this.#wanted.push(wantHash(source, payload));
      this.#bytes += size;
      return payload;
    }
    this.#binaryCharacters += encodedLength(size);
    if (this.#binaryCharacters > MAX_LINE_CHARACTERS) throw tooLong(pointerTo(place.parent, place.name));
    return toBase64(source instanceof Blob ? readBlobBytes(source) : source);
  }

  /**
   * @param {Place | undefined} parent
   * @param {string | number} name
   * @param {string} tag
   */
  #tag(parent, name, tag) {
    const text = `${JSON.stringify(pointerTo(parent, name))}:"${tag}"`;
    this.#tags = this.#tags === '' ? text : `${this.#tags},${text}`;
  }
}

const SHARED_BUFFER = 'an ArrayBuffer that another value holds too';

/**
 * @param {Place | undefined} parent
 * @param {string | number} name
 * @returns {string}
 */
function pointerTo(parent, name) {
  let pointer = '';
  for (; parent !== undefined; parent = parent.parent) {
    pointer = step(name) + pointer;
    name = parent.name;
  }
  return pointer;
}
