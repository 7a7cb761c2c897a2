/**
 * JSON Pointers (RFC 6901).
 *
 * The tables of an app repeat the same property names and pointers in every row, so both directions
 * keep what they have worked out. Names can also be data (a table keyed by id inside a record):
 * hence the limit.
 */

const CACHE_ENTRIES = 4096;
const CACHED_CHARACTERS = 256;

/** @type {Map<string, string>} */
const jsonSteps = new Map();

/** @type {Map<string, Pointer>} */
const parsedPointers = new Map();

/**
 * @typedef {object} Pointer
 * @property {string[]} names the reference tokens, unescaped
 * @property {number[]} indexes each token as an array index, -1 where it is none
 */

/**
 * The step from a container to its child, to be appended to the container's pointer.
 * @param {string | number} name
 * @returns {string}
 */
export function step(name) {
  return typeof name === 'number' ? `/${name}` : `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/**
 * The same as it stands between the quotes of a JSON string.
 * @param {string | number} name
 * @returns {string}
 */
export function jsonStep(name) {
  if (typeof name === 'number') return `/${name}`;
  let text = jsonSteps.get(name);
  if (text === undefined) {
    text = JSON.stringify(step(name)).slice(1, -1);
    keep(jsonSteps, name, text);
  }
  return text;
}

/**
 * @param {string} text
 * @returns {Pointer | undefined} undefined when the text is no JSON Pointer
 */
export function parsePointer(text) {
  let pointer = parsedPointers.get(text);
  if (pointer === undefined) {
    if ((text !== '' && text[0] !== '/') || /~(?![01])/.test(text)) return undefined;
    const names = text.split('/').slice(1).map(unescape);
    pointer = { names, indexes: names.map(arrayIndex) };
    keep(parsedPointers, text, pointer);
  }
  return pointer;
}

/** @param {string} token */
function unescape(token) {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** @param {string} token */
function arrayIndex(token) {
  return /^(0|[1-9][0-9]{0,9})$/.test(token) ? Number(token) : -1;
}

/**
 * @template T
 * @param {Map<string, T>} cache
 * @param {string} key
 * @param {T} value
 */
function keep(cache, key, value) {
  if (key.length > CACHED_CHARACTERS) return;
  if (cache.size >= CACHE_ENTRIES) cache.clear();
  cache.set(key, value);
}
