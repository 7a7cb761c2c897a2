/**
 * Turns a parsed line back into the record. Everything that `t` says is first read from the untouched
 * JSON, and only then put in place, so neither the order of the tags nor one tag's result matters to
 * another, and nothing recurses.
 */

import { fromBase64 } from './base64.js';
import { arrayFrom, isArrayPayload, isPairs } from './collections.js';
import { bigintFrom } from './kinds/boxed.js';
import { kindOfTag } from './kinds.js';
import { MAX_TAGS } from './limits.js';
import { specialNumberFrom } from './number.js';
import { NO_PAYLOAD } from './payload.js';
import { isPlace, resolve } from './place.js';
import { References, isReferable } from './references.js';
import { Unkept } from './unkept.js';
import { wantFileList, wantMaking } from './wanted.js';

/** @typedef {import('./contents.js').Content} Content */
/** @typedef {import('./contents.js').Contents} Contents */
/** @typedef {import('./decode.js').Line} Line */
/** @typedef {import('./place.js').Place} Place */
/** @typedef {import('./place.js').Section} Section */
/** @typedef {import('./wanted.js').Wanted} Wanted */

/** A line that is being turned into its record. */
export class Unpacking {
  /** @type {Section[]} */
  #sections;
  /**
   * Where each section belongs in the record; undefined as long as no place has named it.
   * @type {(string | undefined)[]}
   */
  #paths;
  #contents;
  /** @type {Place[]} */
  #tagged = [];
  /**
   * Tagged places by their paths, by section.
   * @type {Map<string, Place>[]}
   */
  #placesOf = [];
  /**
   * What is wanted now, and what goes on once it is there.
   * @type {{ wanted: Wanted, goOn: () => void }[]}
   */
  #waiting = [];
  /**
   * Places whose values were not there at once.
   * @type {Place[]}
   */
  #late = [];
  /**
   * Places whose values were made of others, or are being made: in a wrong line in a circle.
   * @type {Set<Place>}
   */
  #completed = new Set();
  /** @type {Place[]} */
  #fileLists = [];
  /** Whether each tagged place can be put in place by itself. */
  #simple = true;
  /** Of binary values. */
  bytes = 0;

