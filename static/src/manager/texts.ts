import type { Consistency, JobKind, Phase, RecoveredRestore, RestoreMode } from 'pos-backup';
import type { Formats } from '../domain/format';

export const JOB_TITLE: Record<JobKind, string> = {
  backup: 'Backing up',
  inspect: 'Reading the file',
  verify: 'Checking the file',
  plan: 'Working out what a restore would change',
  restore: 'Restoring',
  undo: 'Undoing the restore',
};

/** The name of the progress bar. */
export const JOB_PROGRESS: Record<JobKind, string> = {
  backup: 'Backup progress',
  inspect: 'Reading progress',
  verify: 'Check progress',
  plan: 'Plan progress',
  restore: 'Restore progress',
  undo: 'Undo progress',
};

const JOB_NOUN: Record<JobKind, string> = {
  backup: 'backup',
  inspect: 'reading',
  verify: 'check',
  plan: 'preparation',
  restore: 'restore',
  undo: 'undo',
};

export const cancelledTitle = (kind: JobKind): string => `The ${JOB_NOUN[kind]} was cancelled`;

export const recoveredTitle = ({ outcome, error }: RecoveredRestore): string => {
  if (error) return 'A restore is not finished';
  return outcome === 'finished' ? 'A restore was finished' : 'A restore was undone';
};

export const DONE_TITLE = {
  backup: 'Backup complete',
  verify: 'The file is whole',
  restore: 'Restore complete',
  undo: 'Restore undone',
} as const;

export const FAILED_TITLE: Record<JobKind, string> = {
  backup: 'The backup failed',
  inspect: 'The file could not be read',
  verify: 'The file did not pass the check',
  plan: 'This file cannot be restored',
  restore: 'The restore failed',
  undo: 'The restore could not be undone',
};

/** What the till holds after a restore of a backup that left values out. */
export function heldAfterwards(formats: Formats, leftOut: number): string {
  const butFor = leftOut === 0 ? '' : `, but for ${formats.plural(leftOut, 'value', 'values')} that the backup left out`;
  return `the till will then hold exactly what it held at that time${butFor}.`;
}

export interface Step {
  label: string;
  phases: readonly Phase[];
}

const CHECK: Step = { label: 'Check', phases: ['checking'] };

const RESTORE: readonly Step[] = [
  { ...CHECK, phases: ['starting', 'checking', 'migrating', 'reading', 'planning'] },
  { label: 'Write', phases: ['writing', 'checking-copy'] },
  { label: 'Settings and files', phases: ['applying-assets'] },
  { label: 'Finish', phases: ['finishing'] },
];

/** A job's steps as a person sees them. */
export const STEPS: Record<JobKind, readonly Step[]> = {
  backup: [{ label: 'Read', phases: ['starting', 'reading'] }, CHECK, { label: 'Finish', phases: ['finishing'] }],
  inspect: [],
  verify: [],
  plan: [{ ...CHECK, phases: ['starting', 'checking', 'migrating', 'reading'] }, { label: 'Compare', phases: ['planning'] }],
  restore: RESTORE,
  undo: RESTORE,
};

export const MODE: Record<RestoreMode, { label: string; detail: string }> = {
  replace: {
    label: 'Exactly what the backup holds',
    detail: 'Recommended. What is not in the backup is deleted, what differs is changed back.',
  },
  merge: {
    label: 'The backup, and what came since',
    detail: 'Records of the backup are put back as they were then; records that are not in it stay.',
  },
  fill: {
    label: 'Only what is missing',
    detail: 'Deleted records come back; what is there stays as it is, even where it differs.',
  },
};

export const CONSISTENCY: Record<Consistency, { label: string; detail: string }> = {
  snapshot: {
    label: 'One moment for everything',
    detail: 'Recommended. All tables are from the same instant, so an order and its payment are always both in or both out. Sales made meanwhile are kept and written a few seconds later.',
  },
  table: {
    label: 'One moment for each table',
    detail: 'Each table is from one instant, but an order may be in without its payment. Sales wait only while the table they need is read.',
  },
  batch: {
    label: 'Never make a sale wait',
    detail: 'Reads a little at a time. What changes during the backup may be in or out, even within a table.',
  },
};
