// CryptoKeys that the browser itself does not make again out of what it exports: ones of newer kinds, in older versions.
import { difference } from './difference.js';

/**
 * What there is to say of a refused CryptoKey; null for what is none, or can be made again.
 *
 * @param {{ value: unknown, record: unknown }} given - as IndexedDB gives it
 * @param {string} path - a JSON Pointer to what is refused, in the one or the other
 * @returns {Promise<{ ok: boolean, outcome: string } | null>}
 */
export async function lostByExport({ value, record }, path) {
  const steps = path.split('/').slice(1);
  const refused = [value, record].map((root) => steps.reduce((at, step) => at?.[step], root)).find((at) => at instanceof CryptoKey);
  if (refused === undefined || (await comesBack(refused))) return null;
  return { ok: true, outcome: 'platform: exports it and does not make it again; refused: UNSUPPORTED_VALUE' };
}

async function comesBack(key) {
  try {
    const exported = await crypto.subtle.exportKey('jwk', key);
    return (await difference(key, await crypto.subtle.importKey('jwk', exported, key.algorithm, true, key.usages))) === null;
  } catch {
    return false;
  }
}
