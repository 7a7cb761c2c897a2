/** Numbers, with those that JSON lacks as text: "NaN", "Infinity", "-Infinity", "-0". */

/**
 * @param {number} value
 * @returns {number | string}
 */
export function numberPayload(value) {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

/**
 * @param {unknown} payload
 * @returns {number | undefined} undefined when it is none
 */
export function numberFrom(payload) {
  return typeof payload === 'number' && Number.isFinite(payload) ? payload : specialNumberFrom(payload);
}

/**
 * @param {unknown} payload
 * @returns {number | undefined} undefined when it is no number that JSON lacks
 */
export function specialNumberFrom(payload) {
  return payload === 'NaN' || payload === 'Infinity' || payload === '-Infinity' || payload === '-0' ? Number(payload) : undefined;
}
