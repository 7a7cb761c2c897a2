/** How deep the arrays and objects of a line nest. */

/** Of the whole line, with its own object. */
const MAX_LEVELS = 256;

/** A shorter text cannot open and close more. */
const SHORT_CHARACTERS = 2 * (MAX_LEVELS + 1);

/**
 * @param {string} text JSON
 * @param {unknown} value that it was parsed to
 * @returns {boolean}
 */
export function nestsTooDeep(text, value) {
  if (text.length < SHORT_CHARACTERS || count(text, '{') + count(text, '[') <= MAX_LEVELS) return false;
  return isDeeper(value, MAX_LEVELS);
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
 * Walking the parsed value takes a fifth of the time of reading the text once more.
 * @param {any} value
 * @param {number} levels
 * @returns {boolean}
 */
function isDeeper(value, levels) {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (isDeeper(value[i], levels - 1)) return true;
  } else {
    for (const name in value) if (isDeeper(value[name], levels - 1)) return true;
  }
  return false;
}
