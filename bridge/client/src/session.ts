import type { BackupMetadata } from './protocol.js';
import { BACKUP_IN_PROGRESS_KEY, BACKUP_METADATA_KEY, openStorage } from './web-storage.js';

/** What a job does. */
export type JobKind = 'backup' | 'plan' | 'restore' | 'verify' | 'inspect';

/** What `backup_in_progress` in sessionStorage holds while a job runs. */
export interface JobInProgress {
  /** The job's id. */
  jobId: string;
  /** What it does. */
  kind: JobKind;
  /** When it was started (milliseconds since the Unix epoch). */
  since: number;
}

/** The jobs of this page, of all its clients, in the order of their start. */
const running = new Map<string, JobInProgress>();

/** Notes a job; where several run, the storage names the first. */
export function noteStarted(jobId: string, kind: JobKind): void {
  running.set(jobId, { jobId, kind, since: Date.now() });
  writeProgress();
}

/** The job has ended. */
export function noteEnded(jobId: string): void {
  running.delete(jobId);
  writeProgress();
}

/** The job that an earlier page of this tab was cut off in, until {@link forgetEarlierPage}. */
export function earlierJob(): JobInProgress | null {
  try {
    return JSON.parse(openStorage('sessionStorage')?.getItem(BACKUP_IN_PROGRESS_KEY) ?? 'null');
  } catch {
    return null;
  }
}

/**
 * Removes what an earlier page of this tab left behind: its worker, and so its job, ended with it.
 */
export function forgetEarlierPage(): void {
  writeProgress();
}

/** Keeps the metadata of the last good backup. */
export function noteBackup(metadata: BackupMetadata): void {
  write('localStorage', BACKUP_METADATA_KEY, metadata);
}

function writeProgress(): void {
  const [first] = running.values();
  write('sessionStorage', BACKUP_IN_PROGRESS_KEY, first);
}

/** Bookkeeping must not fail a job: where the storage is full or blocked, it is left out. */
function write(name: 'localStorage' | 'sessionStorage', key: string, value: object | undefined): void {
  try {
    const storage = openStorage(name);
    if (value === undefined) {
      storage?.removeItem(key);
    } else {
      storage?.setItem(key, JSON.stringify(value));
    }
  } catch {
    // Nothing depends on it.
  }
}
