/** The tag `ref`: the very same object as at another place of the line. */

import { isPlace, resolve } from './place.js';

/** @typedef {import('./place.js').Place} Place */
/** @typedef {import('./place.js').Section} Section */

/** Tags of values that have no identity, so that nothing can refer to them; and of references. */
const NOT_REFERABLE = new Set(['undefined', 'number', 'bigint', 'ref', 'deep']);

/**
 * Whether a value can be referred to, and be a member of `d`.
 * @param {string} tag empty for none
 * @param {unknown} payload
 */
export function isReferable(tag, payload) {
  return tag === '' ? typeof payload === 'object' && payload !== null : !NOT_REFERABLE.has(tag);
}

/** Finds what the references of a line refer to. Nothing in the line may have been changed yet. */
export class References {
  #sections;
  #tags;
  #placeAt;

  /**
   * @param {Section[]} sections
   * @param {Map<unknown, string>} tags of payloads that are arrays or objects
   * @param {(section: number, path: string) => Place | undefined} placeAt the tagged place, if it is one
   */
  constructor(sections, tags, placeAt) {
    this.#sections = sections;
    this.#tags = tags;
    this.#placeAt = placeAt;
  }

  /**
   * @param {Place} ref
   * @returns {Place | string} the place of the object, or what is wrong
   */
  target(ref) {
    const named = parseReference(ref.payload);
    const section = named === undefined ? undefined : this.#sections[named.section];
    if (named === undefined || section === undefined) return 'no reference';
    const target = this.#placeAt(named.section, named.path) ?? resolve(section, named.section, named.path);
    if (target === undefined || !isPlace(section, target.pointer, this.#tags)) return 'a reference to a place that is not there';
    if (!isReferable(target.tag, target.payload)) return 'a reference to what is no object';
    return target;
  }
}

/**
 * @param {unknown} payload a pointer into `v`, or the number of a member of `d` and a pointer into that
 * @returns {{ section: number, path: string } | undefined}
 */
function parseReference(payload) {
  if (typeof payload === 'string') return { section: 0, path: payload };
  if (!Array.isArray(payload) || payload.length !== 2) return undefined;
  const [number, path] = payload;
  return Number.isSafeInteger(number) && number >= 0 && typeof path === 'string' ? { section: number + 1, path } : undefined;
}
