import { parsePointer } from './pointer.js';

/** @typedef {import('./decode.js').Line} Line */
/** @typedef {import('./pointer.js').Pointer} Pointer */

/**
 * A place in a line that `t` or a reference names.
 * @typedef {object} Place
 * @property {string} path
 * @property {Pointer} pointer
 * @property {any} holder the array or object that has the place
 * @property {string | number} name of the place in its holder
 * @property {any} payload what is there as JSON
 * @property {string} tag empty where `t` says nothing
 * @property {unknown} value what the payload stands for
 */

/**
 * @param {Line} line
 * @param {string} path
 * @returns {Place | undefined} undefined when the path leads nowhere
 */
export function resolve(line, path) {
  const pointer = parsePointer(path);
  if (pointer === undefined) return undefined;
  const { names, indexes } = pointer;
  /** @type {any} */
  let holder = line;
  /** @type {string | number} */
  let name = 'v';
  for (let i = 0; i < names.length; i++) {
    holder = holder[name];
    name = /** @type {string} */ (names[i]);
    if (Array.isArray(holder)) {
      name = /** @type {number} */ (indexes[i]);
      if (name === -1 || name >= holder.length) return undefined;
    } else if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) {
      return undefined;
    }
  }
  return { path, pointer, holder, name, payload: holder[name], tag: '', value: undefined };
}

/**
 * Payloads with places in them that are no values: a map's pairs, and all that describes a Blob or File.
 * @typedef {object} Payloads
 * @property {Set<unknown>} maps
 * @property {Set<unknown>} files
 */

/**
 * @param {Line} line
 * @param {Place} place
 * @param {Payloads} payloads of the line's tags
 * @returns {boolean} whether the place is a value, not a part of how another one is said
 */
export function isValue(line, { holder, pointer }, { maps, files }) {
  if (maps.has(holder)) return false;
  if (files.size === 0) return true;
  let at = line.v;
  for (const name of pointer.names) {
    if (files.has(at)) return false;
    at = /** @type {Record<string, unknown>} */ (at)[name];
  }
  return true;
}
