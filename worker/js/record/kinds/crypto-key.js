/** CryptoKeys that may be exported. */

import { NO_PAYLOAD, hasFields, prototypesOf } from '../payload.js';
import { Unkept } from '../unkept.js';

/** @typedef {import('../kinds.js').Kind} Kind */

const FORMAT = 'jwk';

/** @type {Kind[]} */
export const cryptoKeyKinds = [
  {
    tag: 'cryptokey',
    prototypes: prototypesOf('CryptoKey'),
    pack: (/** @type {CryptoKey} */ key, place, packer) => {
      if (!key.extractable) throw new Unkept('', 'CryptoKey that is not extractable');
      const payload = { algorithm: algorithmOf(key), usages: [...key.usages], key: {} };
      packer.making(key, place, 'CryptoKey that cannot be made again', async () => {
        payload.key = await exported(key, payload.algorithm);
      });
      return packer.leaf(place, 'cryptokey', payload);
    },
    unpack: (place, unpacking) => {
      const { payload } = place;
      if (!hasFields(payload, ['algorithm', 'usages', 'key']) || !isObject(payload.algorithm) || !isObject(payload.key)) return NO_PAYLOAD;
      const { algorithm, usages, key } = payload;
      if (!Array.isArray(usages) || !usages.every((usage) => typeof usage === 'string')) return NO_PAYLOAD;
      return unpacking.making(place, () => crypto.subtle.importKey(FORMAT, key, algorithm, true, /** @type {KeyUsage[]} */ (usages)));
    },
  },
];

/**
 * The algorithm as `importKey` takes it: the rest follows from the key.
 * @param {CryptoKey} key
 * @returns {any}
 */
function algorithmOf({ algorithm }) {
  const { name, hash, namedCurve, length } = /** @type {Record<string, any>} */ (algorithm);
  return {
    name,
    ...(hash === undefined ? {} : { hash: { name: hash.name } }),
    ...(namedCurve === undefined ? {} : { namedCurve }),
    ...(name === 'HMAC' ? { length } : {}),
  };
}

/**
 * @param {CryptoKey} key
 * @param {any} algorithm
 * @returns {Promise<JsonWebKey>}
 * @throws when the platform does not export it, or makes another key of it
 */
async function exported(key, algorithm) {
  const jwk = await crypto.subtle.exportKey(FORMAT, key);
  const again = await crypto.subtle.importKey(FORMAT, jwk, algorithm, true, key.usages);
  if (said(again) !== said(key)) throw new Error('another key');
  return jwk;
}

/**
 * All that a key says about itself.
 * @param {CryptoKey} key
 */
function said({ type, extractable, algorithm, usages }) {
  return JSON.stringify([type, extractable, algorithm, [...usages].sort()]);
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
