/**
 * Turns any record into what JSON can say and the tags for the rest (docs/format.md, "Records").
 *
 * It keeps its own stack: structured clone nests deeper than a worker's call stack can follow. Below
 * MAX_DEPTH the walk goes on in a further member of `d`, once all above it is done, so that whatever
 * comes first in the record is met first.
 */

import { readBlobBytes } from './blob-reader.js';
import { isPlain } from './collections.js';
import { bigintPayload } from './kinds/boxed.js';
import { kindOf } from './kinds.js';
import { MAX_TAGS, tooManyTags } from './limits.js';
import { numberPayload } from './number.js';
import { Binary } from './pack-binary.js';
import { FILES, MEMBERS, PAIR, PAIRS, PROPERTIES, PackPlace, VALUES } from './pack-place.js';
import { Unkept, className } from './unkept.js';
import { wantMaking } from './wanted.js';

/** @typedef {import('./wanted.js').Wanted} Wanted */

/**
 * Arrays and objects inside one another in a `v`. With the line, `d`, a map's pairs and the longest payload
 * around and below them, they stay within the 100 levels of the format.
 */
const MAX_DEPTH = 90;

/** What comes back for a map's key or a set's member that is left out. */
const OMITTED = Symbol('omitted');

/**
 * @typedef {object} PackOptions
 * @property {number} blobBytes binary values of so many bytes or more are kept in entries of their own
 * @property {boolean} omit whether what cannot be kept is left out
 * @property {Map<object, string> | undefined} refused objects that the platform turned out not to give back, and why
 */

/**
 * A `v` and its `t`.
 * @typedef {object} Section
 * @property {unknown} payload
 * @property {string} tags members of `t` as JSON text
 */

/**
 * @typedef {object} Packed
 * @property {Section[]} sections the line's own, and those of `d`
 * @property {Wanted[]} wanted what the payloads lack
 * @property {number} bytes of binary values that are kept in entries of their own
 * @property {{ path: string, found: string }[]} omissions
 * @property {Map<object, string>} omitted the objects that were left out, and what they are
 * @property {{ value: object, unkept: Unkept }[]} refusals what turned out not to be kept, once nothing is wanted any more
 */

/**
 * @param {unknown} value
 * @param {PackOptions} options
 * @returns {Packed}
 * @throws {Unkept}
 */
export function pack(value, options) {
  const shared = new Set();
  for (;;) {
    const packer = new Packer(options, shared);
    const packed = packer.pack(value);
    // Rarely, a buffer that was written as its view's own is met again: then it is written by itself.
    if (!packer.metAgain) return packed;
  }
}

export class Packer {
  #options;
  #shared;
  /** Whether buffers were added to the shared ones, so that all is to be packed anew. */
  metAgain = false;
  /** @type {Map<object, PackPlace>} */
  #seen = new Map();
  /**
   * Buffers that are written as their view.
   * @type {Set<object>}
   */
  #owned = new Set();
  /** @type {PackPlace[]} */
  #open = [];
  /**
   * The values of further members of `d`.
   * @type {PackPlace[]}
   */
  #deep = [];
  /** @type {Section[]} */
  #sections = [{ payload: null, tags: '' }];
  /** @type {{ path: string, found: string }[]} */
  #omissions = [];
  /**
   * The objects that were left out, and what they are.
   * @type {Map<object, string>}
   */
  #omitted = new Map();
  /** @type {{ value: object, unkept: Unkept }[]} */
  #refusals = [];
  #tags = 0;
  #binary;

  /**
   * @param {PackOptions} options
   * @param {Set<ArrayBufferLike>} shared buffers that several values hold
   */
  constructor(options, shared) {
    this.#options = options;
    this.#binary = new Binary(options.blobBytes);
    this.#shared = shared;
  }

