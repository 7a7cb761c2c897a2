import { Unkept } from './unkept.js';

/** @typedef {(blob: Blob) => ArrayBuffer} BlobReader */

/** @type {BlobReader} */
let readBlob = (blob) => new FileReaderSync().readAsArrayBuffer(blob);

/**
 * Replaces the reader of Blobs, where there is no FileReaderSync.
 * @param {BlobReader} reader
 */
export function setBlobReader(reader) {
  readBlob = reader;
}

/**
 * @param {Blob} blob
 * @returns {Uint8Array}
 * @throws {Unkept} where the browser has lost the content, for one: it is a file of its own
 */
export function readBlobBytes(blob) {
  try {
    return new Uint8Array(readBlob(blob));
  } catch (error) {
    throw new Unkept('', unreadable(/** @type {Error} */ (error).name));
  }
}

/**
 * What a Blob is called that cannot be read.
 * @param {string} error its name
 */
export function unreadable(error) {
  return `a Blob that cannot be read (${error})`;
}