  /**
   * @param {Line} line
   * @param {Contents} contents
   * @throws {Unkept}
   */
  constructor(line, contents) {
    this.#contents = contents;
    this.#sections = line.d === undefined ? [line] : [line, ...membersOf(line.d)];
    this.#paths = [''];
    for (let i = 0; i < this.#sections.length; i++) this.#read(i, /** @type {Section} */ (this.#sections[i]));
    if (!this.#simple) this.#indexPlaces();
    for (const list of this.#fileLists) {
      if (this.#filesOf(list).some((file) => file?.tag !== 'file')) throw this.#noPayload(list);
    }
  }

  /**
   * @param {number} number
   * @param {Section} section
   */
  #read(number, section) {
    if (this.#paths[number] === undefined) throw new Unkept('', 'a member of "d" that nothing names before it');
    const { t } = section;
    if (t === undefined) return;
    if (typeof t !== 'object' || t === null || Array.isArray(t)) throw new Unkept('', '"t" is not an object');
    for (const path in t) {
      const place = resolve(section, number, path);
      if (place === undefined) throw new Unkept(this.#paths[number] + path, NOWHERE);
      place.tag = /** @type {Record<string, any>} */ (t)[path];
      if (this.#tagged.push(place) > MAX_TAGS) throw new Unkept('', `a line of more than ${MAX_TAGS} tags`);
      const value = this.#revive(place);
      if (value === NO_PAYLOAD) throw this.#noPayload(place);
      place.value = value;
    }
  }

  /**
   * @param {Place} place
   * @returns {unknown} the value, as far as it can be made by itself, or NO_PAYLOAD
   */
  #revive(place) {
    const { payload, tag } = place;
    if (typeof payload === 'object' && payload !== null) this.#simple = false;
    switch (tag) {
      case 'date':
        return dateFrom(payload);
      case 'undefined':
        return payload === null ? undefined : NO_PAYLOAD;
      case 'number':
        return specialNumberFrom(payload) ?? NO_PAYLOAD;
      case 'bigint':
        return bigintFrom(payload) ?? NO_PAYLOAD;
      case 'map':
        return isPairs(payload) ? new Map() : NO_PAYLOAD;
      case 'set':
        return Array.isArray(payload) ? new Set() : NO_PAYLOAD;
      case 'array':
        return isArrayPayload(payload) ? arrayFrom(payload) : NO_PAYLOAD;
      case 'ref':
        this.#simple = false;
        return undefined;
      case 'deep':
        this.#simple = false;
        return this.#nameMember(place);
      default: {
        const kind = typeof tag === 'string' ? kindOfTag(tag) : undefined;
        if (kind === undefined) throw new Unkept(this.#pathOf(place), `the tag ${JSON.stringify(tag)}, which is unknown here`);
        return kind.unpack(place, this);
      }
    }
  }

  /** @param {Place} place of a `deep` */
  #nameMember(place) {
    const { payload } = place;
    const number = Number.isSafeInteger(payload) && payload >= 0 ? payload + 1 : this.#sections.length;
    const section = this.#sections[number];
    if (section === undefined || this.#paths[number] !== undefined) return NO_PAYLOAD;
    const { v, t } = section;
    const tag = typeof t === 'object' && t !== null && Object.hasOwn(t, '') ? /** @type {Record<string, any>} */ (t)[''] : '';
    if (!isReferable(tag, v)) return NO_PAYLOAD;
    this.#paths[number] = this.#pathOf(place);
    return undefined;
  }

  #indexPlaces() {
    this.#placesOf = this.#sections.map(() => new Map());
    for (const place of this.#tagged) this.#placesOf[place.section]?.set(place.path, place);
  }

  /**
   * MUST be asked before `finish`, until it is empty; fulfilling what is wanted may bring up more.
   * @returns {Wanted[]}
   */
  get wanted() {
    for (;;) {
      if (this.#waiting.length === 0) {
        if (this.#fileLists.length === 0) return [];
        for (const place of this.#fileLists.splice(0)) this.#wantFiles(place);
      }
      const missing = this.#waiting.filter(({ wanted }) => !wanted.done);
      if (missing.length !== 0) return missing.map(({ wanted }) => wanted);
      for (const { goOn } of this.#waiting.splice(0)) goOn();
    }
  }

  /**
   * MUST be called once, when nothing is wanted any more.
   * @returns {unknown} the record
   * @throws {Unkept}
   */
  finish() {
    for (const place of this.#late) if (place.value === NO_PAYLOAD) throw this.#noPayload(place);
    if (!this.#simple) this.#connect();
    for (const { holder, name, value } of this.#tagged) holder[name] = value;
    if (!this.#simple) this.#tagged.forEach((place) => this.#fill(place));
    return /** @type {Section} */ (this.#sections[0]).v;
  }

  /** Refuses tags of what is no place, and gives values that concern other places theirs. */
  #connect() {
    const tags = new Map();
    for (const { tag, payload } of this.#tagged) if (typeof payload === 'object' && payload !== null) tags.set(payload, tag);
    for (const place of this.#tagged) {
      const section = /** @type {Section} */ (this.#sections[place.section]);
      if (!isPlace(section, place.pointer, tags)) throw new Unkept(this.#pathOf(place), NOWHERE);
    }
    const references = new References(this.#sections, tags, (section, path) => this.#placesOf[section]?.get(path));
    for (const place of this.#tagged) {
      if (place.tag === 'deep') place.target = this.#rootOf(place.payload + 1);
      if (place.tag !== 'ref') continue;
      const target = references.target(place);
      if (typeof target === 'string') throw new Unkept(this.#pathOf(place), target);
      place.target = target;
    }
    for (const place of this.#tagged) if (place.target === undefined) this.#complete(place);
    for (const place of this.#tagged) {
      const { target } = place;
      if (target !== undefined) place.value = target.tag === '' ? target.payload : target.value;
    }
  }

  /**
   * Makes a value that is made of others.
   * @param {Place} place
   */
  #complete(place) {
    const connect = kindOfTag(place.tag)?.connect;
    if (connect === undefined || place.value !== undefined || this.#completed.has(place)) return;
    this.#completed.add(place);
    place.value = connect(place, this);
    if (place.value === NO_PAYLOAD) throw this.#noPayload(place);
  }

  /** @param {number} number of a section */
  #rootOf(number) {
    return this.#placesOf[number]?.get('') ?? resolve(/** @type {Section} */ (this.#sections[number]), number, '');
  }

  /** @param {Place} place */
  #fill(place) {
    const { payload, tag, value } = place;
    if (tag === 'map') {
      const map = /** @type {Map<unknown, unknown>} */ (value);
      for (const [key, member] of payload) map.set(key, member);
      if (map.size !== payload.length) throw new Unkept(this.#pathOf(place), 'a map with the same key twice');
    } else if (tag === 'set') {
      const set = /** @type {Set<unknown>} */ (value);
      for (const member of payload) set.add(member);
      if (set.size !== payload.length) throw new Unkept(this.#pathOf(place), 'a set with the same member twice');
    } else if (tag === 'array') {
      for (const name of Object.keys(payload.properties)) define(/** @type {object} */ (value), name, payload.properties[name]);
    } else if (kindOfTag(tag)?.fill?.(place) === false) {
      throw this.#noPayload(place);
    }
  }

  /**
   * For kinds: what is at a place within a payload, behind a reference too.
   * @param {Place} place
   * @param {string} name
   * @returns {Place | undefined} undefined when it has no tag
   */
  placeBelow(place, name) {
    const below = this.#placesOf[place.section]?.get(`${place.path}/${name}`);
    const held = below?.tag === 'ref' ? below.target : below;
    if (held !== undefined) this.#complete(held);
    return held;
  }

  /**
   * For kinds: makes a value of an ArrayBuffer, at once or when it is there.
   * @param {Place} place
   * @param {unknown} data its *bytes*
   * @param {(buffer: ArrayBuffer) => unknown} make gives NO_PAYLOAD or undefined as `unpack` does
   */
  withBuffer(place, data, make) {
    return this.#withBytes(place, data, 'buffer', /** @type {(content: any) => unknown} */ (make));
  }

  /**
   * For kinds: makes a value of the content of a Blob, at once or when it is there.
   * @param {Place} place
   * @param {unknown} data its *bytes*
   * @param {(content: Blob | ArrayBuffer) => unknown} make gives NO_PAYLOAD or undefined as `unpack` does
   */
  withContent(place, data, make) {
    return this.#withBytes(place, data, 'blob', make);
  }

  /**
   * @param {Place} place
   * @param {unknown} data
   * @param {'buffer' | 'blob'} kind
   * @param {(content: any) => unknown} make
   */
  #withBytes(place, data, kind, make) {
    if (typeof data === 'string') {
      const bytes = fromBase64(data);
      if (bytes === undefined) return NO_PAYLOAD;
      this.bytes += bytes.length;
      return make(bytes.buffer);
    }
    const content = this.#contents.want(kind, data);
    if (content === undefined) return NO_PAYLOAD;
    this.bytes += content.size;
    this.#await(place, content, () => make(this.#contents.take(content)));
    return undefined;
  }

  /**
   * For kinds: has a value made by the platform.
   * @param {Place} place
   * @param {() => Promise<unknown>} make
   */
  making(place, make) {
    /** @type {unknown} */
    let made = NO_PAYLOAD;
    const wanted = wantMaking(async () => {
      made = await make();
    }, () => {});
    this.#await(place, wanted, () => made);
    return undefined;
  }

  /**
   * @param {Place} place
   * @param {Wanted} wanted
   * @param {() => unknown} value
   */
  #await(place, wanted, value) {
    this.#late.push(place);
    this.#waiting.push({
      wanted,
      goOn: () => {
        place.value = value();
      },
    });
  }

  /**
   * For kinds: has a FileList made of the files that the place's payload holds.
   * @param {Place} place
   */
  wantFileList(place) {
    this.#fileLists.push(place);
  }

  /** @param {Place} place of a `filelist` whose files are there */
  #wantFiles(place) {
    const files = /** @type {Place[]} */ (this.#filesOf(place));
    const wanted = wantFileList(files.map(({ value }) => /** @type {File} */ (value)), (list) => {
      place.value = list;
      // It has Files of its own.
      files.forEach((file, i) => {
        file.value = list[i];
      });
    });
    this.#waiting.push({ wanted, goOn: () => {} });
  }

  /** @param {Place} place of a `filelist` */
  #filesOf({ section, path, payload }) {
    return /** @type {unknown[]} */ (payload).map((_, i) => this.#placesOf[section]?.get(`${path}/${i}`));
  }

  /** @param {Place} place */
  #pathOf({ section, path }) {
    return this.#paths[section] + path;
  }

  /** @param {Place} place */
  #noPayload(place) {
    return new Unkept(this.#pathOf(place), `no payload of ${place.tag}`);
  }
}

const NOWHERE = 'a tag for a place that is not there';

/**
 * @param {unknown} d
 * @returns {Section[]}
 */
function membersOf(d) {
  const isMember = (/** @type {any} */ member) =>
    typeof member === 'object' && member !== null && member.v !== undefined && !('k' in member) && !('d' in member) && !('s' in member);
  if (!Array.isArray(d) || !d.every(isMember)) throw new Unkept('', '"d" is not an array of values with tags');
  return d;
}

/** @param {unknown} payload */
function dateFrom(payload) {
  if (payload === null) return new Date(NaN);
  if (typeof payload !== 'number') return NO_PAYLOAD;
  const value = new Date(payload);
  // Equal only where it is a whole number in the range of dates.
  return value.getTime() === payload ? value : NO_PAYLOAD;
}

/**
 * @param {object} object
 * @param {string} name
 * @param {unknown} value
 */
function define(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}
