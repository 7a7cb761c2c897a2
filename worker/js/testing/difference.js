/**
 * Where two values differ, by everything that a record can hold: class, -0, order of properties and
 * entries, bytes, and which objects are the same object. Of a CryptoKey, all but the key itself.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {(blob: Blob) => ArrayBuffer} readBlob
 * @returns {string | undefined} a path and what differs there; undefined when nothing does
 */
export function difference(actual, expected, readBlob) {
  const partnerOf = new Map();
  const work = [{ actual, expected, path: undefined }];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const { actual, expected } = item;
    if (!isObject(actual) || !isObject(expected)) {
      if (!Object.is(actual, expected)) return `${pathOf(item)}: ${String(actual)} for ${String(expected)}`;
      continue;
    }
    if (partnerOf.has(actual) || partnerOf.has(expected)) {
      if (partnerOf.get(actual) !== expected || partnerOf.get(expected) !== actual) return `${pathOf(item)}: another identity`;
      continue;
    }
    partnerOf.set(actual, expected).set(expected, actual);
    if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return `${pathOf(item)}: another class`;
    const [mine, theirs] = [parts(actual, readBlob), parts(expected, readBlob)];
    if (mine.length !== theirs.length) return `${pathOf(item)}: ${mine.length} parts for ${theirs.length}`;
    for (const [i, part] of mine.entries()) work.push({ actual: part, expected: theirs[i], path: { up: item.path, i } });
  }
  return undefined;
}

/** A path is put together only where it is shown: values may nest very deep. */
function pathOf({ path }) {
  const steps = [];
  for (let at = path; at !== undefined; at = at.up) steps.push(at.i);
  return steps.reverse().map((i) => `/${i}`).join('');
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** @param {string} name */
const isA = (name) => (object) => globalThis[name] !== undefined && object instanceof globalThis[name];
const attributes = (...names) => (object) => names.map((name) => object[name]);
const boxed = (object) => [object.valueOf()];
const AXES = [1, 2, 3, 4];

/** What makes up the objects of each class, beside the class itself; the rest is told by their own properties. */
const PARTS = [
  [isA('Date'), (date) => [date.getTime()]],
  [isA('Map'), (map) => [...map].flat()],
  [isA('Set'), (set) => [...set]],
  [isA('ArrayBuffer'), (buffer) => [buffer.resizable, buffer.maxByteLength, buffer.byteLength, new Uint8Array(buffer).join()]],
  [ArrayBuffer.isView, (view) => [view.byteOffset, view.byteLength, isFollower(view), view.buffer]],
  [isA('Blob'), (blob, readBlob) => {
    const named = blob instanceof File ? [blob.name, blob.lastModified] : [];
    return [blob.type, ...named, new Uint8Array(readBlob(blob)).join()];
  }],
  [isA('FileList'), (list) => [...list]],
  [isA('Boolean'), boxed], [isA('Number'), boxed], [isA('String'), boxed], [isA('BigInt'), boxed],
  [isA('RegExp'), attributes('source', 'flags', 'lastIndex')],
  [isA('DOMException'), attributes('name', 'message', 'code')],
  [isA('Error'), errorParts],
  [isA('DOMPointReadOnly'), attributes('x', 'y', 'z', 'w')],
  [isA('DOMRectReadOnly'), attributes('x', 'y', 'width', 'height')],
  [isA('DOMQuad'), attributes('p1', 'p2', 'p3', 'p4')],
  [isA('DOMMatrixReadOnly'), attributes('is2D', ...AXES.flatMap((i) => AXES.map((j) => `m${i}${j}`)))],
  [isA('ImageData'), attributes('width', 'height', 'colorSpace', 'pixelFormat', 'data')],
  [isA('ImageBitmap'), (bitmap) => [bitmap.width, bitmap.height, pixels(bitmap).join()]],
  [isA('CryptoKey'), (key) => [key.type, key.extractable, JSON.stringify(key.algorithm), [...key.usages].sort().join()]],
];

/**
 * @param {object} object
 * @param {(blob: Blob) => ArrayBuffer} readBlob
 * @returns {unknown[]} all that makes up the object, in order
 */
function parts(object, readBlob) {
  const plain = [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(object));
  const known = plain ? undefined : PARTS.find(([is]) => is(object));
  if (known !== undefined) return known[1](object, readBlob);
  return Reflect.ownKeys(object).flatMap((name) => {
    const { value, enumerable } = Object.getOwnPropertyDescriptor(object, name);
    return name === 'length' && Array.isArray(object) ? [value] : [name, enumerable, value];
  });
}

/** Own properties, in any order: an engine makes some of them itself. Its stack may be one by an accessor. */
function errorParts(error) {
  return Object.getOwnPropertyNames(error).sort().flatMap((name) => {
    const { enumerable, configurable, get } = Object.getOwnPropertyDescriptor(error, name);
    return [name, enumerable, configurable, get === undefined, error[name]];
  });
}

/** Whether a view's length follows its buffer's: seen by a copy whose buffer grows, or shrinks where it cannot. */
function isFollower(view) {
  if (view.buffer.resizable !== true) return false;
  const copy = structuredClone(view);
  const { maxByteLength, byteLength } = copy.buffer;
  copy.buffer.resize(maxByteLength > byteLength ? maxByteLength : byteLength - (view.BYTES_PER_ELEMENT ?? 1));
  try {
    return copy.byteLength !== view.byteLength && copy.byteOffset === view.byteOffset;
  } catch {
    return false;
  }
}

/** @param {ImageBitmap} bitmap */
function pixels(bitmap) {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { colorType: 'float16' });
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, width, height, { pixelFormat: 'rgba-float16' }).data;
}
