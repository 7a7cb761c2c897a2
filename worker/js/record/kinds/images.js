/** ImageData and ImageBitmap. */

import { NO_PAYLOAD, classOf, hasFields, isWhole, prototypesOf } from '../payload.js';
import { Unkept } from '../unkept.js';

/** @typedef {import('../kinds.js').Kind} Kind */

/** @typedef {{ width: number, height: number, data: any, colorSpace?: string, pixelFormat?: string }} AnyImageData */

const MAX_SIDE = 2 ** 31 - 1;
const CHANNELS = 4;

/** A bitmap is read in strips of about this many pixels. */
const STRIP_PIXELS = 2 ** 20;

/** The views that hold the pixels. */
const DATA_TAGS = new Map([['rgba-unorm8', 'uint8clampedarray'], ['rgba-float16', 'float16array']]);

/** @type {Kind[]} */
export const imageKinds = [
  {
    tag: 'imagedata',
    prototypes: prototypesOf('ImageData'),
    pack: (/** @type {AnyImageData} */ image, place, packer) => {
      const { width, height, data, colorSpace = 'srgb', pixelFormat = 'rgba-unorm8' } = image;
      if (!DATA_TAGS.has(pixelFormat)) throw new Unkept('', `ImageData of the format ${pixelFormat}`);
      const format = pixelFormat === 'rgba-unorm8' ? {} : { pixelFormat };
      return packer.enter(place, 'imagedata', { width, height, colorSpace, ...format, data }, ['data']);
    },
    unpack: ({ payload }) => {
      if (!hasFields(payload, ['width', 'height', 'colorSpace', 'data'], ['pixelFormat']) || !hasSides(payload)) return NO_PAYLOAD;
      if (typeof payload.colorSpace !== 'string') return NO_PAYLOAD;
      return 'pixelFormat' in payload && payload.pixelFormat !== 'rgba-float16' ? NO_PAYLOAD : undefined;
    },
    connect: (place, unpacking) => {
      const { width, height, colorSpace, pixelFormat = 'rgba-unorm8' } = place.payload;
      const held = unpacking.placeBelow(place, 'data');
      if (held === undefined || held.tag !== DATA_TAGS.get(pixelFormat)) return NO_PAYLOAD;
      const data = /** @type {any} */ (held.value);
      if (data.length !== CHANNELS * width * height) return NO_PAYLOAD;
      const image = makeImageData(data, width, height, colorSpace, pixelFormat);
      if (image === undefined || image.data !== data) return NO_PAYLOAD;
      const same = (image.colorSpace ?? 'srgb') === colorSpace && (image.pixelFormat ?? 'rgba-unorm8') === pixelFormat;
      return same ? image : NO_PAYLOAD;
    },
    places: ['data'],
  },
  {
    tag: 'imagebitmap',
    prototypes: prototypesOf('ImageBitmap'),
    pack: (/** @type {ImageBitmap} */ bitmap, place, packer) => {
      const { width, height } = bitmap;
      return packer.leaf(place, 'imagebitmap', { width, height, data: packer.bytes(pixelsOf(bitmap), place) });
    },
    unpack: (place, unpacking) => {
      const { payload } = place;
      if (!hasFields(payload, ['width', 'height', 'data']) || !hasSides(payload)) return NO_PAYLOAD;
      const { width, height } = payload;
      return unpacking.withBuffer(place, payload.data, (buffer) => {
        if (buffer.byteLength !== CHANNELS * width * height) return NO_PAYLOAD;
        return unpacking.making(place, () => createImageBitmap(new ImageData(new Uint8ClampedArray(buffer), width, height)));
      });
    },
  },
];

/** @param {Record<string, unknown>} payload */
function hasSides({ width, height }) {
  return isWhole(width, 1, MAX_SIDE) && isWhole(height, 1, MAX_SIDE);
}

/**
 * @param {unknown} data
 * @param {number} width
 * @param {number} height
 * @param {string} colorSpace
 * @param {string} pixelFormat
 * @returns {AnyImageData | undefined}
 */
function makeImageData(data, width, height, colorSpace, pixelFormat) {
  // Some engines know no settings at all, and refuse them.
  const settings = colorSpace === 'srgb' && pixelFormat === 'rgba-unorm8' ? [] : [{ colorSpace, pixelFormat }];
  try {
    return new /** @type {any} */ (ImageData)(data, width, height, ...settings);
  } catch {
    return undefined;
  }
}

/**
 * The pixels of a bitmap, if 8 bits a channel in sRGB say all of it: a canvas of 16-bit floats shows
 * whether they do. (Transparent pixels come out of a canvas changed.)
 * @param {ImageBitmap} bitmap
 * @returns {Uint8Array<ArrayBuffer>} RGBA by rows from the top
 * @throws {Unkept}
 */
function pixelsOf(bitmap) {
  const { width, height } = bitmap;
  const rows = Math.max(1, Math.min(height, Math.floor(STRIP_PIXELS / width)));
  const context = floatContext(width, rows);
  const exact = exactFloats();
  const pixels = new Uint8Array(CHANNELS * width * height);
  for (let top = 0; top < height; top += rows) {
    context.drawImage(bitmap, 0, -top);
    const count = Math.min(rows, height - top);
    const { data } = context.getImageData(0, 0, width, count, { pixelFormat: 'rgba-float16' });
    for (let i = CHANNELS - 1; i < data.length; i += CHANNELS) if (data[i] !== 1) throw new Unkept('', 'ImageBitmap with transparency');
    for (let i = 0, to = CHANNELS * width * top; i < data.length; i++, to++) {
      const level = Math.round(data[i] * 255);
      if (exact[level] !== data[i]) throw new Unkept('', 'ImageBitmap with more than 8 bits a channel in sRGB');
      pixels[to] = level;
    }
  }
  return pixels;
}

/**
 * @param {number} width
 * @param {number} height
 * @returns {any} of a canvas with 16-bit floats a channel
 * @throws {Unkept} where the engine has none
 */
function floatContext(width, height) {
  const options = { colorType: 'float16', willReadFrequently: true };
  const context = /** @type {any} */ (new OffscreenCanvas(width, height).getContext('2d', /** @type {any} */ (options)));
  if (context?.getContextAttributes?.()?.colorType !== 'float16' || classOf('Float16Array') === undefined) {
    throw new Unkept('', 'ImageBitmap');
  }
  return context;
}

/** The 16-bit floats that the 256 levels of a channel become. */
function exactFloats() {
  return new (classOf('Float16Array'))(Array.from({ length: 256 }, (_, level) => level / 255));
}
