/** The codec as the tests mostly need it: all records in one call. */

import { RecordDecoder, RecordEncoder } from '../record.js';

/**
 * Encodes records of which nothing is wanted.
 * @param {unknown[]} values
 * @param {unknown[] | undefined} keys
 * @param {string | string[] | null} keyPath
 * @param {boolean} [omit]
 */
export function encodeRecords(values, keys, keyPath, omit = false) {
  return complete(new RecordEncoder(values, keys, keyPath, omit).encode(Infinity, Infinity));
}

/**
 * Decodes lines of which nothing is wanted.
 * @param {Uint8Array} bytes
 */
export function decodeRecords(bytes) {
  return complete(new RecordDecoder(bytes).decode(Infinity));
}

/**
 * @template {{ end: boolean, wanted: unknown[] }} Result
 * @param {Result} result
 */
function complete(result) {
  if (!result.end || result.wanted.length !== 0) throw new Error(`${result.wanted.length} things wanted`);
  return result;
}
