// Tries archives that are not whole.
import { outcome } from './jobs.js';

/** The first `length` bytes. */
export const cut = (archive, length) => archive.slice(0, length, 'application/zip');

/** One byte changed in all its bits. */
export async function flip(archive, offset) {
  const byte = new Uint8Array(await archive.slice(offset, offset + 1).arrayBuffer());
  return new Blob([archive.slice(0, offset), byte.map((byte) => ~byte), archive.slice(offset + 1)], { type: 'application/zip' });
}

/** What VERIFY says of an archive, and PLAN_RESTORE and RESTORE if asked: error details, or null for none. */
export async function errorsOf(archive, { restore = false, options = {} } = {}) {
  const { client } = globalThis;
  const errors = { verify: (await outcome(client.verify(archive))).error ?? null };
  if (restore) {
    errors.plan = (await outcome(client.planRestore(archive, options))).error ?? null;
    errors.restore = (await outcome(client.restore(archive, options))).error ?? null;
  }
  return errors;
}
