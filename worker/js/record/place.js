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
 * @param {string} path of a place that is there
 * @param {Map<string, Place>} byPath
 * @returns {boolean} whether the place is a value, not a map's pair or a part of a file's description
 */
export function isValue(path, byPath) {
  for (let at = path, direct = true; at !== ''; direct = false) {
    at = at.slice(0, at.lastIndexOf('/'));
    const tag = byPath.get(at)?.tag;
    if (tag === 'blob' || tag === 'file' || (tag === 'map' && direct)) return false;
  }
  return true;
}
