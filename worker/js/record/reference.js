/** The tag `ref`: the very same object as at an earlier place of the line, or at one around it. */

import { isValue, resolve } from './place.js';
import { Unkept } from './unkept.js';

/** @typedef {import('./decode.js').Line} Line */
/** @typedef {import('./place.js').Place} Place */

/** Tags of values that have no identity, so that nothing can refer to them; and of references. */
const NOT_REFERABLE = new Set(['undefined', 'number', 'bigint', 'ref']);

/**
 * @param {Line} line not changed yet
 * @param {Place} ref
 * @param {Map<string, Place>} byPath the line's tags
 * @param {import('./place.js').Payloads} payloads
 * @returns {object}
 */
export function resolveReference(line, ref, byPath, payloads) {
  const path = /** @type {string} */ (ref.payload);
  const target = byPath.get(path) ?? resolve(line, path);
  if (target === undefined || !isValue(line, target, payloads)) {
    throw new Unkept(ref.path, 'a reference to a place that is not there');
  }
  if (target.tag === '' ? typeof target.payload !== 'object' || target.payload === null : NOT_REFERABLE.has(target.tag)) {
    throw new Unkept(ref.path, 'a reference to what is no object');
  }
  if (!isEarlierOrAround(line, target, ref)) throw new Unkept(ref.path, 'a reference to a later place');
  return /** @type {object} */ (target.tag === '' ? target.payload : target.value);
}

/**
 * @param {Line} line
 * @param {Place} target
 * @param {Place} ref
 */
function isEarlierOrAround(line, target, ref) {
  /** @type {any} */
  let container = line.v;
  const to = target.pointer;
  const from = ref.pointer;
  for (let i = 0; i < to.names.length; i++) {
    const name = /** @type {string} */ (to.names[i]);
    const other = from.names[i];
    if (name === other) {
      container = container[name];
    } else if (Array.isArray(container)) {
      return /** @type {number} */ (to.indexes[i]) < /** @type {number} */ (from.indexes[i]);
    } else {
      const names = Object.keys(container);
      return names.indexOf(name) < names.indexOf(/** @type {string} */ (other));
    }
  }
  return true;
}
