import type { TablePlan } from 'pos-backup';
import { keyText } from './keyText';

const KINDS = ['add', 'change', 'delete'] as const;
const WORDS: Record<(typeof KINDS)[number], string> = { add: 'written anew', change: 'changed', delete: 'deleted' };

/** A few of the records that a restore would touch, by their keys. */
export function PlanExamples({ tables }: { tables: readonly TablePlan[] }) {
  const rows = tables.flatMap((table) =>
    KINDS.filter((kind) => table.examples[kind].length > 0).map((kind) => ({ table: table.table, kind, keys: table.examples[kind], more: table[kind] > table.examples[kind].length })),
  );
  if (rows.length === 0) return null;
  return (
    <details className="disclosure">
      <summary>Which records, for example</summary>
      <ul>
        {rows.map(({ table, kind, keys, more }) => (
          <li key={`${table} ${kind}`}>
            <strong>{table}</strong>, {WORDS[kind]}: {keys.map(keyText).join(', ')}
            {more && ' …'}
          </li>
        ))}
      </ul>
    </details>
  );
}
