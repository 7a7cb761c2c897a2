import { holdersOfKey, keyAt, keyToJson } from './key.js';
import { MAX_LINE_CHARACTERS, tooLong } from './limits.js';
import { Lines } from './lines.js';
import { NOT_PLAIN, packPlain, plainCharacters, plainTags } from './pack-plain.js';
import { pack } from './pack.js';
import { mustBeTried, tryToStore } from './stack.js';
import { markSurrogates, mayHaveSurrogates } from './surrogates.js';
import { Unkept, className } from './unkept.js';
import { wantMaking } from './wanted.js';

/** @typedef {import('./pack.js').Packed} Packed */
/** @typedef {import('./pack.js').Section} Section */
/** @typedef {import('./wanted.js').Wanted} Wanted */

/**
 * @typedef {object} EncodedRecords
 * @property {Uint8Array<ArrayBuffer>} bytes lines of NDJSON, there until the next call of any encoder
 * @property {number} records lines
 * @property {string} firstKey JSON text; empty without records
 * @property {string} lastKey JSON text; empty without records
 * @property {boolean} unusual a record in them is not one of the short way
 * @property {Omission[]} omissions in these records, and records left out whole
 * @property {Wanted[]} wanted what must be got before the next record can be encoded
 * @property {boolean} end no record is left
 */

/**
 * @typedef {object} Omission
 * @property {string} key JSON text; `null` where the key cannot be said
 * @property {string} path JSON Pointer into the record; empty for the whole record
 * @property {string} found what is there
 */

/**
 * What is thrown for a record that cannot be kept.
 * @typedef {object} UnkeptRecord
 * @property {number} index
 * @property {string} key JSON text; `null` where the key cannot be said
 * @property {string} path JSON Pointer into the record
 * @property {string} found what is there
 * @property {boolean} tooLarge whether a smaller one of its kind would be kept
 */

/**
 * A record that was begun and not written yet.
 * @typedef {object} Begun
 * @property {number} index
 * @property {number} size characters of its line, as far as it is known, and bytes of its kept binaries
 * @property {string} line empty while something is wanted
 * @property {Packed | undefined} packed
 * @property {Unkept | undefined} fault
 * @property {Map<object, string> | undefined} refused what the platform turned out not to give back, and why
 */

/**
 * What null is in a store whose records hold their keys: Chromium gives it for a record that a worker's
 * stack is too small for.
 */
const UNREADABLE = 'a record that no worker of this browser can read';

/**
 * A line before it is written.
 * @typedef {object} Row
 * @property {unknown} v
 * @property {Record<string, string>} [t]
 */

/** Rows that are written together have about so many characters. One by one they take half as long again. */
const ROWS_CHARACTERS = 32 * 1024;

const TOO_DEEP = 'a record nested deeper than a worker of this browser can store';

export class RecordEncoder {
  #values;
  /** Of all records, where they are known. */
  #keys;
  #keyPath;
  /** The names in a key path by which keys may be generated: a compound key never is. */
  #generatedAt;
  #omit;
  #next = 0;
  /** Of the rows that were taken last, about. */
  #rowsCharacters = 0;
  /**
   * The next records, when the first of them wants something.
   * @type {Begun[]}
   */
  #begun = [];

  /**
   * @param {unknown[]} values a symbol, which no database holds, stands for a record that could not be read: its name says why
   * @param {unknown[] | undefined} keys of the values, in stores with out-of-line keys; elsewhere when there
   *   are nulls, to name the records that could not be read
   * @param {string | string[] | null} keyPath null in stores with out-of-line keys
   * @param {boolean} omit whether what cannot be kept is left out
   */
  constructor(values, keys, keyPath, omit) {
    if (keyPath === null && keys?.length !== values.length) {
      throw new TypeError(`${values.length} records with ${keys?.length ?? 'no'} keys`);
    }
    this.#values = values;
    this.#keys = keys;
    this.#keyPath = keyPath;
    this.#generatedAt = typeof keyPath === 'string' && keyPath !== '' ? keyPath.split('.') : undefined;
    this.#omit = omit;
  }

