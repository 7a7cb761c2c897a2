/** Typed arrays and DataView. */

import { NO_PAYLOAD, classOf, hasFields, isWhole } from '../payload.js';
import { Unkept } from '../unkept.js';

/** @typedef {import('../kinds.js').Kind} Kind */
/** @typedef {import('./buffers.js').MayResize} MayResize */

const NAMES = [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView',
];

/** A class that this engine lacks (Float16Array is young) has no kind, and a record with its tag is refused. */
export const viewKinds = NAMES.flatMap((name) => {
  const viewClass = classOf(name);
  return viewClass === undefined ? [] : [viewKind(name.toLowerCase(), viewClass)];
});

/**
 * @param {string} tag
 * @param {any} ViewClass
 * @returns {Kind}
 */
function viewKind(tag, ViewClass) {
  /** Bytes of an element; a DataView counts in bytes. */
  const step = ViewClass.BYTES_PER_ELEMENT ?? 1;

  /** @param {ArrayBufferView<MayResize>} view */
  function pack(view, /** @type {import('../pack-place.js').PackPlace} */ place, /** @type {import('../pack.js').Packer} */ packer) {
    const { buffer, byteOffset, byteLength } = view;
    if (Object.getPrototypeOf(buffer) !== ArrayBuffer.prototype) throw new Unkept('', `a ${ViewClass.name} over SharedArrayBuffer`);
    if (buffer.resizable !== true && byteLength === buffer.byteLength && packer.own(buffer, place)) {
      return packer.leaf(place, tag, packer.bytes(new Uint8Array(buffer), place));
    }
    packer.share(buffer);
    const length = followsItsBuffer(view, step) ? {} : { length: byteLength / step };
    return packer.enter(place, tag, { buffer, byteOffset, ...length }, ['buffer']);
  }

  /**
   * @param {ArrayBuffer} buffer
   * @param {number} byteOffset
   */
  function follower(buffer, byteOffset) {
    try {
      return new ViewClass(buffer, byteOffset);
    } catch {
      // Some engines make none while a part of an element is at the end.
      return NO_PAYLOAD;
    }
  }

  return {
    tag,
    prototypes: [ViewClass.prototype],
    pack,
    unpack: (place, unpacking) => {
      const { payload } = place;
      // Bytes in an entry are an object too.
      if (typeof payload === 'string' || (typeof payload === 'object' && payload !== null && 'blob' in payload)) {
        return unpacking.withBuffer(place, payload, (buffer) => (buffer.byteLength % step === 0 ? new ViewClass(buffer) : NO_PAYLOAD));
      }
      return hasFields(payload, ['buffer', 'byteOffset'], ['length']) ? undefined : NO_PAYLOAD;
    },
    connect: (place, unpacking) => {
      const held = unpacking.placeBelow(place, 'buffer');
      if (held?.tag !== 'arraybuffer' && held?.tag !== 'resizablearraybuffer') return NO_PAYLOAD;
      const buffer = /** @type {ArrayBuffer} */ (held.value);
      const { byteOffset, length } = place.payload;
      if (!isWhole(byteOffset, 0, buffer.byteLength) || byteOffset % step !== 0) return NO_PAYLOAD;
      if (!('length' in place.payload)) return held.tag === 'resizablearraybuffer' ? follower(buffer, byteOffset) : NO_PAYLOAD;
      if (!isWhole(length, 0, (buffer.byteLength - byteOffset) / step)) return NO_PAYLOAD;
      return new ViewClass(buffer, byteOffset, length);
    },
    places: ['buffer'],
  };
}

/**
 * Whether a view's length follows the size of its resizable buffer. The view does not tell, but what becomes of it
 * when its buffer is made smaller or larger for a moment does. (A copy would do as well, but be one of the whole
 * buffer for each view of it.)
 * @param {ArrayBufferView<MayResize>} view
 * @param {number} step bytes of an element
 */
function followsItsBuffer(view, step) {
  const { byteOffset, byteLength } = view;
  const buffer = /** @type {MayResize & { resize(bytes: number): void, maxByteLength: number }} */ (view.buffer);
  const size = buffer.byteLength;
  const end = byteOffset + byteLength;
  // A view that followed would have taken another element in.
  if (buffer.resizable !== true || end + step <= size) return false;
  if (byteLength === 0) {
    if (byteOffset + step > buffer.maxByteLength) return false;
    buffer.resize(byteOffset + step);
    const follows = view.byteLength > 0;
    buffer.resize(size);
    return follows;
  }
  const cut = new Uint8Array(buffer, end - 1).slice();
  buffer.resize(end - 1);
  const follows = !isOutOfBounds(view);
  buffer.resize(size);
  new Uint8Array(buffer, end - 1).set(cut);
  return follows;
}

/** @param {ArrayBufferView} view */
function isOutOfBounds(view) {
  try {
    if (view instanceof DataView) void view.byteLength;
    else /** @type {Uint8Array} */ (view).keys();
    return false;
  } catch {
    return true;
  }
}