  /**
   * @param {unknown} value
   * @returns {Packed}
   */
  pack(value) {
    const record = /** @type {Section} */ (this.#sections[0]);
    record.payload = this.#value(value, undefined, '', '');
    for (let deep = 0; ; ) {
      const top = this.#open.at(-1);
      if (top !== undefined) this.#visit(top);
      else if (deep < this.#deep.length) this.#open.push(/** @type {PackPlace} */ (this.#deep[deep++]));
      else break;
    }
    return {
      sections: this.#sections,
      wanted: this.#binary.wanted,
      bytes: this.#binary.bytes,
      omissions: this.#omissions,
      omitted: this.#omitted,
      refusals: this.#refusals,
    };
  }

  /**
   * Goes one step on in the innermost place.
   * @param {PackPlace} top
   */
  #visit(top) {
    if (top.next === top.length) {
      this.#open.pop();
      if (top.way === MEMBERS || top.way === PAIRS) top.payload.length = top.kept;
      return;
    }
    const at = top.next++;
    const { payload } = top;
    switch (top.way) {
      case MEMBERS: {
        const packed = this.#value(payload[at], top, top.kept, at);
        if (packed !== OMITTED) payload[top.kept++] = packed;
        return;
      }
      case PAIRS:
        return this.#openInner(new PackPlace(top, top.kept, at), PAIR, payload[at], undefined);
      case PAIR: {
        const packed = this.#value(payload[at], top, at, at);
        if (packed === OMITTED) {
          this.#open.pop();
          return;
        }
        payload[at] = packed;
        const map = /** @type {PackPlace} */ (top.parent);
        if (at === 0) map.payload[map.kept++] = payload;
        return;
      }
      case PROPERTIES: {
        const { properties } = payload;
        return this.#openInner(new PackPlace(top, 'properties', 'properties'), VALUES, properties, Object.keys(properties));
      }
      default: {
        const name = top.names === undefined ? at : /** @type {string} */ (top.names[at]);
        const child = payload[name];
        const packed = this.#value(child, top, name, name);
        // Assigning finds the own property even of the name __proto__: the payload is a copy that has it.
        if (packed !== child) payload[name] = packed;
      }
    }
  }

  /**
   * Opens a part of a payload that is no place itself.
   * @param {PackPlace} place
   * @param {number} way
   * @param {unknown} payload
   * @param {string[] | undefined} names
   */
  #openInner(place, way, payload, names) {
    place.way = way;
    place.payload = payload;
    place.names = names;
    place.length = (names ?? /** @type {unknown[]} */ (payload)).length;
    this.#open.push(place);
  }

