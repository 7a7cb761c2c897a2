import type { MigratedTable, MigrationReport } from 'pos-backup';
import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import { keyText } from './keyText';

/** What becomes of a backup of an older version of the app on its way. */
export function PlanMigration({ migration }: { migration: MigrationReport }) {
  const formats = useFormats();
  const touched = migration.tables.filter(({ archived, table, changed, removed }) => archived !== table || changed + removed > 0);
  const said = ({ archived, table, records, changed, removed, examples }: MigratedTable): string => {
    if (table === undefined) return `is left out, with ${formats.plural(records, 'record', 'records')}`;
    if (archived === undefined) return 'is new, and will be empty';
    const keys = (of: unknown[], count: number) => (of.length === 0 ? '' : ` (${of.map(keyText).join(', ')}${count > of.length ? ' …' : ''})`);
    return [
      ...(archived === table ? [] : [`becomes ${table}`]),
      ...(changed === 0 ? [] : [`${formats.plural(changed, 'record is', 'records are')} brought up to date${keys(examples.changed, changed)}`]),
      ...(removed === 0 ? [] : [`${formats.plural(removed, 'record is', 'records are')} left out${keys(examples.removed, removed)}`]),
    ].join(', ');
  };
  return (
    <>
      <p className="notice">
        <Icon name="info" size={18} />
        <span>The backup is of an older version of this app’s data ({migration.versions.join(' → ')}). It is brought up to date on the way.</span>
      </p>
      {touched.length > 0 && (
        <details className="disclosure">
          <summary>What changes on the way</summary>
          <ul>
            {touched.map((table) => (
              <li key={`${table.archived ?? ''} ${table.table ?? ''}`}>
                <strong>{table.archived ?? table.table}</strong> {said(table)}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
