import type {
  BackupMetadata,
  BackupResult,
  BackupStatus,
  Capabilities,
  ErrorDetails,
  Inspection,
  JobKind,
  Persisted,
  Recovered,
  RestoreMode,
  RestorePlan,
  RestoreResult,
  UndoableRestore,
  VerifyReport,
} from 'pos-backup';
import { Store } from '../state/store';

export type Connection =
  | { state: 'none' | 'connecting' }
  | { state: 'ready'; capabilities: Capabilities; recovered: Recovered; persisted: Persisted | 'pending' }
  | { state: 'failed'; error: ErrorDetails };

export interface RunningJob {
  kind: JobKind;
  startedAt: number;
  cancelAsked: boolean;
}

export type Outcome =
  | { kind: 'backup'; result: BackupResult; name: string }
  | { kind: 'verify'; report: VerifyReport; name: string }
  | { kind: 'restore'; result: RestoreResult; name: string }
  | { kind: 'undo'; result: RestoreResult }
  | { kind: 'cancelled'; job: JobKind };

export interface Failure {
  during: JobKind;
  error: ErrorDetails;
  /** The same again. */
  retry: () => void;
  /** Where the archive is another database's: the same, taking it for this one's. */
  acceptOtherDatabase: (() => void) | null;
  /** Where a value cannot be kept: the same without such values. */
  leaveOut: (() => void) | null;
  /** Where a file is damaged: a plan with what is whole of it. */
  salvage: (() => void) | null;
}

/** The archive the person looks at. */
export interface ChosenArchive {
  file: File;
  name: string;
  inspection: Inspection | null;
  /** Every byte has been checked, by a check or while a restore was prepared. */
  whole: boolean;
  plan: RestorePlan | null;
  anyDatabase: boolean;
  /** Whether it is damaged, and what is whole of it is wanted. */
  salvage: boolean;
  mode: RestoreMode;
  /** Whether what is replaced is kept. */
  keepsCopy: boolean;
}

export interface KeptBackup {
  file: File;
  name: string;
  metadata: BackupMetadata;
  archiveBytes: number;
  stored: boolean;
}

export interface ManagerState {
  connection: Connection;
  job: RunningJob | null;
  outcome: Outcome | null;
  failure: Failure | null;
  archive: ChosenArchive | null;
  /** Those made since the page was opened, the newest first. */
  backups: KeptBackup[];
  /** The restore that can be undone. */
  undoable: UndoableRestore | null;
  /** What undoing it would do, while the person is asked. */
  undoPlan: RestorePlan | null;
}

/** What changes a few times a job. */
export const managerState = new Store<ManagerState>({
  connection: { state: 'none' },
  job: null,
  outcome: null,
  failure: null,
  archive: null,
  backups: [],
  undoable: null,
  undoPlan: null,
});

/** What changes up to 20 times a second while a job runs; followed only by what shows progress. */
export const statusState = new Store<BackupStatus | null>(null);

export const jobIsRunning = (state: ManagerState): boolean => state.job !== null;

export function changeManager(change: Partial<ManagerState>): void {
  managerState.update((state) => ({ ...state, ...change }));
}
