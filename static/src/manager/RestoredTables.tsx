import type { RestoredTable } from 'pos-backup';
import { useFormats } from '../state/shop';

export function RestoredTables({ tables }: { tables: RestoredTable[] }) {
  const formats = useFormats();
  return (
    <details className="disclosure">
      <summary>Table by table</summary>
      <table className="table">
        <thead>
          <tr><th scope="col">Table</th><th scope="col" className="number">Records</th><th scope="col" className="number">Written</th><th scope="col" className="number">Deleted</th><th scope="col" className="number">Size</th><th scope="col" className="number">Time</th></tr>
        </thead>
        <tbody>
          {tables.map(({ table, records, add, change, delete: deleted, bytes, durationMs }) => (
            <tr key={table}>
              <th scope="row">{table}</th>
              <td className="number">{formats.number(records)}</td>
              <td className="number">{formats.number(add + change)}</td>
              <td className="number">{formats.number(deleted)}</td>
              <td className="number">{formats.bytes(bytes)}</td>
              <td className="number">{formats.duration(durationMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
