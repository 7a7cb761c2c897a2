/** The codec as the tests mostly need it: all records in one call, and whatever they want. */

import { RecordDecoder, RecordEncoder } from '../record.js';

/**
 * Encodes records of which nothing is wanted.
 * @param {unknown[]} values
 * @param {unknown[] | undefined} keys
 * @param {string | string[] | null} keyPath
 * @param {boolean} [omit]
 */
export function encodeRecords(values, keys, keyPath, omit = false) {
  const encoded = complete(new RecordEncoder(values, keys, keyPath, omit).encode(Infinity, Infinity));
  // They are lent, and copied at once, as the worker does.
  return { ...encoded, bytes: encoded.bytes.slice() };
}

/**
 * Decodes lines of which nothing is wanted.
 * @param {Uint8Array} bytes
 */
export function decodeRecords(bytes) {
  return complete(new RecordDecoder(bytes).decode(Infinity));
}

/**
 * Encodes records, keeping binary values of `blobBytes` or more apart.
 * @param {RecordEncoder} encoder
 * @param {number} [blobBytes]
 * @param {number} [enough]
 * @returns {Promise<{ bytes: Uint8Array, contents: Map<string, Blob>, rounds: number, omissions: unknown[], records: number }>} contents by
 *   their SHA-256; how often something was wanted
 */
export async function encodeAll(encoder, blobBytes = Infinity, enough = Infinity) {
  const contents = new Map();
  const pieces = [];
  const omissions = [];
  let records = 0;
  let rounds = 0;
  for (;;) {
    const encoded = encoder.encode(enough, blobBytes);
    pieces.push(encoded.bytes.slice());
    omissions.push(...encoded.omissions);
    records += encoded.records;
    if (encoded.wanted.length > 0) rounds++;
    for (const wanted of encoded.wanted) {
      if (wanted.kind === 'make') {
        await wanted.make();
        continue;
      }
      const content = new Blob([wanted.source]);
      const sha256 = await sha256Of(content);
      contents.set(sha256, content);
      wanted.fulfil(sha256);
    }
    if (encoded.end) return { bytes: new Uint8Array(await new Blob(pieces).arrayBuffer()), contents, rounds, omissions, records };
  }
}

/**
 * Decodes lines, with the contents that `encodeAll` kept apart.
 * @param {RecordDecoder} decoder
 * @param {(sha256: string, size: number) => Blob} contentOf
 * @param {(files: File[]) => Promise<FileList>} [makeFileList]
 * @param {number} [enough]
 */
export async function decodeAll(decoder, contentOf, makeFileList, enough = Infinity) {
  const values = [];
  const keys = [];
  let bytes = 0;
  let rounds = 0;
  for (;;) {
    const decoded = decoder.decode(enough);
    values.push(...decoded.values);
    keys.push(...(decoded.keys ?? []));
    bytes += decoded.bytes;
    if (decoded.wanted.length > 0) rounds++;
    for (const wanted of decoded.wanted) {
      if (wanted.kind === 'make') await wanted.make();
      else if (wanted.kind === 'filelist') wanted.fulfil(await makeFileList(wanted.files));
      else if (wanted.kind === 'blob') wanted.fulfil(contentOf(wanted.sha256, wanted.size));
      else wanted.fulfil(await contentOf(wanted.sha256, wanted.size).arrayBuffer());
    }
    if (decoded.end) return { values, keys: keys.length === 0 ? undefined : keys, bytes, rounds };
  }
}

/** @param {Blob} content */
async function sha256Of(content) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', await content.arrayBuffer()));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * @template {{ end: boolean, wanted: unknown[] }} Result
 * @param {Result} result
 */
function complete(result) {
  if (!result.end || result.wanted.length !== 0) throw new Error(`${result.wanted.length} things wanted`);
  return result;
}
