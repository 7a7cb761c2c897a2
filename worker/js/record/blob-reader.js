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
 */
export function readBlobBytes(blob) {
  return new Uint8Array(readBlob(blob));
}
