import type { BackupMetadata } from 'pos-backup';
import { useFormats } from '../state/shop';

interface TableCountsProps {
  metadata: BackupMetadata;
  queue: string | undefined;
}

export function TableCounts({ metadata, queue }: TableCountsProps) {
  const formats = useFormats();
  const rows = Object.entries(metadata.tables);
  if (queue !== undefined) rows.push([queue, metadata.actionQueueCount]);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return (
    <table className="table counts">
      <caption>Records in each table</caption>
      <thead>
        <tr><th scope="col">Table</th><th scope="col" className="number">Records</th></tr>
      </thead>
      <tbody>
        {rows.map(([table, count]) => (
          <tr key={table}>
            <th scope="row">
              {table}
              <span className="counts-bar" style={{ inlineSize: `${(count / most) * 100}%` }} aria-hidden="true" />
            </th>
            <td className="number">{formats.number(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
