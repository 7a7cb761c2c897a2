/**
 * The contents of entries `blobs/<sha256>` that records want. Each is got once for the records that
 * were begun together, and kept until the last of them has taken it.
 */

import { hasFields, isWhole } from './payload.js';

/** @typedef {import('./wanted.js').WantedBlob} WantedBlob */
/** @typedef {import('./wanted.js').WantedBuffer} WantedBuffer */

/** @typedef {(WantedBlob | WantedBuffer) & { content: Blob | ArrayBuffer | undefined, takers: number }} Content */

export class Contents {
  /** @type {Map<string, Content>} */
  #contents = new Map();

  /**
   * @param {'blob' | 'buffer'} kind
   * @param {unknown} payload
   * @returns {Content | undefined} undefined when the payload names no entry
   */
  want(kind, payload) {
    if (!hasFields(payload, ['blob', 'size']) || !isWhole(payload.size)) return undefined;
    const { blob: sha256, size } = payload;
    if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(sha256)) return undefined;
    const key = `${kind} ${sha256} ${size}`;
    let content = this.#contents.get(key);
    if (content === undefined) {
      content = /** @type {Content} */ ({
        kind, sha256, size, done: false, content: undefined, takers: 0,
        fulfil(/** @type {any} */ got) {
          this.content = got;
          this.done = true;
        },
      });
      this.#contents.set(key, content);
    }
    content.takers++;
    return content;
  }

  /**
   * @param {Content} content that is there
   * @returns {Blob | ArrayBuffer} an ArrayBuffer is the taker's own
   * @throws {RangeError} when it is of another size: the caller has got something else
   */
  take(content) {
    const { kind, sha256, size } = content;
    const got = /** @type {Blob | ArrayBuffer} */ (content.content);
    const found = got instanceof ArrayBuffer ? got.byteLength : got.size;
    if (found !== size) throw new RangeError(`${found} bytes for ${sha256} of ${size}`);
    if (--content.takers > 0 && got instanceof ArrayBuffer) return got.slice(0);
    if (content.takers === 0) this.#contents.delete(`${kind} ${sha256} ${size}`);
    return got;
  }
}
