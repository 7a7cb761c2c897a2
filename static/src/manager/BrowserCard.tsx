import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import type { Connection } from './managerState';

const PERSISTED: Record<'true' | 'false' | 'unsupported' | 'pending', { text: string; good: boolean }> = {
  true: { text: 'Kept: the browser will not clear it by itself', good: true },
  false: { text: 'Best effort: the browser may clear it when space runs out', good: false },
  unsupported: { text: 'This browser does not say whether it keeps it', good: false },
  pending: { text: 'Waiting for your answer to the browser’s question', good: false },
};

/** What this browser offers to backups, and what was mended at the start. */
export function BrowserCard({ connection }: { connection: Connection }) {
  const formats = useFormats();
  if (connection.state !== 'ready') return null;
  const { capabilities, persisted, recovered } = connection;
  const kept = PERSISTED[`${persisted}`];
  const rows = [
    { term: 'Stored data', ...kept },
    {
      term: 'Backups',
      text: capabilities.opfs ? 'Written to disk, whatever their size' : 'Kept in memory: download each one before closing the page',
      good: capabilities.opfs,
    },
    {
      term: 'Other tabs',
      text: capabilities.locks ? 'One job at a time across all tabs' : 'Not seen: run backups in one tab only',
      good: capabilities.locks,
    },
  ];
  return (
    <section className="panel" aria-labelledby="browser-title">
      <h2 id="browser-title">This browser</h2>
      {recovered.removedPartFiles.length > 0 && (
        <p className="notice notice-info">
          <Icon name="info" size={18} />
          <span>
            An earlier backup did not end: {formats.plural(recovered.removedPartFiles.length, 'unfinished file was', 'unfinished files were')} removed (
            {recovered.removedPartFiles.join(', ')}).
          </span>
        </p>
      )}
      <dl className="browser-facts">
        {rows.map(({ term, text, good }) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd><Icon name={good ? 'check' : 'warning'} size={18} /> {text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
