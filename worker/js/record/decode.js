import { keyFromParsed } from './key.js';
import { unpack } from './unpack.js';
import { Unkept } from './unkept.js';

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
 * @param {Uint8Array} bytes whole lines of NDJSON; the last LF may be missing
 * @returns {{ values: unknown[], keys: unknown[] | undefined }}
 * @throws {InvalidRecord} for the first line that is no record
 */
export function decodeRecords(bytes) {
  const text = decodeText(bytes);
  /** @type {unknown[]} */
  const values = [];
  /** @type {unknown[]} */
  const keys = [];
  try {
    for (let start = 0; start < text.length; ) {
      let end = text.indexOf('\n', start);
      if (end === -1) end = text.length;
      const line = parseLine(text.slice(start, end));
      if ((line.k !== undefined) !== (keys.length === values.length) && values.length !== 0) {
        throw new Unkept('', line.k === undefined ? 'a line without a key' : 'a line with a key');
      }
      const value = line.t === undefined ? line.v : unpack(line, line.t);
      if (line.k !== undefined) keys.push(keyFromParsed(line.k));
      values.push(value);
      start = end + 1;
    }
  } catch (error) {
    throw invalidRecord(error, values.length);
  }
  return { values, keys: keys.length === 0 ? undefined : keys };
}

/**
 * A line of JSON with `v`, and perhaps `k` and `t`.
 * @typedef {{ v: unknown, k?: unknown, t?: unknown }} Line
 */

/**
 * @param {string} text
 * @returns {Line}
 */
function parseLine(text) {
  let line;
  try {
    line = JSON.parse(text);
  } catch {
    throw new Unkept('', 'a line that is not JSON');
  }
  if (typeof line !== 'object' || line === null || line.v === undefined) throw new Unkept('', 'a line without "v"');
  return line;
}

/** @param {Uint8Array} bytes */
function decodeText(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw invalidRecord(new Unkept('', 'bytes that are not UTF-8'), firstLineNotUtf8(bytes));
  }
}

/** @param {Uint8Array} bytes */
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

/**
 * @param {unknown} error
 * @param {number} index
 */
function invalidRecord(error, index) {
  return error instanceof Unkept ? { index, path: error.path, found: error.found } : error;
}
