import { Contents } from './contents.js';
import { isMarkedKey, keyFromParsed, unmarkedKey } from './key.js';
import { MAX_LINE_CHARACTERS } from './limits.js';
import { memberText } from './member-text.js';
import { nestsTooDeep } from './nesting.js';
import { unmarkSurrogates } from './surrogates.js';
import { Unkept } from './unkept.js';
import { Unpacking } from './unpack.js';

/** @typedef {import('./wanted.js').Wanted} Wanted */

/** A byte order mark is kept, and then no JSON: `ignoreBOM` means that. */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const LF = 0x0a;

/**
 * What is thrown for a line that is no record.
 * @typedef {object} InvalidRecord
 * @property {number} index of the line
 * @property {string} path JSON Pointer into the record
 * @property {string} found what is there
 */

/**
 * @typedef {object} DecodedRecords
 * @property {unknown[]} values
 * @property {unknown[] | undefined} keys of the values, in stores with out-of-line keys
 * @property {number} bytes of binary values in them
 * @property {Wanted[]} wanted what must be got before the next record can be decoded
 * @property {boolean} end no line is left
 */

/**
 * A line of JSON with `v`, and perhaps `k`, `t` and `d`.
 * @typedef {{ v: unknown, k?: unknown, t?: unknown, d?: unknown }} Line
 */

/**
 * A line that was parsed, and whose record was not given back yet.
 * @typedef {object} Begun
 * @property {Line} line
 * @property {number} size characters of the line and bytes of the binary values
 * @property {Unpacking | undefined} unpacking unless JSON says it all
 * @property {Unkept | undefined} fault
 */

export class RecordDecoder {
  #text = '';
  #start = 0;
  #index = 0;
  #contents = new Contents();
  /** @type {boolean | undefined} */
  #withKeys = undefined;
  /** @type {InvalidRecord | undefined} */
  #notUtf8 = undefined;
  /**
   * The next records, when the first of them wants something.
   * @type {Begun[]}
   */
  #begun = [];

  /** @param {Uint8Array} bytes whole lines of NDJSON; the last LF may be missing. They are not needed any more afterwards */
  constructor(bytes) {
    try {
      this.#text = decoder.decode(bytes);
    } catch {
      this.#notUtf8 = { index: firstLineNotUtf8(bytes), path: '', found: 'bytes that are not UTF-8' };
    }
  }

  /**
   * Decodes further records, from where the last call ended. When the next one wants something, the
   * call ends before it; `wanted` says what, and what the records after it want too.
   * @param {number} enough no record is begun after so many characters of lines and bytes of binary values
   * @returns {DecodedRecords}
   * @throws {InvalidRecord} for the first line that is no record
   */
  decode(enough) {
    if (this.#notUtf8 !== undefined) throw this.#notUtf8;
    /** @type {unknown[]} */
    const values = [];
    /** @type {unknown[]} */
    const keys = [];
    let size = 0;
    let bytes = 0;
    try {
      while (size < enough) {
        const record = this.#begun.shift() ?? this.#begin();
        if (record === undefined) break;
        if (record.fault !== undefined) throw record.fault;
        const { line, unpacking } = record;
        if (unpacking !== undefined && unpacking.wanted.length !== 0) {
          this.#begun.unshift(record);
          break;
        }
        this.#withKeys ??= line.k !== undefined;
        if ((line.k !== undefined) !== this.#withKeys) {
          throw new Unkept('', line.k === undefined ? 'a line without a key' : 'a line with a key');
        }
        const value = unpacking === undefined ? line.v : unpacking.finish();
        if (line.k !== undefined) keys.push(keyFromParsed(line.k));
        values.push(value);
        size += record.size;
        bytes += unpacking?.bytes ?? 0;
        this.#index++;
      }
    } catch (error) {
      throw error instanceof Unkept ? { index: this.#index, path: error.path, found: error.found } : error;
    }
    if (this.#begun.length !== 0) this.#lookAhead(enough - size);
    return {
      values,
      keys: keys.length === 0 ? undefined : keys,
      bytes,
      wanted: [...new Set(this.#begun.flatMap(({ unpacking }) => unpacking?.wanted ?? []))],
      end: this.#begun.length === 0 && this.#start >= this.#text.length,
    };
  }

  /** @returns {Begun | undefined} undefined without further lines */
  #begin() {
    const text = this.#text;
    if (this.#start >= text.length) return undefined;
    let end = text.indexOf('\n', this.#start);
    if (end === -1) end = text.length;
    /** @type {Begun} */
    const record = { line: { v: null }, size: end - this.#start + 1, unpacking: undefined, fault: undefined };
    try {
      const line = parseLine(text.slice(this.#start, end));
      record.line = line;
      if (line.t !== undefined || line.d !== undefined) {
        record.unpacking = new Unpacking(line, this.#contents);
        record.size += record.unpacking.bytes;
      }
    } catch (error) {
      if (!(error instanceof Unkept)) throw error;
      record.fault = error;
    }
    this.#start = end + 1;
    return record;
  }

  /**
   * Begins further records, so that what they want is known early.
   * @param {number} room characters and bytes
   */
  #lookAhead(room) {
    for (const { size } of this.#begun) room -= size;
    while (room > 0 && this.#begun.at(-1)?.fault === undefined) {
      const record = this.#begin();
      if (record === undefined) return;
      this.#begun.push(record);
      room -= record.size;
    }
  }
}

/**
 * @param {string} text
 * @returns {Line}
 */
function parseLine(text) {
  if (text.length > MAX_LINE_CHARACTERS) throw new Unkept('', `a line of more than ${MAX_LINE_CHARACTERS} characters`);
  let line;
  let unmarked = text;
  try {
    line = JSON.parse(text);
  } catch {
    throw new Unkept('', 'a line that is not JSON');
  }
  if (typeof line !== 'object' || line === null || line.v === undefined) throw new Unkept('', 'a line without "v"');
  if (line.s !== undefined) {
    const found = unmarkSurrogates(text, line.s);
    if (found === undefined) throw new Unkept('', 'an "s" that marks no surrogates');
    unmarked = found;
    line = JSON.parse(unmarked);
  }
  if (nestsTooDeep(text, line)) throw new Unkept('', 'a line that nests too deep');
  if (isMarkedKey(line.k)) line.k = unmarkedKey(/** @type {string} */ (memberText(unmarked, 'k')));
  return line;
}

/**
 * @param {Uint8Array} bytes
 * @returns {number} its index
 */
function firstLineNotUtf8(bytes) {
  for (let index = 0, start = 0; ; index++) {
    const lf = bytes.indexOf(LF, start);
    try {
      decoder.decode(bytes.subarray(start, lf === -1 ? bytes.length : lf));
    } catch {
      return index;
    }
    if (lf === -1) return index;
    start = lf + 1;
  }
}