  /**
   * @param {unknown} value
   * @param {PackPlace | undefined} parent
   * @param {string | number} name
   * @param {string | number} original
   * @returns {unknown} the payload, or OMITTED
   */
  #value(value, parent, name, original) {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Number.isFinite(value) && !Object.is(value, -0)) return value;
        this.#tag(new PackPlace(parent, name, original), 'number');
        return numberPayload(value);
      case 'undefined':
        this.#tag(new PackPlace(parent, name, original), 'undefined');
        return null;
      case 'bigint':
        return this.#bigint(value, new PackPlace(parent, name, original));
      case 'object':
        if (value === null) return null;
        break;
      default:
        return this.#leaveOut(new Unkept('', `a ${typeof value}`), new PackPlace(parent, name, original));
    }
    if (parent === undefined || parent.way !== FILES) {
      const seen = this.#seen.get(value);
      if (seen !== undefined) return this.#reference(value, seen, new PackPlace(parent, name, original));
    }
    const place = new PackPlace(parent, name, original);
    this.#seen.set(value, place);
    try {
      return this.#object(value, place);
    } catch (error) {
      if (!(error instanceof Unkept)) throw error;
      this.#seen.delete(value);
      const left = this.#leaveOut(error, place);
      this.#omitted.set(value, error.found);
      return left;
    }
  }

  /**
   * @param {bigint} value
   * @param {PackPlace} place
   * @returns {unknown} the payload
   */
  #bigint(value, place) {
    try {
      return this.leaf(place, 'bigint', bigintPayload(value));
    } catch (error) {
      if (!(error instanceof Unkept)) throw error;
      return this.#leaveOut(error, place);
    }
  }

  /**
   * @param {object} value
   * @param {PackPlace} place
   * @returns {unknown} the payload
   * @throws {Unkept} without a path, and before there was a tag
   */
  #object(value, place) {
    const prototype = Object.getPrototypeOf(value);
    switch (prototype) {
      case Object.prototype:
        return this.enter(place, '', { ...value }, Object.keys(value));
      case Array.prototype:
        return this.#array(place, /** @type {unknown[]} */ (value));
      case Date.prototype: {
        const time = /** @type {Date} */ (value).getTime();
        return this.leaf(place, 'date', Number.isNaN(time) ? null : time);
      }
      case Map.prototype:
        return this.enter(place, 'map', [.../** @type {Map<unknown, unknown>} */ (value)], undefined, PAIRS);
      case Set.prototype:
        return this.enter(place, 'set', [.../** @type {Set<unknown>} */ (value)], undefined, MEMBERS);
    }
    const kind = kindOf(prototype);
    if (kind?.pack === undefined) throw new Unkept('', className(value));
    const refused = this.refusal(value);
    if (refused !== undefined) throw new Unkept('', refused);
    return kind.pack(value, place, this);
  }

  /**
   * @param {PackPlace} place
   * @param {unknown[]} array
   */
  #array(place, array) {
    if (isPlain(array)) return this.enter(place, '', array.slice(), undefined);
    const payload = { length: array.length, properties: { ...array } };
    return this.enter(place, 'array', payload, ['properties'], PROPERTIES);
  }

  /**
   * @param {object} value
   * @param {PackPlace} seen
   * @param {PackPlace} place
   */
  #reference(value, seen, place) {
    if (this.#owned.has(value)) {
      this.share(/** @type {ArrayBuffer} */ (value));
      return null;
    }
    const pointer = seen.pointer();
    return this.leaf(place, 'ref', seen.section === 0 ? pointer : [seen.section - 1, pointer]);
  }

  /**
   * @param {Unkept} error
   * @param {PackPlace} place of the value
   * @returns {unknown} what stands there instead
   * @throws {Unkept} unless it may be left out
   */
  #leaveOut({ found, tooLarge }, place) {
    const { parent } = place;
    if (!this.#options.omit || parent === undefined || tooLarge) throw new Unkept(place.path(), found, tooLarge);
    this.#omissions.push({ path: place.path(), found });
    const { way } = parent;
    if (way === MEMBERS || (way === PAIR && place.name === 0)) return OMITTED;
    return this.leaf(place, 'undefined', null);
  }

  /**
   * A value that holds no others.
   * @param {PackPlace} place
   * @param {string} tag
   * @param {unknown} payload
   */
  leaf(place, tag, payload) {
    this.#tag(place, tag);
    return payload;
  }

  /**
   * A value that holds others.
   * @param {PackPlace} place
   * @param {string} tag empty for none
   * @param {any} payload a copy, to be filled with payloads
   * @param {string[] | undefined} names the payload's properties that hold them; undefined for all of an array
   * @param {number} [way]
   * @returns {unknown} what stands at the place
   */
  enter(place, tag, payload, names, way = VALUES) {
    // The pixels of an image stay with it, and may hold a buffer in their turn.
    const maxDepth = tag === 'imagedata' ? MAX_DEPTH - 1 : MAX_DEPTH;
    const number = place.depth > maxDepth ? this.#deepen(place, payload) : undefined;
    if (tag !== '') this.#tag(place, tag);
    place.way = way;
    place.payload = payload;
    place.names = names;
    place.length = (names ?? payload).length;
    if (number === undefined) {
      this.#open.push(place);
      return payload;
    }
    this.#deep.push(place);
    return number;
  }

  /**
   * Makes the place that of the value of a further member of `d`.
   * @param {PackPlace} place
   * @param {unknown} payload
   * @returns {number} the member
   */
  #deepen(place, payload) {
    const deep = new PackPlace(place.parent, place.name, place.original);
    this.#tag(deep, 'deep');
    place.deep = deep;
    place.parent = undefined;
    place.depth = 1;
    place.section = this.#sections.push({ payload, tags: '' }) - 1;
    return place.section - 1;
  }

  /**
   * @param {PackPlace} place
   * @param {string} tag
   */
  #tag(place, tag) {
    if (++this.#tags > MAX_TAGS) throw tooManyTags();
    const section = /** @type {Section} */ (this.#sections[place.section]);
    const text = `"${place.jsonPointer()}":"${tag}"`;
    section.tags = section.tags === '' ? text : `${section.tags},${text}`;
  }

  /**
   * @param {object} value
   * @returns {string | undefined} what it is, if it turned out before not to be kept
   */
  refusal(value) {
    return this.#options.refused?.get(value);
  }

  /**
   * @param {Blob | Uint8Array<ArrayBuffer>} source
   * @param {PackPlace} place of the Blob or buffer
   * @returns {unknown} base64, or what names an entry
   * @throws {Unkept}
   */
  bytes(source, place) {
    return this.#binary.payload(source, (found) => this.#refuse(source, place, found));
  }

  /**
   * Says beforehand what `bytes` would say of a Blob, if it were refused.
   * @param {Blob} blob
   * @returns {string | undefined} what it is
   */
  unreadable(blob) {
    const refused = this.refusal(blob);
    if (refused !== undefined || this.#binary.isKeptByItself(blob)) return refused;
    try {
      readBlobBytes(blob);
    } catch (error) {
      if (!(error instanceof Unkept)) throw error;
      return error.found;
    }
    return undefined;
  }

  /**
   * @param {object} value that turned out not to be kept
   * @param {PackPlace} place
   * @param {string} found what it is
   */
  #refuse(value, place, found) {
    this.#refusals.push({ value, unkept: new Unkept(place.path(), found) });
  }

  /**
   * Has the rest of a payload made later.
   * @param {object} value
   * @param {PackPlace} place of the value
   * @param {string} found what the value is if that fails
   * @param {() => Promise<void>} make
   */
  making(value, place, found, make) {
    this.#binary.wanted.push(wantMaking(make, () => this.#refuse(value, place, found)));
  }

  /**
   * Writes a buffer as its view, where nothing else holds it.
   * @param {ArrayBufferLike} buffer
   * @param {PackPlace} place of the view
   * @returns {boolean} whether it is the view's own
   */
  own(buffer, place) {
    if (this.#shared.has(buffer)) return false;
    if (this.#owned.has(buffer)) this.share(buffer);
    if (this.#seen.has(buffer)) return false;
    this.#seen.set(buffer, place);
    this.#owned.add(buffer);
    return true;
  }

  /**
   * Whether the buffer is written as another view: then all will be packed anew.
   * @param {ArrayBufferLike} buffer
   */
  share(buffer) {
    if (!this.#owned.has(buffer)) return;
    this.#shared.add(buffer);
    this.metAgain = true;
  }
}