  /**
   * Encodes further records, from where the last call ended. When the next one wants something, the
   * call ends before it; `wanted` says what, and what the records after it want too.
   * @param {number} enough no record is begun after so many characters of lines and bytes of kept binaries
   * @param {number} blobBytes binary values of so many bytes or more are kept in entries of their own
   * @returns {EncodedRecords}
   * @throws {UnkeptRecord} for the first record that cannot be kept
   */
  encode(enough, blobBytes) {
    const lines = new Lines();
    /** @type {Omission[]} */
    const omissions = [];
    let records = 0;
    let size = 0;
    let unusual = false;
    let first = -1;
    let last = -1;
    while (size < enough) {
      const rows = this.#rows(Math.min(enough - size, ROWS_CHARACTERS));
      if (rows.length !== 0) {
        this.#writeRows(rows, lines);
        size += this.#rowsCharacters;
        records += rows.length;
        last = this.#next - 1;
        if (first < 0) first = this.#next - rows.length;
        continue;
      }
      const record = this.#begun.shift() ?? this.#begin(blobBytes);
      if (record === undefined) break;
      if (!this.#finish(record, blobBytes, omissions)) {
        this.#begun.unshift(record);
        break;
      }
      if (record.line === '') continue;
      size += record.size;
      lines.add(record.line);
      unusual ||= record.packed !== undefined;
      if (records++ === 0) first = record.index;
      last = record.index;
    }
    if (this.#begun.length !== 0) this.#lookAhead(enough - size, blobBytes);
    return {
      bytes: lines.finish(),
      records,
      firstKey: records === 0 ? '' : this.#keyText(first),
      lastKey: records === 0 ? '' : this.#keyText(last),
      unusual,
      omissions,
      wanted: this.#begun.flatMap(({ packed }) => packed?.wanted.filter(({ done }) => !done) ?? []),
      end: this.#begun.length === 0 && this.#next === this.#values.length,
    };
  }

  /**
   * The next records, as long as they are such as nearly all rows of a till: they are written together, and nothing is noted of each.
   * @param {number} enough no row is added after so many characters
   * @returns {Row[]} none where the next record is another one
   */
  #rows(enough) {
    /** @type {Row[]} */
    const rows = [];
    this.#rowsCharacters = 0;
    if (this.#keyPath === null || this.#begun.length !== 0) return rows;
    while (this.#rowsCharacters < enough && this.#next !== this.#values.length) {
      const value = this.#values[this.#next];
      if (typeof value !== 'object' || value === null) break;
      if (this.#generatedAt !== undefined && losesKey(value, /** @type {string} */ (this.#keyPath), this.#generatedAt) !== undefined) break;
      const v = packPlain(value);
      if (v === NOT_PLAIN || plainCharacters() > ROWS_CHARACTERS) break;
      const t = plainTags();
      rows.push(t === undefined ? { v } : { v, t });
      this.#rowsCharacters += plainCharacters();
      this.#next++;
    }
    return rows;
  }

  /**
   * @param {Row[]} rows
   * @param {Lines} lines
   */
  #writeRows(rows, lines) {
    const list = JSON.stringify(rows);
    if (!mayHaveSurrogates(list) && lines.addList(list, rows.length)) return;
    const from = this.#next - rows.length;
    for (const [i, { v, t }] of rows.entries()) lines.add(this.#line(from + i, v, tagsOf(t), ''));
  }

  /**
   * @param {number} blobBytes
   * @returns {Begun | undefined} undefined without further records
   */
  #begin(blobBytes) {
    if (this.#next === this.#values.length) return undefined;
    const index = this.#next++;
    /** @type {Begun} */
    const record = { index, size: 0, line: '', packed: undefined, fault: undefined, refused: undefined };
    try {
      const value = this.#values[index];
      if (typeof value === 'symbol') throw new Unkept('', Symbol.keyFor(value) ?? 'a symbol');
      if (this.#keyPath !== null && this.#keys !== undefined && value === null) throw new Unkept('', UNREADABLE);
      const loser = this.#generatedAt && losesKey(value, /** @type {string} */ (this.#keyPath), this.#generatedAt);
      if (loser !== undefined) throw new Unkept('', loser);
      const payload = packPlain(value);
      if (payload === NOT_PLAIN) this.#pack(record, blobBytes);
      else this.#write(record, payload, tagsOf(plainTags()), '');
    } catch (error) {
      if (!(error instanceof Unkept)) throw error;
      record.fault = error;
    }
    return record;
  }

  /**
   * @param {Begun} record
   * @param {number} blobBytes
   * @throws {Unkept}
   */
  #pack(record, blobBytes) {
    const { index, refused } = record;
    // A key in the record itself can nest deeper than keys may be written only where the record does.
    if (this.#keyPath !== null) keyToJson(this.#keyOf(index));
    record.packed = pack(this.#values[index], { blobBytes, omit: this.#omit, refused });
    const { sections, wanted, bytes, omitted } = record.packed;
    const value = this.#values[index];
    if (mustBeTried(sections.length - 1)) {
      const refusal = { value: /** @type {object} */ (value), unkept: new Unkept('', TOO_DEEP) };
      const { refusals } = record.packed;
      // Refused once, it is not tried again.
      if (refused?.has(refusal.value)) throw refusal.unkept;
      wanted.push(wantMaking(() => tryToStore(value), () => refusals.push(refusal)));
    }
    for (const holder of omitted.size === 0 || this.#keyPath === null ? [] : holdersOfKey(value, this.#keyPath)) {
      const found = omitted.get(holder);
      if (found !== undefined) throw new Unkept('', found);
    }
    record.size = bytes;
    if (wanted.length === 0) this.#writeSections(record, sections);
  }

  /**
   * @param {Begun} record
   * @param {number} blobBytes
   * @param {Omission[]} omissions takes those of the record
   * @returns {boolean} whether nothing is wanted any more; then it has its line, or is left out
   * @throws {UnkeptRecord}
   */
  #finish(record, blobBytes, omissions) {
    const { index, packed } = record;
    if (packed !== undefined && packed.wanted.some(({ done }) => !done)) return false;
    try {
      if (record.fault !== undefined) throw record.fault;
      if (packed !== undefined && record.line === '') {
        for (const { value, unkept } of packed.refusals) {
          if (!this.#omit) throw unkept;
          (record.refused ??= new Map()).set(value, unkept.found);
        }
        if (packed.refusals.length !== 0) {
          this.#pack(record, blobBytes);
          return this.#finish(record, blobBytes, omissions);
        }
        this.#writeSections(record, packed.sections);
      }
    } catch (error) {
      if (!(error instanceof Unkept)) throw error;
      const key = this.#keyTextOrNull(index);
      const { path, found, tooLarge } = error;
      if (!this.#omit) throw { index, key, path, found, tooLarge };
      record.line = '';
      omissions.push({ key, path: '', found });
      return true;
    }
    if (packed !== undefined && packed.omissions.length !== 0) {
      const key = this.#keyTextOrNull(index);
      for (const omission of packed.omissions) omissions.push({ key, ...omission });
    }
    return true;
  }

  /**
   * @param {Begun} record
   * @param {Section[]} sections
   * @throws {Unkept}
   */
  #writeSections(record, sections) {
    const [own, ...members] = /** @type {[Section, ...Section[]]} */ (sections);
    const d = members.map(({ payload, tags }) => `{"v":${stringify(payload)}${tagsText(tags)}}`).join();
    this.#write(record, own.payload, own.tags, d === '' ? '' : `,"d":[${d}]`);
  }

  /**
   * @param {Begun} record
   * @param {unknown} payload
   * @param {string} tags members of `t`
   * @param {string} d the member `d` with the comma before it, or nothing
   * @throws {Unkept}
   */
  #write(record, payload, tags, d) {
    record.line = this.#line(record.index, payload, tags, d);
    record.size += record.line.length;
  }

  /**
   * @param {number} index
   * @param {unknown} payload
   * @param {string} tags members of `t`
   * @param {string} d the member `d` with the comma before it, or nothing
   * @throws {Unkept}
   */
  #line(index, payload, tags, d) {
    const key = this.#keyPath !== null ? '' : `,"k":${keyToJson(this.#keyOf(index))}`;
    const json = stringify(payload);
    const rest = `${key}${tagsText(tags)}${d}}`;
    // Each by itself: to look through the line would put it together, which is done only once for many of them.
    const isMarked = mayHaveSurrogates(json) || (rest !== '}' && mayHaveSurrogates(rest));
    const line = isMarked ? `${markSurrogates(`{"v":${json}${rest}`)}\n` : `{"v":${json}${rest}\n`;
    if (line.length > MAX_LINE_CHARACTERS) throw tooLong();
    return line;
  }

  /**
   * Begins further records, so that what they want is known early.
   * @param {number} room characters and bytes
   * @param {number} blobBytes
   */
  #lookAhead(room, blobBytes) {
    for (const { size } of this.#begun) room -= size;
    while (room > 0 && this.#begun.at(-1)?.fault === undefined) {
      const record = this.#begin(blobBytes);
      if (record === undefined) return;
      this.#begun.push(record);
      room -= record.size;
    }
  }

  /** @param {number} index */
  #keyOf(index) {
    return this.#keyPath === null || this.#keys !== undefined ? this.#keys?.[index] : keyAt(this.#values[index], this.#keyPath);
  }

  /**
   * @param {number} index
   * @throws {UnkeptRecord}
   */
  #keyText(index) {
    try {
      return keyToJson(this.#keyOf(index));
    } catch (error) {
      if (!(error instanceof Unkept)) throw error;
      const { path, found, tooLarge } = error;
      throw { index, key: 'null', path, found, tooLarge };
    }
  }

  /** @param {number} index */
  #keyTextOrNull(index) {
    try {
      return keyToJson(this.#keyOf(index));
    } catch {
      return 'null';
    }
  }
}

/** @param {string} tags members of `t` */
function tagsText(tags) {
  return tags === '' ? '' : `,"t":{${tags}}`;
}

/** @param {Record<string, string> | undefined} t */
function tagsOf(t) {
  return t === undefined ? '' : JSON.stringify(t).slice(1, -1);
}

/** @param {unknown} payload */
function stringify(payload) {
  try {
    return JSON.stringify(payload);
  } catch {
    // Of what `pack` lets through, only the length can be too much for it.
    throw tooLong();
  }
}

/**
 * Finds what loses a generated key. The database puts one into whatever value stands there, at each reading; but of
 * objects other than these a copy, as it is stored, has no properties of its own, so that a restore would generate another.
 * @param {unknown} value
 * @param {string} keyPath
 * @param {string[]} names in the key path
 * @returns {string | undefined} what it is
 */
function losesKey(value, keyPath, names) {
  let holder = value;
  // Every record comes by here: of most, one look at the record itself is enough.
  for (let i = 0; typeof holder === 'object' && holder !== null; i++) {
    if (!keepsProperties(holder)) break;
    const name = /** @type {string} */ (names[i]);
    if (i + 1 >= names.length || !Object.hasOwn(holder, name)) return undefined;
    holder = /** @type {Record<string, unknown>} */ (holder)[name];
  }
  if (typeof holder !== 'object' || holder === null) return undefined;
  if (keyAt(value, keyPath) === undefined || keyAt(clone(value), keyPath) !== undefined) return undefined;
  return `${className(holder)} with a generated key`;
}

/** @param {object} object */
function keepsProperties(object) {
  if (Object.getPrototypeOf(object) === Object.prototype || Array.isArray(object)) return true;
  // The elements of a view are many.
  return !ArrayBuffer.isView(object) && Object.keys(object).length === 0;
}

/** @param {unknown} value that a database gave */
function clone(value) {
  try {
    return structuredClone(value);
  } catch {
    // Of what it gives, only the depth can be too much.
    return value;
  }
}
