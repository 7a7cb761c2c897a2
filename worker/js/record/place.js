import { kindOfTag } from './kinds.js';
import { parsePointer } from './pointer.js';

/** @typedef {import('./pointer.js').Pointer} Pointer */

/**
 * A `v` with its `t`: the line itself, or a member of `d`.
 * @typedef {{ v: unknown, t?: unknown }} Section
 */

/**
 * A place in a section that `t` or a reference names.
 * @typedef {object} Place
 * @property {string} path in its section
 * @property {number} section 0 for the line itself, n for `d[n - 1]`
 * @property {Pointer} pointer
 * @property {any} holder the array or object that has the place
 * @property {string | number} name of the place in its holder
 * @property {any} payload what is there as JSON
 * @property {string} tag empty where `t` says nothing
 * @property {unknown} value what the payload stands for
 * @property {Place | undefined} target of a ref or deep
 */

/**
 * @param {Section} section
 * @param {number} number
 * @param {string} path
 * @returns {Place | undefined} undefined when the path leads nowhere
 */
export function resolve(section, number, path) {
  const pointer = parsePointer(path);
  if (pointer === undefined) return undefined;
  const { names, indexes } = pointer;
  /** @type {any} */
  let holder = section;
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
  return { path, section: number, pointer, holder, name, payload: holder[name], tag: '', value: undefined, target: undefined };
}

/**
 * Whether a pointer leads to a place of its own, not to a part of how a value is said: a map's pair,
 * the type of a Blob.
 * @param {Section} section
 * @param {Pointer} pointer that leads somewhere
 * @param {Map<unknown, string>} tags of payloads that are arrays or objects
 */
export function isPlace(section, { names }, tags) {
  /** @type {any} */
  let at = section.v;
  for (let i = 0; i < names.length; i++) {
    const name = /** @type {string} */ (names[i]);
    const tag = tags.get(at);
    at = at[name];
    if (tag === undefined || tag === 'set' || tag === 'filelist') continue;
    if (tag === 'map' || (tag === 'array' && name === 'properties')) {
      // Its pairs and its properties are no places; theirs are.
      if (++i === names.length) return false;
      at = at[/** @type {string} */ (names[i])];
    } else if (kindOfTag(tag)?.places?.includes(name) !== true) {
      return false;
    }
  }
  return true;
}
