/** What payloads of several kinds have in common. */

/** What comes back where a payload is not as its kind's. */
export const NO_PAYLOAD = Symbol('no payload');

/**
 * @param {unknown} payload
 * @param {string[]} required
 * @param {string[]} [optional]
 * @returns {payload is Record<string, any>} whether it is an object with these fields and no others
 */
export function hasFields(payload, required, optional = []) {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return false;
  let found = 0;
  for (const name of Object.keys(payload)) {
    if (required.includes(name)) found++;
    else if (!optional.includes(name)) return false;
  }
  return found === required.length;
}

/**
 * @param {unknown} payload
 * @param {number} [least]
 * @param {number} [most]
 * @returns {payload is number}
 */
export function isWhole(payload, least = 0, most = Number.MAX_SAFE_INTEGER) {
  return Number.isSafeInteger(payload) && /** @type {number} */ (payload) >= least && /** @type {number} */ (payload) <= most;
}

/**
 * The prototypes of classes that this engine has.
 * @param {string} name
 * @returns {object[]} one or none
 */
export function prototypesOf(name) {
  const found = classOf(name);
  return found === undefined ? [] : [found.prototype];
}

/**
 * @param {string} name
 * @returns {any} undefined where this engine lacks it
 */
export function classOf(name) {
  return /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (globalThis))[name];
}
