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

  /**
   * Adds lines that were written together.
   * @param {string} list JSON text of a list of so many objects, each with a member `v` that stands first
   * @param {number} count
   * @returns {boolean} false, and nothing is added, where what stands between two lines stands in one of them too
   */
  addList(list, count) {
    const between = positionsOf(BETWEEN_LINES, list);
    if (between.length !== count - 1) return false;
    this.#flush();
    const from = this.#reserve(list.length);
    // Without its brackets, and a line feed for each comma between two and for the closing bracket.
    if (encoder.encodeInto(list.slice(1), buffer.subarray(from)).written === list.length - 1) {
      for (const position of between) buffer[from + position] = LINE_FEED;
      this.#bytes += list.length - 1;
    } else {
      // Characters of more than one byte shift what comes after them.
      let start = 1;
      for (const position of [...between, list.length - 2]) {
        this.#bytes += encoder.encodeInto(list.slice(start, position + 1), buffer.subarray(this.#bytes)).written;
        buffer[this.#bytes++] = LINE_FEED;
        start = position + 2;
      }
    }
    buffer[this.#bytes - 1] = LINE_FEED;
    return true;
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
    if (this.#text === '') return;
    const from = this.#reserve(this.#text.length);
    this.#bytes += encoder.encodeInto(this.#text, buffer.subarray(from)).written;
    this.#text = '';
  }

  /**
   * Makes room for so many further characters.
   * @param {number} characters
   * @returns {number} where they begin
   */
  #reserve(characters) {
    const needed = this.#bytes + characters * MAX_BYTES_PER_CHARACTER;
    if (needed > buffer.length) {
      const larger = new Uint8Array(Math.max(needed, buffer.length * 2));
      larger.set(buffer.subarray(0, this.#bytes));
      buffer = larger;
    }
    return this.#bytes;
  }
}

/** From the end of a line to the beginning of the next one, in their list. Quotes within strings are escaped, so no string holds it. */
const BETWEEN_LINES = '},{"v":';

const LINE_FEED = 10;

/**
 * @param {string} wanted
 * @param {string} text
 */
function positionsOf(wanted, text) {
  const positions = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) positions.push(at);
  return positions;
}

/** In UTF-8, of a UTF-16 code unit. */
const MAX_BYTES_PER_CHARACTER = 3;
