// What a value has lost, and whether anybody could have kept it.
import { difference } from './difference.js';

/** Whether a script can give an Error a stack that structured clone keeps: Firefox has none for that. */
const STACKS_CAN_BE_SET = (() => {
  const error = Object.defineProperty(new Error(), 'stack', { value: 'set', writable: true, configurable: true });
  return structuredClone(error).stack === 'set';
})();

/**
 * @param {unknown} expected
 * @param {unknown} actual
 * @returns {Promise<{ lost: string | null, but: string }>} `lost`: where and what, null for nothing; `but`: what nobody
 *   could have kept, to be added to what is said of the value
 */
export async function loss(expected, actual) {
  const lost = await difference(expected, actual);
  if (lost === null || STACKS_CAN_BE_SET) return { lost, but: '' };
  const apartFromStacks = await difference(expected, actual, { stacks: false });
  return { lost: apartFromStacks, but: apartFromStacks === null ? ', but for the stack of an Error: no script can set it' : '' };
}
