import type { BackupMetadata } from './protocol.js';
import {
  BACKUP_IN_PROGRESS_KEY,
  BACKUP_METADATA_KEY,
  BACKUP_RESTORED_KEY,
  type StorageName,
  openStorage,
} from './web-storage.js';

/** What a job does. */
export type JobKind = 'backup' | 'plan' | 'restore' | 'undo' | 'verify' | 'inspect';

/** What `backup_in_progress` in sessionStorage holds while a job runs. */
export interface JobInProgress {
  /** The job's id. */
  jobId: string;
  /** What it does. */
  kind: JobKind;
  /** When it was started (milliseconds since the Unix epoch). */
  since: number;
  /** Whether sessionStorage holds what the restore has given it. */
  takenOver?: true;
}

/** What `backup_restored` in localStorage holds a list of, for a while after restores. */
export interface TakenOver {
  /** The job that localStorage's content is from. */
  jobId: string;
  /** When it was taken over (milliseconds since the Unix epoch). */
  at: number;
}

/** So long the worker remembers a restore, as the browser may still lose what was written; in milliseconds. */
const REMEMBERED_MS = 120_000;

/** The jobs of this page, of all its clients, in the order of their start. */
const running = new Map<string, JobInProgress>();

/** Notes a job; where several run, the storage names a restore, or else the first. */
export function noteStarted(jobId: string, kind: JobKind): void {
  running.set(jobId, { jobId, kind, since: Date.now() });
  writeProgress();
}

/** The job has ended. */
export function noteEnded(jobId: string): void {
  running.delete(jobId);
  writeProgress();
}

/**
 * Lets a storage say itself that it has taken over what a job gave it, or no longer has: where a browser that is killed
 * forgets the last seconds, it forgets both.
 */
export function noteTakenOver(name: StorageName, jobId: string, has: boolean): void {
  if (name === 'localStorage') {
    const others = rememberedRestores().filter((taken) => taken.jobId !== jobId);
    writeRestores(has ? [...others, { jobId, at: Date.now() }] : others);
    return;
  }
  const job = running.get(jobId);
  if (job) {
    const { takenOver: _, ...rest } = job;
    running.set(jobId, has ? { ...rest, takenOver: true } : rest);
    writeProgress();
  }
}

/** Whether a storage has taken over what a job gave it; `null` if it was not this tab's to do so. */
export function hasTakenOver(name: StorageName, jobId: string): boolean | null {
  if (name === 'localStorage') {
    return rememberedRestores().some((taken) => taken.jobId === jobId);
  }
  const job = running.get(jobId) ?? read<JobInProgress>(name, BACKUP_IN_PROGRESS_KEY);
  return job?.jobId === jobId ? job.takenOver === true : null;
}

/**
 * Removes what an earlier page of this tab left behind: its worker, and so its job, ended with it.
 */
export function forgetEarlierPage(): void {
  writeProgress();
  writeRestores(rememberedRestores());
}

/** The restores, of any database of this origin, that are not over for long. */
function rememberedRestores(): TakenOver[] {
  const all = read<TakenOver[]>('localStorage', BACKUP_RESTORED_KEY);
  return Array.isArray(all) ? all.filter(({ at }) => Date.now() - at < REMEMBERED_MS) : [];
}

function writeRestores(restores: TakenOver[]): void {
  write('localStorage', BACKUP_RESTORED_KEY, restores.length === 0 ? undefined : restores);
}

/** Keeps the metadata of the last good backup. */
export function noteBackup(metadata: BackupMetadata): void {
  write('localStorage', BACKUP_METADATA_KEY, metadata);
}

function writeProgress(): void {
  const jobs = [...running.values()];
  write('sessionStorage', BACKUP_IN_PROGRESS_KEY, jobs.find(({ kind }) => kind === 'restore' || kind === 'undo') ?? jobs[0]);
}

function read<T>(name: StorageName, key: string): T | null {
  try {
    return JSON.parse(openStorage(name)?.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}

/** Bookkeeping must not fail a job: where the storage is full or blocked, it is left out. */
function write(name: StorageName, key: string, value: object | undefined): void {
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
