/** What bounds a line, for writers and readers alike (docs/format.md, "Records"). */

import { Unkept } from './unkept.js';

/** Engines end strings between 2^28 and 2^30 characters. */
export const MAX_LINE_CHARACTERS = 128 * 1024 * 1024;

/** A line is read in one go, and each tag takes its time. */
export const MAX_TAGS = 1_000_000;

/**
 * All large binary values of one record, together: each one is a copy in memory where it is restored. This and the
 * others are checked by src/limits.rs too.
 */
export const MAX_BLOBS_BYTES = 2 ** 32 - 1;

/** What is thrown for a record whose line would be longer. */
export function tooLong() {
  return new Unkept('', `a record of more than ${MAX_LINE_CHARACTERS} characters as JSON`, true);
}

/** What is thrown for a record that has more bytes in entries of their own. */
export function tooManyBytes() {
  return new Unkept('', `binary values of more than ${MAX_BLOBS_BYTES} bytes in one record`, true);
}

/** What is thrown for a record whose line would have more. */
export function tooManyTags() {
  return new Unkept('', `a record of more than ${MAX_TAGS} values that need tags`, true);
}
