import type { RestorePlan, TablePlan } from 'pos-backup';
import { useFormats } from '../state/shop';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import type { ChosenArchive } from './managerState';
import { Missing } from './Missing';
import { besidesDamage } from './missingRows';
import { PlanExamples } from './PlanExamples';
import { PlanMigration } from './PlanMigration';
import { RESTORE_BUTTON_ID } from './RestoreCard';
import { heldAfterwards, MODE } from './texts';
import { UNDO_BUTTON_ID } from './UndoPanel';
import { Warnings } from './Warnings';

interface PlanDialogProps {
  /** What is restored; null to undo the last restore. */
  archive: ChosenArchive | null;
  plan: RestorePlan;
  onKeep: () => void;
  onRestore: () => void;
}

const COLUMNS = ['unchanged', 'add', 'change', 'delete'] as const;
const TITLE: Record<(typeof COLUMNS)[number], string> = { unchanged: 'Unchanged', add: 'Add', change: 'Change', delete: 'Delete' };

const sum = (tables: readonly TablePlan[], column: (typeof COLUMNS)[number]): number => tables.reduce((total, table) => total + table[column], 0);

const CONFIRM = { replace: 'Restore and replace', merge: 'Restore and merge', fill: 'Restore what is missing', undo: 'Undo the restore' } as const;

export function PlanDialog({ archive, plan, onKeep, onRestore }: PlanDialogProps) {
  const formats = useFormats();
  const keepsCopy = archive?.keepsCopy ?? true;
  const { assets, tables, warnings } = plan;
  const outside = [
    ...(assets.localStorage ? ['this till’s preferences'] : []),
    ...(assets.sessionStorage ? ['the current cart and shift'] : []),
    ...(assets.config ? ['the shop’s details'] : []),
    ...(assets.files.length > 0 ? [`${formats.plural(assets.files.length, 'file', 'files')} (${assets.files.join(', ')})`] : []),
  ];
  return (
    <Dialog
      title={archive ? 'Restore this backup?' : 'Undo the last restore?'}
      onClose={onKeep}
      returnFocusTo={archive ? RESTORE_BUTTON_ID : UNDO_BUTTON_ID}
      wide
      decision
    >
      {archive ? (
        <p>
          <strong>{archive.name}</strong>
          {plan.metadata.timestamp > 0 && `, made ${formats.dateTime(plan.metadata.timestamp)},`}
          {plan.salvage ? ' was checked. It is damaged.' : ' was checked and is whole.'} Restoring it changes what is in{' '}
          {formats.plural(tables.length, 'table', 'tables')}
          {plan.salvage ? '.' : archive.mode === 'replace' ? `: ${heldAfterwards(formats, plan.metadata.omissions.length)}` : `. ${MODE[archive.mode].detail}`}
          {archive.anyDatabase && ` It was made from the database “${plan.metadata.database}”.`}
        </p>
      ) : (
        <p>What was there before the restore of {formats.dateTime(plan.metadata.timestamp)} comes back. What was sold or changed since is replaced.</p>
      )}
      {plan.salvage && <Missing salvage={plan.salvage} isDone={false} />}
      {plan.migration && <PlanMigration migration={plan.migration} />}
      {plan.createsDatabase && (
        <p className="notice">
          <Icon name="info" size={18} />
          <span>The database does not exist and will be created.</span>
        </p>
      )}
      <p className="plan-lead">
        {formats.plural(sum(tables, 'delete'), 'record', 'records')} deleted, {formats.number(sum(tables, 'change'))} changed, {formats.number(sum(tables, 'add'))} written anew.
      </p>
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Changes in each table">
        <table className="table plan-table">
          <thead>
            <tr>
              <th scope="col">Table</th>
              {COLUMNS.map((column) => <th key={column} scope="col" className="number">{TITLE[column]}</th>)}
            </tr>
          </thead>
          <tbody>
            {tables.map((table) => (
              <tr key={table.table}>
                <th scope="row">{table.table}</th>
                {COLUMNS.map((column) => (
                  <td key={column} className={table[column] === 0 ? 'number zero' : `number plan-${column}`}>{formats.number(table[column])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <PlanExamples tables={tables} />
      {outside.length > 0 && <p>Also replaced: {outside.join(', ')}.</p>}
      <Warnings warnings={besidesDamage(warnings)} />
      <p className="notice notice-warn">
        <Icon name="warning" size={18} />
        <span>
          {keepsCopy
            ? 'What is replaced is kept: the restore can be undone, until the next one. While it runs, cancelling brings the old data back.'
            : 'What is in the till now and not in the backup is lost. Back up first if you may need it. While it runs, cancelling brings the old data back.'}
        </span>
      </p>
      <footer className="dialog-foot">
        <button type="button" className="button" data-autofocus onClick={onKeep}>Keep current data</button>
        <button type="button" className="button button-danger-solid" onClick={onRestore}>{CONFIRM[archive?.mode ?? 'undo']}</button>
      </footer>
    </Dialog>
  );
}
