import type { SalvageReport } from 'pos-backup';
import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import { firstMissing } from './missingRows';

/** What a damaged backup does not bring back, or has not. */
export function Missing({ salvage, isDone }: { salvage: SalvageReport; isDone: boolean }) {
  const formats = useFormats();
  const { rows, more } = firstMissing(salvage);
  return (
    <>
      <p className="notice notice-warn">
        <Icon name="warning" size={18} />
        <span>
          {rows.length === 0
            ? 'The file is damaged, but nothing of what it holds is lost.'
            : `The file is damaged. Everything in it that is whole ${isDone ? 'is back' : 'can be brought back'}; what is missing is listed here, and what the till ${isDone ? 'had in its place has stayed' : 'has in its place stays'}.`}
          {!salvage.complete && ' More may be missing that nobody can tell any more.'}
        </span>
      </p>
      {rows.length > 0 && <div className="table-scroll" tabIndex={0} role="region" aria-label="What is missing">
        <table className="table omissions">
          <caption>What is missing</caption>
          <thead>
            <tr><th scope="col">Piece of the file</th><th scope="col">Records</th><th scope="col">Which</th><th scope="col">Why</th></tr>
          </thead>
          <tbody>
            {rows.map(({ entry, records, which, why }, index) => (
              <tr key={index}>
                <th scope="row"><code>{entry}</code></th>
                <td>{records === null ? '' : formats.number(records)}</td>
                <td>{which}</td>
                <td>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>}
      {more > 0 && <p className="hint">…and {formats.number(more)} more.</p>}
    </>
  );
}
