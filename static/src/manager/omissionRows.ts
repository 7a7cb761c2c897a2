import type { Omission, Warning } from 'pos-backup';
import { keyText } from './keyText';

/** More than this nobody reads. */
const MOST_ROWS = 20;

interface OmissionRow {
  table: string;
  key: string;
  /** Null: the whole record. */
  path: string | null;
  found: string;
}

/** The first omissions as text, and how many there are besides. */
export function firstOmissions(omissions: readonly Omission[]): { rows: OmissionRow[]; more: number } {
  const rows = omissions.slice(0, MOST_ROWS).map(({ table, key, path, found }) => ({
    table,
    key: keyText(key),
    path: path === '' ? null : path,
    found,
  }));
  return { rows, more: omissions.length - rows.length };
}

/** The warnings without the one that counts the omissions; those of a table say something else. */
export function besidesOmissions(warnings: readonly Warning[]): Warning[] {
  return warnings.filter(({ code, table }) => code !== 'UNSUPPORTED_VALUE' || table !== undefined);
}
