import type { Omission } from 'pos-backup';

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
    key: typeof key === 'string' ? key : JSON.stringify(key),
    path: path === '' ? null : path,
    found,
  }));
  return { rows, more: omissions.length - rows.length };
}
