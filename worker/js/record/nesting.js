/** How deep the arrays and objects of a line nest. */

/** Of the whole line, with its own object. */
const MAX_LEVELS = 256;

/** A shorter text cannot open and close more. */
const SHORT_CHARACTERS = 2 * (MAX_LEVELS + 1);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = new Set([0x5b, 0x7b]);
const CLOSE = new Set([0x5d, 0x7d]);

/**
 * @param {string} text JSON, or none
 * @returns {boolean}
 */
export function nestsTooDeep(text) {
  if (text.length < SHORT_CHARACTERS || count(text, '{') + count(text, '[') <= MAX_LEVELS) return false;
  let levels = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === QUOTE) i = endOfString(text, i + 1);
    else if (OPEN.has(character) && ++levels > MAX_LEVELS) return true;
    else if (CLOSE.has(character)) levels--;
  }
  return false;
}

/**
 * @param {string} text
 * @param {string} bracket
 * @returns {number} how often it is there, in strings too, up to one more than there may be levels
 */
function count(text, bracket) {
  let found = 0;
  for (let at = text.indexOf(bracket); at !== -1 && found <= MAX_LEVELS; at = text.indexOf(bracket, at + 1)) found++;
  return found;
}

/**
 * @param {string} text
 * @param {number} start behind the opening quote
 * @returns {number} the closing quote, or the text's end
 */
function endOfString(text, start) {
  for (let i = start; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (character === QUOTE) return i;
    if (character === BACKSLASH) i++;
  }
  return text.length;
}
