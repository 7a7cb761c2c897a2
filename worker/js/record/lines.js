/** Lines are encoded in pieces of about this size, so that one wide character does not widen them all. */
const PIECE_CHARACTERS = 32 * 1024;

/** The buffer starts with this and is kept from one batch to the next up to KEPT_BYTES. */
const FIRST_BYTES = 1024 * 1024;
const KEPT_BYTES = 8 * 1024 * 1024;

const encoder = new TextEncoder();

let buffer = new Uint8Array(FIRST_BYTES);

/** Collects lines as UTF-8. Only one may be in use at a time: they share their buffer. */
export class Lines {
  #text = '';
  #bytes = 0;

  /** @param {string} line */
  add(line) {
    this.#text += line;
    if (this.#text.length >= PIECE_CHARACTERS) this.#flush();
  }

  /** @returns {Uint8Array<ArrayBuffer>} all lines, until the next ones are collected; MUST be the last call */
  finish() {
    this.#flush();
    // No copy: memory that is new each time took a twentieth of a backup's time.
    const bytes = buffer.subarray(0, this.#bytes);
    if (buffer.length > KEPT_BYTES) buffer = new Uint8Array(FIRST_BYTES);
    return bytes;
  }

  #flush() {
    const needed = this.#bytes + this.#text.length * MAX_BYTES_PER_CHARACTER;
    if (needed > buffer.length) {
      const larger = new Uint8Array(Math.max(needed, buffer.length * 2));
      larger.set(buffer.subarray(0, this.#bytes));
      buffer = larger;
    }
    this.#bytes += encoder.encodeInto(this.#text, buffer.subarray(this.#bytes)).written;
    this.#text = '';
  }
}

/** In UTF-8, of a UTF-16 code unit. */
const MAX_BYTES_PER_CHARACTER = 3;
