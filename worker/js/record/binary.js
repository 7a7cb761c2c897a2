/** Binary values: ArrayBuffers, views of them, Blobs and Files. */

/** @typedef {new (buffer: ArrayBuffer) => ArrayBufferView} ViewClass */

/** A class that this engine lacks (Float16Array is young) has no entry, and a record with it is refused. */
const VIEW_NAMES = [
  'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array', 'Uint32Array',
  'Float16Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array', 'DataView',
];

/** The classes of views by the name of their tag. */
export const viewClasses = new Map(
  VIEW_NAMES.flatMap((name) => {
    const viewClass = /** @type {Record<string, ViewClass | undefined>} */ (/** @type {unknown} */ (globalThis))[name];
    return viewClass === undefined ? [] : [/** @type {[string, ViewClass]} */ ([name.toLowerCase(), viewClass])];
  }),
);

/** @type {(this: ArrayBufferView) => string | undefined} */
const typedArrayName = /** @type {any} */ (
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
).get;

/**
 * The class of a view, read from the object itself, so that nothing can pose as another.
 * @param {ArrayBufferView} view
 */
export function viewName(view) {
  return typedArrayName.call(view) ?? 'DataView';
}

/**
 * Why base64 of the bytes would not say all there is to say about a buffer.
 * @param {ArrayBufferLike} buffer
 * @returns {string | undefined}
 */
export function bufferFault(buffer) {
  if (Object.getPrototypeOf(buffer) !== ArrayBuffer.prototype) return 'SharedArrayBuffer';
  return /** @type {{ resizable?: boolean }} */ (buffer).resizable === true ? 'a resizable ArrayBuffer' : undefined;
}

/** @typedef {(blob: Blob) => ArrayBuffer} BlobReader */

/** @type {BlobReader} */
let readBlob = (blob) => new FileReaderSync().readAsArrayBuffer(blob);

/**
 * Replaces the reader of Blobs, where there is no FileReaderSync.
 * @param {BlobReader} reader
 */
export function setBlobReader(reader) {
  readBlob = reader;
}

/**
 * @param {Blob} blob
 * @returns {Uint8Array}
 */
export function readBlobBytes(blob) {
  return new Uint8Array(readBlob(blob));
}

/**
 * Whether a Blob can be made that has this type: the constructor lowers its case and takes printable
 * ASCII only. Some Blobs that browsers make themselves, of a form's files for one, have other types.
 * @param {string} type
 */
export function canBeMade(type) {
  return /^[ -@[-~]*$/.test(type);
}

/**
 * @param {unknown} payload
 * @param {Blob | ArrayBuffer} bytes
 * @returns {Blob | undefined} undefined when the payload does not describe one
 */
export function makeBlob(payload, bytes) {
  const { type } = /** @type {{ type: unknown }} */ (payload);
  return typeof type === 'string' && canBeMade(type) ? new Blob([bytes], { type }) : undefined;
}

/**
 * @param {unknown} payload
 * @param {Blob | ArrayBuffer} bytes
 * @returns {File | undefined} undefined when the payload does not describe one
 */
export function makeFile(payload, bytes) {
  const { name, type, lastModified } = /** @type {Record<string, unknown>} */ (payload);
  if (typeof name !== 'string' || typeof type !== 'string' || !canBeMade(type)) return undefined;
  if (!Number.isSafeInteger(lastModified)) return undefined;
  const file = new File([bytes], name, { type, lastModified: /** @type {number} */ (lastModified) });
  // A lone surrogate cannot be in a file's name: another character would stand for it.
  return file.name === name ? file : undefined;
}
