/** The kinds of values beyond plain objects, arrays, Dates, Maps and Sets: each with its tag (docs/format.md, "Records"). */

import { blobKinds } from './kinds/blobs.js';
import { boxedKinds } from './kinds/boxed.js';
import { bufferKinds } from './kinds/buffers.js';
import { cryptoKeyKinds } from './kinds/crypto-key.js';
import { errorKinds } from './kinds/errors.js';
import { geometryKinds } from './kinds/geometry.js';
import { imageKinds } from './kinds/images.js';
import { viewKinds } from './kinds/views.js';

/** @typedef {import('./pack.js').Packer} Packer */
/** @typedef {import('./pack-place.js').PackPlace} PackPlace */
/** @typedef {import('./place.js').Place} Place */
/** @typedef {import('./unpack.js').Unpacking} Unpacking */

/**
 * @typedef {object} Kind
 * @property {string} tag
 * @property {object[]} [prototypes] of the values that `pack` takes; none where the engine lacks the class
 * @property {(value: any, place: PackPlace, packer: Packer) => unknown} [pack] gives the payload; throws Unkept, without a path and
 *   before it does anything else
 * @property {(place: Place, unpacking: Unpacking) => unknown} unpack gives the value, or NO_PAYLOAD; or undefined,
 *   when it has to wait, or for `connect`
 * @property {(place: Place, unpacking: Unpacking) => unknown} [connect] gives the value, or NO_PAYLOAD, once the others are there
 * @property {(place: Place) => boolean} [fill] puts other places' values in; false for no payload
 * @property {string[]} [places] the payload's properties that are places
 */

/** @type {Kind[]} */
const kinds = [
  ...boxedKinds, ...bufferKinds, ...viewKinds, ...blobKinds, ...errorKinds, ...geometryKinds, ...imageKinds, ...cryptoKeyKinds,
];

/** @type {Map<object, Kind>} */
const byPrototype = new Map(kinds.flatMap((kind) => (kind.prototypes ?? []).map((prototype) => [prototype, kind])));

/** @type {Map<string, Kind>} */
const byTag = new Map(kinds.map((kind) => [kind.tag, kind]));

/**
 * @param {object} prototype
 * @returns {Kind | undefined}
 */
export function kindOf(prototype) {
  return byPrototype.get(prototype);
}

/**
 * @param {string} tag
 * @returns {Kind | undefined} undefined as well for tags of collections, references and the like
 */
export function kindOfTag(tag) {
  return byTag.get(tag);
}
