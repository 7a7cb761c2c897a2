/** What a worker can read from a deep record it cannot always store again: storing takes more of its stack. */

/** Storing is called from deeper in the stack than the trial. */
const SPARE_LEVELS = 50;

/** @type {(value: unknown) => unknown} */
let clone = structuredClone;

/**
 * Replaces structuredClone for the trial, where values are not to be stored and may be deeper than it can go.
 * @param {(value: unknown) => unknown} replacement
 */
export function setClone(replacement) {
  clone = replacement;
}

/**
 * Whether a deep record can be stored again.
 * @param {unknown} value
 */
export function canBeStored(value) {
  let probe = value;
  for (let i = 0; i < SPARE_LEVELS; i++) probe = [probe];
  try {
    clone(probe);
    return true;
  } catch (error) {
    // What cannot be cloned for another reason is refused elsewhere.
    return !(error instanceof RangeError);
  }
}
