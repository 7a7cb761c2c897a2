/**
 * What a worker can read from a deep record it cannot always store again: storing takes more of its stack, and
 * in stores with inline keys reads the record too, for its key.
 */

import { isPlain } from './collections.js';

/** A restore stores from deeper in the stack. */
const SPARE_LEVELS = 60;

/** No browser has so small a stack that records of fewer members of `d` need a trial. */
const DEEP_MEMBERS = 8;

/** @type {((value: unknown) => unknown) | undefined} */
let clone = structuredClone;

/**
 * Replaces the trial; without one there is none, where values are not to be stored and may be deeper than the
 * platform can go.
 * @param {((value: unknown) => unknown) | undefined} replacement
 */
export function setClone(replacement) {
  clone = replacement;
}

/**
 * Whether a record is so deep that storing it must be tried.
 * @param {number} members of its line's `d`
 */
export function mustBeTried(members) {
  return clone !== undefined && members > DEEP_MEMBERS;
}

/**
 * Tries whether a deep record can be stored again, from an empty stack.
 * @param {unknown} value as it was read
 * @throws {RangeError}
 */
export async function tryToStore(value) {
  await undefined;
  let probe = rebuilt(value);
  for (let i = 0; i < SPARE_LEVELS; i++) probe = [probe];
  let stored;
  try {
    stored = clone?.(probe);
  } catch (error) {
    // What cannot be stored for another reason is refused elsewhere.
    if (!(error instanceof RangeError)) return;
  }
  // Chromium gives null, without an error, for what is too deep to be read.
  if (!Array.isArray(stored)) throw new RangeError('too deep to be stored');
}

/**
 * The value as a restore builds it. To V8 the arrays that it reads from a database may have holes, and storing
 * those takes nearly twice the stack.
 * @param {unknown} value
 */
function rebuilt(value) {
  /** @type {Map<unknown, any>} */
  const copies = new Map();
  const copyOf = (/** @type {unknown} */ original) => {
    if (typeof original !== 'object' || original === null) return original;
    if (!copies.has(original)) copies.set(original, shallowCopy(original));
    return copies.get(original);
  };
  const root = copyOf(value);
  // A Map gives what is set while it is gone through, too.
  for (const [original, copy] of copies) {
    if (copy === original) continue;
    // V8 knows of no holes where an array was only pushed to.
    if (Array.isArray(copy)) for (const member of /** @type {typeof copy} */ (original)) copy.push(copyOf(member));
    else if (copy instanceof Map) for (const [key, member] of /** @type {typeof copy} */ (original)) copy.set(copyOf(key), copyOf(member));
    else if (copy instanceof Set) for (const member of /** @type {typeof copy} */ (original)) copy.add(copyOf(member));
    else for (const name of Object.keys(copy)) copy[name] = copyOf(copy[name]);
  }
  return root;
}

/** @param {object} value */
function shallowCopy(value) {
  switch (Object.getPrototypeOf(value)) {
    case Object.prototype:
      return { ...value };
    case Array.prototype:
      return isPlain(/** @type {unknown[]} */ (value)) ? [] : value;
    case Map.prototype:
      return new Map();
    case Set.prototype:
      return new Set();
    default:
      return value;
  }
}
