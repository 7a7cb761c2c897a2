/** Payloads of Maps and of arrays that JSON cannot say. */

import { hasFields, isWhole } from './payload.js';

const MAX_LENGTH = 2 ** 32 - 1;

/**
 * @param {unknown} payload
 * @returns {payload is [unknown, unknown][]}
 */
export function isPairs(payload) {
  return Array.isArray(payload) && payload.every((pair) => Array.isArray(pair) && pair.length === 2);
}

/**
 * @param {unknown} payload
 * @returns {payload is { length: number, properties: Record<string, unknown> }}
 */
export function isArrayPayload(payload) {
  if (!hasFields(payload, ['length', 'properties'])) return false;
  const { length, properties } = payload;
  if (!isWhole(length, 0, MAX_LENGTH)) return false;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return false;
  return Object.keys(properties).every((name) => name !== 'length' && !isIndexBeyond(name, length));
}

/**
 * @param {string} name
 * @param {number} length
 */
function isIndexBeyond(name, length) {
  const index = Number(name);
  return isWhole(index, length, MAX_LENGTH - 1) && String(index) === name;
}

/**
 * @param {{ length: number }} payload
 * @returns {unknown[]} without any elements yet
 */
export function arrayFrom({ length }) {
  /** @type {unknown[]} */
  const array = [];
  // By way of the greatest length: else an engine sets the memory for all elements aside at once.
  array.length = MAX_LENGTH;
  array.length = length;
  return array;
}

/**
 * Whether JSON can say an array: it has no holes and no named properties.
 * @param {unknown[]} array
 */
export function isPlain(array) {
  if (Object.values(array).length !== array.length) return false;
  for (let i = 0; i < array.length; i++) if (array[i] === undefined && !Object.hasOwn(array, i)) return false;
  return true;
}
