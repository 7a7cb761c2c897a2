/** ArrayBuffers. */

import { NO_PAYLOAD, hasFields, isWhole } from '../payload.js';

/** @typedef {import('../kinds.js').Kind} Kind */

/** @typedef {ArrayBuffer & { resizable?: boolean, maxByteLength?: number }} MayResize */

/** @type {Kind[]} */
export const bufferKinds = [
  {
    tag: 'arraybuffer',
    prototypes: [ArrayBuffer.prototype],
    pack: (/** @type {MayResize} */ buffer, place, packer) => {
      const bytes = new Uint8Array(buffer);
      if (buffer.resizable !== true) return packer.leaf(place, 'arraybuffer', packer.bytes(bytes, place));
      // The platform hashes and stores no bytes that may change their size.
      return packer.leaf(place, 'resizablearraybuffer', { maxByteLength: buffer.maxByteLength, data: packer.bytes(bytes.slice(), place) });
    },
    unpack: (place, unpacking) => unpacking.withBuffer(place, place.payload, (buffer) => buffer),
  },
  {
    tag: 'resizablearraybuffer',
    unpack: (place, unpacking) => {
      const { payload } = place;
      if (!hasFields(payload, ['maxByteLength', 'data']) || !isWhole(payload.maxByteLength)) return NO_PAYLOAD;
      return unpacking.withBuffer(place, payload.data, (buffer) => resizable(buffer, payload.maxByteLength));
    },
  },
];

/**
 * @param {ArrayBuffer} buffer
 * @param {number} maxByteLength
 * @returns {ArrayBuffer | typeof NO_PAYLOAD} also when there is no room for it
 */
function resizable(buffer, maxByteLength) {
  const made = makeResizable(buffer.byteLength, maxByteLength);
  if (made?.resizable !== true) return NO_PAYLOAD;
  new Uint8Array(made).set(new Uint8Array(buffer));
  return made;
}

/**
 * @param {number} byteLength
 * @param {number} maxByteLength
 * @returns {MayResize | undefined}
 */
function makeResizable(byteLength, maxByteLength) {
  try {
    return new /** @type {any} */ (ArrayBuffer)(byteLength, { maxByteLength });
  } catch {
    return undefined;
  }
}
