import type { ErrorContext, ErrorDetails } from 'pos-backup';
import { useFormats } from '../state/shop';
import { keyText } from './keyText';

const LABEL: Record<Exclude<keyof ErrorContext, 'since' | 'migration'>, string> = {
  database: 'Database',
  table: 'Table',
  key: 'Key',
  path: 'Path',
  entry: 'Entry',
  line: 'Line',
  expected: 'Expected',
  found: 'Found',
  cause: 'Cause',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));

/** The error's code and context: what a support engineer asks for first. */
export function ErrorContextList({ error }: { error: ErrorDetails }) {
  const formats = useFormats();
  const { context, code } = error;
  const rows = (Object.keys(LABEL) as (keyof typeof LABEL)[]).filter((field) => context[field] !== undefined);
  return (
    <dl className="facts error-context" aria-label="Details of the error">
      <div><dt>Code</dt><dd><code>{code}</code></dd></div>
      {rows.map((field) => (
        <div key={field}><dt>{LABEL[field]}</dt><dd><code>{field === 'key' ? keyText(context.key) : text(context[field])}</code></dd></div>
      ))}
      {context.migration && <div><dt>Migration</dt><dd>from version {context.migration.from} to {context.migration.to}</dd></div>}
      {context.since !== undefined && <div><dt>Running since</dt><dd>{formats.dateTime(context.since)}</dd></div>}
    </dl>
  );
}
