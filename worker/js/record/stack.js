/** What a worker can read from a deep record it cannot always store again: storing takes more of its stack. */

/** A restore stores from deeper in the stack. */
const SPARE_LEVELS = 60;

/** @type {MessagePort | undefined} */
let nowhere;

/** No browser has so small a stack that records of fewer members of `d` need a trial. */
const DEEP_MEMBERS = 8;

/**
 * Does what storing does with a value, and no more: structuredClone would read it again too.
 * @type {((value: unknown) => void) | undefined}
 */
let serialize = (value) => {
  if (nowhere === undefined) {
    const { port1, port2 } = new MessageChannel();
    port2.close();
    nowhere = port1;
  }
  nowhere.postMessage(value);
};

/**
 * Replaces the trial; without one there is none, where values are not to be stored and may be deeper than the
 * platform can go.
 * @param {((value: unknown) => void) | undefined} replacement
 */
export function setSerializer(replacement) {
  serialize = replacement;
}

/**
 * Whether a record is so deep that storing it must be tried.
 * @param {number} members of its line's `d`
 */
export function mustBeTried(members) {
  return serialize !== undefined && members > DEEP_MEMBERS;
}

/**
 * Tries whether a deep record can be stored again, from an empty stack.
 * @param {unknown} value
 * @throws {RangeError}
 */
export async function tryToStore(value) {
  await undefined;
  let probe = value;
  for (let i = 0; i < SPARE_LEVELS; i++) probe = [probe];
  try {
    serialize?.(probe);
  } catch (error) {
    // What cannot be stored for another reason is refused elsewhere.
    if (error instanceof RangeError) throw error;
  }
}
