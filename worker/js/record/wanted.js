/**
 * What a record needs that is not there at once: its caller gets it, and then the record is encoded
 * or decoded. See RecordEncoder and RecordDecoder.
 */

import { unreadable } from './blob-reader.js';

/**
 * The SHA-256 of bytes that are kept in an entry of their own.
 * @typedef {object} WantedHash
 * @property {'sha256'} kind
 * @property {Blob | Uint8Array<ArrayBuffer>} source
 * @property {boolean} done
 * @property {(sha256: string) => void} fulfil takes it in lower-case hexadecimal
 * @property {(error: string) => void} refuse is called in its place when the source cannot be read; takes the error's name
 */

/**
 * What the platform makes only asynchronously. It remembers what the platform refuses, and never rejects.
 * @typedef {object} WantedMaking
 * @property {'make'} kind
 * @property {boolean} done
 * @property {() => Promise<void>} make
 */

/**
 * The content of a Blob, without a type.
 * @typedef {object} WantedBlob
 * @property {'blob'} kind
 * @property {string} sha256
 * @property {number} size in bytes
 * @property {boolean} done
 * @property {(content: Blob) => void} fulfil
 */

/**
 * The content of an ArrayBuffer, which then belongs to the record.
 * @typedef {object} WantedBuffer
 * @property {'buffer'} kind
 * @property {string} sha256
 * @property {number} size in bytes
 * @property {boolean} done
 * @property {(content: ArrayBuffer) => void} fulfil
 */

/**
 * A FileList of the files: only a page can make one.
 * @typedef {object} WantedFileList
 * @property {'filelist'} kind
 * @property {File[]} files
 * @property {boolean} done
 * @property {(list: FileList) => void} fulfil
 */

/** @typedef {WantedHash | WantedMaking | WantedBlob | WantedBuffer | WantedFileList} Wanted */

/**
 * @param {Blob | Uint8Array<ArrayBuffer>} source
 * @param {{ blob: string }} payload where the hash belongs
 * @param {(found: string) => void} refused is told what a source is that cannot be read
 * @returns {WantedHash}
 */
export function wantHash(source, payload, refused) {
  return {
    kind: 'sha256',
    source,
    done: false,
    fulfil(sha256) {
      payload.blob = sha256;
      this.done = true;
    },
    refuse(error) {
      refused(unreadable(error));
      this.done = true;
    },
  };
}

/**
 * @param {() => Promise<void>} make
 * @param {() => void} refused is called when it fails
 * @returns {WantedMaking}
 */
export function wantMaking(make, refused) {
  return {
    kind: 'make',
    done: false,
    async make() {
      try {
        await make();
      } catch {
        refused();
      }
      this.done = true;
    },
  };
}

/**
 * @param {File[]} files
 * @param {(list: FileList) => void} take
 * @returns {WantedFileList}
 */
export function wantFileList(files, take) {
  return {
    kind: 'filelist',
    files,
    done: false,
    fulfil(list) {
      take(list);
      this.done = true;
    },
  };
}
