/**
 * base64 of RFC 4648 §4: with padding, without white space, unused bits zero.
 *
 * Engines since 2025 have it built in; the others go through `btoa` and `atob`, which take strings.
 */

/** Bytes per `btoa`: a multiple of 3, and few enough to be the arguments of one call. */
const CHUNK_BYTES = 0x6000;

/**
 * @typedef {{ toBase64?: () => string }} MayEncode
 * @typedef {{ fromBase64?: (text: string, options: { lastChunkHandling: 'strict' }) => Uint8Array<ArrayBuffer> }} MayDecode
 */

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toBase64(bytes) {
  const native = /** @type {MayEncode} */ (bytes);
  return native.toBase64 === undefined ? toBase64ByChunks(bytes) : native.toBase64();
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | undefined} bytes that span their buffer; undefined when the text is not base64
 */
export function fromBase64(text) {
  const native = /** @type {MayDecode} */ (/** @type {unknown} */ (Uint8Array));
  if (native.fromBase64 === undefined) return fromBase64ByCharacters(text);
  try {
    const bytes = native.fromBase64(text, { lastChunkHandling: 'strict' });
    // The built-in skips white space; then the text is longer than its bytes call for.
    return text.length === encodedLength(bytes.length) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The number of characters that so many bytes become.
 * @param {number} bytes
 */
export function encodedLength(bytes) {
  return Math.ceil(bytes / 3) * 4;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function toBase64ByChunks(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = /** @type {number[]} */ (/** @type {unknown} */ (bytes.subarray(at, at + CHUNK_BYTES)));
    text += btoa(String.fromCharCode.apply(null, chunk));
  }
  return text;
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | undefined}
 */
export function fromBase64ByCharacters(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    return undefined;
  }
  // `atob` forgives white space, missing padding and stray bits: only what encodes to the same text passes.
  if (text.length !== encodedLength(binary.length)) return undefined;
  if (text !== '' && btoa(binary.slice(-(binary.length % 3 || 3))) !== text.slice(-4)) return undefined;
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
