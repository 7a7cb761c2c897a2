/** Boolean, Number, String and BigInt objects, and RegExp. */

import { numberFrom, numberPayload } from '../number.js';
import { NO_PAYLOAD, hasFields } from '../payload.js';
import { Unkept } from '../unkept.js';

/** @typedef {import('../kinds.js').Kind} Kind */

/** In alphabetical order, each once. */
const FLAGS = /^d?g?i?m?s?u?v?y?$/;

const DIGITS = /^(0|-?[1-9][0-9]*)$/;

/** Ten times as many take an engine seconds. */
const MAX_DIGITS = 1_000_000;

/** As many as no more than MAX_DIGITS decimal ones can need. They are found at once. */
const MAX_HEX_DIGITS = Math.floor(MAX_DIGITS / Math.log10(16));

/**
 * @param {bigint} value
 * @returns {string}
 * @throws {Unkept}
 */
export function bigintPayload(value) {
  const magnitude = value < 0n ? -value : value;
  if (value !== BigInt.asIntN(64, value) && magnitude.toString(16).length > MAX_HEX_DIGITS) {
    throw new Unkept('', `a BigInt of more than ${MAX_DIGITS} digits`);
  }
  return String(value);
}

/**
 * @param {unknown} payload
 * @returns {bigint | undefined} undefined when it is none
 */
export function bigintFrom(payload) {
  if (typeof payload !== 'string' || payload.length > MAX_DIGITS + 1 || !DIGITS.test(payload)) return undefined;
  return BigInt(payload);
}

/** @type {Kind[]} */
export const boxedKinds = [
  {
    tag: 'booleanobject',
    prototypes: [Boolean.prototype],
    pack: (value, place, packer) => packer.leaf(place, 'booleanobject', Boolean.prototype.valueOf.call(value)),
    unpack: ({ payload }) => (typeof payload === 'boolean' ? Object(payload) : NO_PAYLOAD),
  },
  {
    tag: 'numberobject',
    prototypes: [Number.prototype],
    pack: (value, place, packer) => packer.leaf(place, 'numberobject', numberPayload(Number.prototype.valueOf.call(value))),
    unpack: ({ payload }) => {
      const value = numberFrom(payload);
      return value === undefined ? NO_PAYLOAD : Object(value);
    },
  },
  {
    tag: 'stringobject',
    prototypes: [String.prototype],
    pack: (value, place, packer) => packer.leaf(place, 'stringobject', String.prototype.valueOf.call(value)),
    unpack: ({ payload }) => (typeof payload === 'string' ? Object(payload) : NO_PAYLOAD),
  },
  {
    tag: 'bigintobject',
    prototypes: [BigInt.prototype],
    pack: (value, place, packer) => packer.leaf(place, 'bigintobject', bigintPayload(BigInt.prototype.valueOf.call(value))),
    unpack: ({ payload }) => {
      const value = bigintFrom(payload);
      return value === undefined ? NO_PAYLOAD : Object(value);
    },
  },
  {
    tag: 'regexp',
    prototypes: [RegExp.prototype],
    pack: (value, place, packer) => packer.leaf(place, 'regexp', { source: value.source, flags: value.flags }),
    unpack: ({ payload }) => {
      if (!hasFields(payload, ['source', 'flags'])) return NO_PAYLOAD;
      const { source, flags } = payload;
      if (typeof source !== 'string' || typeof flags !== 'string' || !FLAGS.test(flags)) return NO_PAYLOAD;
      try {
        return new RegExp(source, flags);
      } catch {
        return NO_PAYLOAD;
      }
    },
  },
];
