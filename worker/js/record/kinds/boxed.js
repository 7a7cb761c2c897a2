/** Boolean, Number, String and BigInt objects, and RegExp. */

import { numberFrom, numberPayload } from '../number.js';
import { NO_PAYLOAD, hasFields } from '../payload.js';

/** @typedef {import('../kinds.js').Kind} Kind */

/** In alphabetical order, each once. */
const FLAGS = /^d?g?i?m?s?u?v?y?$/;

const DIGITS = /^(0|-?[1-9][0-9]*)$/;

/**
 * @param {unknown} payload
 * @returns {bigint | undefined} undefined when it is none
 */
export function bigintFrom(payload) {
  return typeof payload === 'string' && DIGITS.test(payload) ? BigInt(payload) : undefined;
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
    pack: (value, place, packer) => packer.leaf(place, 'bigintobject', String(BigInt.prototype.valueOf.call(value))),
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
