/**
 * Where two values differ, by everything that a record can hold: class, -0, order of properties and
 * entries, bytes, and which objects are the same object.
 *
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {(blob: Blob) => ArrayBuffer} readBlob
 * @returns {string | undefined} a path and what differs there; undefined when nothing does
 */
export function difference(actual, expected, readBlob) {
  const partnerOf = new Map();
  const work = [{ actual, expected, path: '' }];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const { actual, expected, path } = item;
    if (!isObject(actual) || !isObject(expected)) {
      if (!Object.is(actual, expected)) return `${path}: ${String(actual)} for ${String(expected)}`;
      continue;
    }
    if (partnerOf.has(actual) || partnerOf.has(expected)) {
      if (partnerOf.get(actual) !== expected || partnerOf.get(expected) !== actual) return `${path}: another identity`;
      continue;
    }
    partnerOf.set(actual, expected).set(expected, actual);
    if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return `${path}: another class`;
    const [mine, theirs] = [parts(actual, readBlob), parts(expected, readBlob)];
    if (mine.length !== theirs.length) return `${path}: ${mine.length} parts for ${theirs.length}`;
    for (const [i, part] of mine.entries()) work.push({ actual: part, expected: theirs[i], path: `${path}/${i}` });
  }
  return undefined;
}

/** @param {unknown} value */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/**
 * @param {object} object
 * @param {(blob: Blob) => ArrayBuffer} readBlob
 * @returns {unknown[]} all that makes up the object, in order
 */
function parts(object, readBlob) {
  if (object instanceof Date) return [object.getTime()];
  if (object instanceof Map) return [...object].flat();
  if (object instanceof Set) return [...object];
  if (object instanceof ArrayBuffer) return [...new Uint8Array(object)];
  if (ArrayBuffer.isView(object)) return [object.byteOffset, object.byteLength, object.buffer];
  if (object instanceof Blob) {
    const named = object instanceof File ? [object.name, object.lastModified] : [];
    return [object.type, ...named, ...new Uint8Array(readBlob(object))];
  }
  return Reflect.ownKeys(object).flatMap((name) => {
    const { value, enumerable } = Object.getOwnPropertyDescriptor(object, name);
    return name === 'length' && Array.isArray(object) ? [value] : [name, enumerable, value];
  });
}
