/**
 * Lone surrogates, which many JSON readers refuse as escapes: a line or key that needs them names a
 * character that stands before their digits instead (docs/format.md, "Text").
 */

/** The characters that may mark them: the private use area. */
const FIRST_MARKER = 0xe000;
const LAST_MARKER = 0xf8ff;

/**
 * Whether JSON text may have an escape of a lone surrogate: JSON.stringify writes no others that begin so.
 * @param {string} text
 */
export function mayHaveSurrogates(text) {
  return text.includes('\\ud');
}

/**
 * @param {string} text of a JSON object, as JSON.stringify writes its parts
 * @returns {string} the same with its lone surrogates marked, where it has any and a character is left to mark them
 */
export function markSurrogates(text) {
  const marker = freeMarker(text);
  if (marker === undefined) return text;
  const marked = new Pieces();
  let done = 0;
  for (const { 0: escape, 1: unit, index } of text.matchAll(/\\(?:u(d[89a-f][0-9a-f]{2})|.)/g)) {
    if (unit === undefined) continue;
    marked.add(text.slice(done, index) + marker + unit);
    done = index + escape.length;
  }
  if (done === 0) return text;
  marked.add(text.slice(done, -1));
  return `${marked.join()},"s":"${marker}"}`;
}

/** So many pieces are joined at once. */
const PIECES = 10_000;

/** Text made of pieces, perhaps of millions: those that were joined take no more memory than their characters. */
class Pieces {
  #text = '';
  /** @type {string[]} */
  #pieces = [];

  /** @param {string} piece */
  add(piece) {
    if (this.#pieces.push(piece) < PIECES) return;
    this.#text += this.#pieces.join('');
    this.#pieces = [];
  }

  join() {
    return this.#text + this.#pieces.join('');
  }
}

/** @param {string} text */
function freeMarker(text) {
  for (let code = FIRST_MARKER; code <= LAST_MARKER; code++) {
    const marker = String.fromCharCode(code);
    if (!text.includes(marker)) return marker;
  }
  return undefined;
}

/**
 * @param {string} text of a JSON object with the member `s`
 * @param {unknown} marker the member
 * @returns {string | undefined} the text with escapes in place of the marks; undefined when something is wrong with them
 */
export function unmarkSurrogates(text, marker) {
  if (typeof marker !== 'string' || marker.length !== 1) return undefined;
  const code = marker.charCodeAt(0);
  if (code < FIRST_MARKER || code > LAST_MARKER) return undefined;
  if (isEscaped(code, text)) return undefined;
  const unmarked = new Pieces();
  let own = 0;
  let done = 0;
  for (let at = text.indexOf(marker); at !== -1; at = text.indexOf(marker, at + 1)) {
    if (/^[0-9a-f]{4}/.test(text.slice(at + 1, at + 5))) {
      unmarked.add(`${text.slice(done, at)}\\u`);
      done = at + 1;
    } else if (text[at + 1] !== '"' || ++own > 1) {
      // Only the member itself says it alone.
      return undefined;
    }
  }
  unmarked.add(text.slice(done));
  return own === 1 ? unmarked.join() : undefined;
}

/**
 * Whether an escape stands for a marker. A reader that looks for marks once strings are decoded would take that for a mark.
 * @param {number} code of the marker
 * @param {string} text JSON
 */
function isEscaped(code, text) {
  // What is escaped may be a backslash.
  for (let at = text.indexOf('\\'); at !== -1; at = text.indexOf('\\', at + 2)) {
    if (text[at + 1] === 'u' && parseInt(text.slice(at + 2, at + 6), 16) === code) return true;
  }
  return false;
}
