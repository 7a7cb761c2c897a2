import type { Missing, SalvageReport, Warning } from 'pos-backup';
import { keyText } from './keyText';

/** More than this nobody reads. */
const MOST_ROWS = 20;

interface MissingRow {
  entry: string;
  /** Null where that is not known, or where it is no table's. */
  records: number | null;
  /** Keys, as far as they are known. */
  which: string;
  why: string;
}

/** The first missing pieces as text, and how many there are besides. */
export function firstMissing({ missing, unlisted }: SalvageReport): { rows: MissingRow[]; more: number } {
  const rows = missing.slice(0, MOST_ROWS).map((piece) => ({
    entry: piece.entry,
    records: piece.records ?? null,
    which: keysOf(piece),
    why: piece.error.message,
  }));
  return { rows, more: missing.length - rows.length + unlisted };
}

function keysOf({ key, firstKey, lastKey }: Missing): string {
  if (key !== undefined) return keyText(key);
  return firstKey === undefined || lastKey === undefined ? '' : `${keyText(firstKey)} to ${keyText(lastKey)}`;
}

/** The warnings without the one that counts what is missing. */
export function besidesDamage(warnings: readonly Warning[]): Warning[] {
  return warnings.filter(({ code }) => code !== 'ARCHIVE_DAMAGED');
}
