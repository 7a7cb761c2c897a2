/**
 * The contents of entries `blobs/<sha256>` that records want. Each is got once for the records that
 * were begun together, and kept until the last of them has taken it.
 */

import { Unkept } from './unkept.js';

/** @typedef {import('./wanted.js').WantedBlob} WantedBlob */
/** @typedef {import('./wanted.js').WantedBuffer} WantedBuffer */

/** @typedef {(WantedBlob | WantedBuffer) & { content: Blob | ArrayBuffer | undefined, takers: number }} Content */

export class Contents {
  /** @type {Map<string, Content>} */
  #contents = new Map();

  /**
   * @param {'blob' | 'buffer'} kind
   * @param {string} path of the place that wants it
   * @param {unknown} payload
   * @returns {Content}
   * @throws {Unkept} when the payload names no entry
   */
  want(kind, path, payload) {
    const { blob: sha256, size } = namedEntry(path, payload);
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
   * @param {string} path of the place that wanted it
   * @returns {Blob | ArrayBuffer} an ArrayBuffer is the taker's own
   * @throws {Unkept} when it is of another size
   */
  take({ kind, sha256, size, content }, path) {
    const key = `${kind} ${sha256} ${size}`;
    const kept = /** @type {Content} */ (this.#contents.get(key));
    if (--kept.takers === 0) this.#contents.delete(key);
    const found = content instanceof ArrayBuffer ? content.byteLength : /** @type {Blob} */ (content).size;
    if (found !== size) throw new Unkept(path, `${found} bytes in an entry of ${size}`);
    return content instanceof ArrayBuffer && kept.takers > 0 ? content.slice(0) : /** @type {Blob | ArrayBuffer} */ (content);
  }
}

/**
 * @param {string} path
 * @param {unknown} payload
 * @returns {{ blob: string, size: number }}
 */
function namedEntry(path, payload) {
  const { blob, size } = /** @type {{ blob?: unknown, size?: unknown }} */ (payload);
  if (typeof blob !== 'string' || !/^[0-9a-f]{64}$/.test(blob)) throw new Unkept(path, 'no SHA-256 of bytes');
  if (!Number.isSafeInteger(size) || /** @type {number} */ (size) < 0) throw new Unkept(path, 'no size of bytes');
  return { blob, size: /** @type {number} */ (size) };
}
