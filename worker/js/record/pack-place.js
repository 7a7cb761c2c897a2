/** Where a value stands in the record that is being packed. */

import { jsonStep, step } from './pointer.js';

/** How what is below a place is visited; see Packer. */
export const VALUES = 0;
export const MEMBERS = 1;
export const PAIRS = 2;
export const PAIR = 3;
export const PROPERTIES = 4;
export const FILES = 5;

export class PackPlace {
  /**
   * Which `v` the place is in: 0 for the line's own, n for that of `d[n - 1]`.
   * @type {number}
   */
  section = 0;
  /**
   * Levels of arrays and objects in that `v`, with this one.
   * @type {number}
   */
  depth = 1;

  /**
   * @param {PackPlace | undefined} parent undefined for the record itself
   * @param {string | number} name in the parent's payload
   * @param {string | number} original in the record: another one behind what was left out of a map or set
   */
  constructor(parent, name, original) {
    this.parent = parent;
    this.name = name;
    this.original = original;
    if (parent !== undefined) {
      this.section = parent.section;
      this.depth = parent.depth + 1;
    }
    /**
     * Of the value of a member of `d`: the place of its `deep`.
     * @type {PackPlace | undefined}
     */
    this.deep = undefined;
    /** @type {any} */
    this.payload = undefined;
    /**
     * The payload's properties that are places; undefined for an array.
     * @type {string[] | undefined}
     */
    this.names = undefined;
    this.way = VALUES;
    this.length = 0;
    this.next = 0;
    /** How many members or pairs were not left out. */
    this.kept = 0;
  }

  /** @returns {string} JSON Pointer into the `v` that the place is in */
  pointer() {
    let pointer = '';
    for (let at = /** @type {PackPlace} */ (this); at.parent !== undefined; at = at.parent) pointer = step(at.name) + pointer;
    return pointer;
  }

  /** @returns {string} the same as it stands between the quotes of a JSON string */
  jsonPointer() {
    let pointer = '';
    for (let at = /** @type {PackPlace} */ (this); at.parent !== undefined; at = at.parent) pointer = jsonStep(at.name) + pointer;
    return pointer;
  }

  /** @returns {string} JSON Pointer into the record */
  path() {
    const steps = [];
    /** @type {PackPlace | undefined} */
    let at = this;
    while (at !== undefined) {
      if (at.parent !== undefined) steps.push(step(at.original));
      at = at.parent ?? at.deep;
    }
    return steps.reverse().join('');
  }
}
