/** The binary values of a record that is being packed. */

import { encodedLength, toBase64 } from './base64.js';
import { readBlobBytes } from './blob-reader.js';
import { MAX_BLOBS_BYTES, MAX_LINE_CHARACTERS, tooLong, tooManyBytes } from './limits.js';
import { wantHash } from './wanted.js';

/** @typedef {import('./wanted.js').Wanted} Wanted */

export class Binary {
  #blobBytes;
  #base64Characters = 0;
  /**
   * What the payloads lack.
   * @type {Wanted[]}
   */
  wanted = [];
  /** Of values that are kept in entries of their own. */
  bytes = 0;

  /** @param {number} blobBytes values of so many bytes or more are kept in entries of their own */
  constructor(blobBytes) {
    this.#blobBytes = blobBytes;
  }

  /** @param {Blob} blob */
  isKeptByItself(blob) {
    return blob.size >= this.#blobBytes;
  }

  /**
   * @param {Blob | Uint8Array<ArrayBuffer>} source
   * @param {(found: string) => void} refused is told what a source is that turns out not to be readable
   * @returns {unknown} base64, or what names an entry
   * @throws {Unkept}
   */
  payload(source, refused) {
    const size = source instanceof Blob ? source.size : source.length;
    if (size >= this.#blobBytes) {
      const payload = { blob: '', size };
      this.wanted.push(wantHash(source, payload, refused));
      this.bytes += size;
      if (this.bytes > MAX_BLOBS_BYTES) throw tooManyBytes();
      return payload;
    }
    this.#base64Characters += encodedLength(size);
    if (this.#base64Characters > MAX_LINE_CHARACTERS) throw tooLong();
    return toBase64(source instanceof Blob ? readBlobBytes(source) : source);
  }
}
