/** Errors and DOMException. */

import { NO_PAYLOAD, hasFields, isWhole, prototypesOf } from '../payload.js';

/** @typedef {import('../kinds.js').Kind} Kind */

/** @type {Map<unknown, any>} */
const CLASSES = new Map(
  [Error, AggregateError, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((type) => [type.name, type]),
);

/**
 * Firefox stores with an error where it was made, and cannot read that again (140 does not) when WebAssembly called for it: so errors are
 * made here, where nothing has called yet, and copied.
 * @type {Map<unknown, any> | undefined}
 */
const MADE = Object.hasOwn(new Error(), 'stack') ? undefined : new Map([...CLASSES].map(([name, type]) => [name, make(type)]));

/** Firefox gives errors all of them as own properties, V8 the message alone. */
const TEXTS = ['message', 'fileName'];
const POSITIONS = ['lineNumber', 'columnNumber'];
const MAX_POSITION = 2 ** 32 - 1;

/** @type {Kind[]} */
export const errorKinds = [
  {
    tag: 'error',
    prototypes: [...CLASSES.values()].map((type) => type.prototype),
    pack: packError,
    unpack: ({ payload }) => (isErrorPayload(payload) ? makeError(payload) : NO_PAYLOAD),
    fill: ({ payload, value }) => {
      if ('errors' in payload && !Array.isArray(payload.errors)) return false;
      for (const name of ['cause', 'errors']) if (name in payload) define(/** @type {Error} */ (value), name, payload[name]);
      return true;
    },
    places: ['cause', 'errors'],
  },
  {
    tag: 'domexception',
    prototypes: prototypesOf('DOMException'),
    pack: (/** @type {DOMException} */ { name, message }, place, packer) => packer.leaf(place, 'domexception', { name, message }),
    unpack: ({ payload }) => {
      if (!hasFields(payload, ['name', 'message'])) return NO_PAYLOAD;
      if (typeof payload.name !== 'string' || typeof payload.message !== 'string') return NO_PAYLOAD;
      return new DOMException(payload.message, payload.name);
    },
  },
];

/**
 * @param {any} error
 * @param {import('../pack-place.js').PackPlace} place
 * @param {import('../pack.js').Packer} packer
 */
function packError(error, place, packer) {
  /** @type {Record<string, unknown>} */
  const payload = { name: Object.getPrototypeOf(error).constructor.name };
  const has = (/** @type {string} */ name) => Object.hasOwn(error, name);
  if (has('message') && typeof error.message === 'string') payload.message = error.message;
  // V8 has it as an own accessor, Firefox as one of the prototype.
  if (typeof error.stack === 'string') payload.stack = error.stack;
  const places = [];
  if (has('cause')) {
    payload.cause = error.cause;
    places.push('cause');
  }
  if (has('errors') && Array.isArray(error.errors)) {
    payload.errors = error.errors;
    places.push('errors');
  }
  if (has('fileName') && typeof error.fileName === 'string') payload.fileName = error.fileName;
  for (const name of POSITIONS) if (has(name) && isWhole(error[name], 0, MAX_POSITION)) payload[name] = error[name];
  return packer.enter(place, 'error', payload, places);
}

/**
 * @param {unknown} payload
 * @returns {payload is Record<string, any>}
 */
function isErrorPayload(payload) {
  if (!hasFields(payload, ['name'], [...TEXTS, ...POSITIONS, 'stack', 'cause', 'errors'])) return false;
  return CLASSES.has(payload.name)
    && [...TEXTS, 'stack'].every((name) => !(name in payload) || typeof payload[name] === 'string')
    && POSITIONS.every((name) => !(name in payload) || isWhole(payload[name], 0, MAX_POSITION));
}

/** @param {Record<string, any>} payload */
function makeError(payload) {
  const made = MADE?.get(payload.name);
  const error = made === undefined ? make(CLASSES.get(payload.name)) : structuredClone(made);
  for (const name of [...TEXTS, ...POSITIONS]) {
    if (name in payload) define(error, name, payload[name]);
    else delete error[name];
  }
  // Firefox has none: it keeps where the error was made, and a stack of another kind would be lost when the error is stored.
  if (Object.hasOwn(error, 'stack')) error.stack = payload.stack;
  return error;
}

/**
 * @param {any} ErrorClass
 * @returns {any} one with nothing in it
 */
function make(ErrorClass) {
  return ErrorClass === AggregateError ? new AggregateError([]) : new ErrorClass();
}

/**
 * @param {Error} error
 * @param {string} name
 * @param {unknown} value
 */
function define(error, name, value) {
  Object.defineProperty(error, name, { value, writable: true, enumerable: false, configurable: true });
}
