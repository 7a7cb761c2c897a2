import { keyAt, keyToJson } from './key.js';
import { Lines } from './lines.js';
import { NOT_PLAIN, packPlain, plainTags } from './pack-plain.js';
import { MAX_LINE_CHARACTERS, pack, tooLong } from './pack.js';
import { Unkept } from './unkept.js';

/**
 * @typedef {object} EncodedRecords
 * @property {Uint8Array<ArrayBuffer>} bytes lines of NDJSON
 * @property {string} firstKey JSON text; empty without records
 * @property {string} lastKey JSON text; empty without records
 * @property {number} end the index after the last record that was encoded
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
 * @param {unknown[]} values
 * @param {unknown[] | undefined} keys of the values, in stores with out-of-line keys
 * @param {string | string[] | null} keyPath null in stores with out-of-line keys
 * @param {number} [from] the index of the first record to encode
 * @param {number} [enough] no record is begun after this many characters
 * @returns {EncodedRecords}
 * @throws {UnkeptRecord} for the first record that cannot be kept
 */
export function encodeRecords(values, keys, keyPath, from = 0, enough = Infinity) {
  const outOfLine = keyPath === null ? keys : undefined;
  if (keyPath === null && outOfLine?.length !== values.length) {
    throw new TypeError(`${values.length} records with ${outOfLine?.length ?? 'no'} keys`);
  }
  /** @param {number} at */
  const keyOf = (at) => (keyPath === null ? outOfLine?.[at] : keyAt(values[at], keyPath));
  const lines = new Lines();
  let index = from;
  try {
    for (let characters = 0; index < values.length && characters < enough; index++) {
      const line = encodeRecord(values[index], outOfLine === undefined ? '' : `,"k":${keyToJson(outOfLine[index])}`);
      characters += line.length;
      lines.add(line);
    }
    const end = index;
    if (end === from) return { bytes: lines.finish(), firstKey: '', lastKey: '', end };
    index = from;
    const firstKey = keyToJson(keyOf(index));
    index = end - 1;
    return { bytes: lines.finish(), firstKey, lastKey: keyToJson(keyOf(index)), end };
  } catch (error) {
    if (!(error instanceof Unkept)) throw error;
    const { path, found, tooLarge } = error;
    throw { index, key: keyTextOrNull(keyOf(index)), path, found, tooLarge };
  }
}

/**
 * @param {unknown} value
 * @param {string} key the member `k` with the comma before it, or nothing
 * @returns {string} the line
 */
function encodeRecord(value, key) {
  let payload = packPlain(value);
  let tags = plainTags();
  if (payload === NOT_PLAIN) ({ payload, tags } = pack(value));
  const line = `{"v":${stringify(payload)}${key}${tags === '' ? '' : `,"t":{${tags}}`}}\n`;
  if (line.length > MAX_LINE_CHARACTERS) throw tooLong('');
  return line;
}

/** @param {unknown} payload */
function stringify(payload) {
  try {
    return JSON.stringify(payload);
  } catch {
    // Of what `pack` lets through, only the length can be too much for it.
    throw tooLong('');
  }
}

/** @param {unknown} key */
function keyTextOrNull(key) {
  try {
    return keyToJson(key);
  } catch {
    return 'null';
  }
}
