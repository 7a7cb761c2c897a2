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

/**
 * So many restores, of all databases of this origin, `backup_restored` in localStorage remembers. By their number and not their age:
 * one that was cut off may be found days later.
 */
const REMEMBERED_RESTORES = 16;

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
    const others = restoredJobs().filter((other) => other !== jobId);
    const jobs = has ? [...others, jobId].slice(-REMEMBERED_RESTORES) : others;
    write(name, BACKUP_RESTORED_KEY, jobs.length === 0 ? undefined : jobs);
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
    return restoredJobs().includes(jobId);
  }
  const job = running.get(jobId) ?? read<JobInProgress>(name, BACKUP_IN_PROGRESS_KEY);
  return job?.jobId === jobId ? job.takenOver === true : null;
}

/**
 * Removes what an earlier page of this tab left behind: its worker, and so its job, ended with it.
 */
export function forgetEarlierPage(): void {
  writeProgress();
}

function restoredJobs(): string[] {
  const jobs = read<string[]>('localStorage', BACKUP_RESTORED_KEY);
  return Array.isArray(jobs) ? jobs : [];
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
