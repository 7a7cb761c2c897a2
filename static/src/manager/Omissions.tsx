import type { Omission } from 'pos-backup';
import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import { firstOmissions } from './omissionRows';

/** What a backup was made without, as far as a person would read it. */
export function Omissions({ omissions }: { omissions: readonly Omission[] }) {
  const formats = useFormats();
  if (omissions.length === 0) return null;
  const { rows, more } = firstOmissions(omissions);
  return (
    <>
      <p className="notice notice-warn">
        <Icon name="warning" size={18} />
        <span>{formats.plural(omissions.length, 'value was', 'values were')} left out of this backup because they cannot be kept.</span>
      </p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="What was left out">
        <table className="table omissions">
          <caption>What was left out</caption>
          <thead>
            <tr><th scope="col">Table</th><th scope="col">Key</th><th scope="col">Path</th><th scope="col">What was found</th></tr>
          </thead>
          <tbody>
            {rows.map(({ table, key, path, found }, index) => (
              <tr key={index}>
                <th scope="row">{table}</th>
                <td><code>{key}</code></td>
                <td>{path === null ? 'the whole record' : <code>{path}</code>}</td>
                <td>{found}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {more > 0 && <p className="hint">…and {formats.number(more)} more. The file’s metadata.json lists them all.</p>}
    </>
  );
}
