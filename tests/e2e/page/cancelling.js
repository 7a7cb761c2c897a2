// Cancels jobs at a certain point and says what the worker answered, and when.
import { outcome } from './jobs.js';
import { storedFiles } from './state.js';

/** Starts a job by its kind; it works on `archive`. */
export const STARTS = {
  backup: (client) => client.createBackup(),
  restore: (client) => client.restore(globalThis.archive),
  verify: (client) => client.verify(globalThis.archive),
  plan: (client) => client.planRestore(globalThis.archive),
};

/**
 * Follows a job to its end, and cancels it once `isTime` says so of a status.
 *
 * Answers the statuses, the type of the last message, and the times in milliseconds from the cancel
 * to the first STATUS that says so and to that last message, as the page received them.
 */
export async function cancelWhen(start, isTime) {
  const { client } = globalThis;
  const seen = { statuses: [], toldMs: null, endMs: null, end: null, cancelledAt: null };
  let job;
  let askedAt;
  const cancel = () => {
    askedAt = performance.now();
    job.cancel();
  };
  const listen = ({ detail: { direction, message } }) => {
    if (direction === 'out' || message.jobId !== job?.id) return;
    const now = performance.now();
    if (message.type === 'STATUS') {
      const { status } = message;
      seen.statuses.push({ status: status.status, phase: status.phase, progress: status.progress });
      if (askedAt === undefined) {
        if (isTime(status)) {
          seen.cancelledAt = status.progress;
          cancel();
        }
      } else if (status.phase === 'cancelling' || status.status === 'cancelled') {
        seen.toldMs ??= now - askedAt;
      }
    } else if (['DONE', 'FAILED', 'CANCELLED'].includes(message.type)) {
      seen.end = message.type;
      seen.endMs = askedAt === undefined ? null : now - askedAt;
    }
  };
  client.addEventListener('message', listen);
  job = start(client);
  if (isTime.afterMs !== undefined) setTimeout(cancel, isTime.afterMs);
  if (isTime(null)) cancel();
  seen.code = await job.result.then(
    () => 'DONE',
    (error) => error.code,
  );
  client.removeEventListener('message', listen);
  return seen;
}

/** Once the job has come this far. */
export const atProgress = (progress) => (status) => status !== null && status.progress >= progress;

/** Once the job does this. */
export const inPhase = (phase) => (status) => status?.phase === phase;

/** In the task that starts the job. */
export const atOnce = (status) => status === null;

/** Some time after the start, whatever the job does. */
export const afterMs = (ms) => Object.assign(() => false, { afterMs: ms });

/**
 * Runs a job that needs nothing and one that needs the lock and the storage, at once. Answers what went
 * wrong and which files were stored since the last call; those are removed again, with what the client
 * has noted of them.
 */
export async function nextJobs() {
  const { client, archive } = globalThis;
  const noted = localStorage.getItem('backup_metadata');
  const jobs = [client.inspect(archive), client.createBackup({ tables: ['settings'] })];
  const [inspected, backedUp] = await Promise.all(jobs.map(outcome));
  localStorage.setItem('backup_metadata', noted);
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('pos-backup');
  const stored = Object.keys(await storedFiles()).map((path) => path.replace('pos-backup/', ''));
  const others = stored.filter((path) => !path.endsWith(`/${archive.name}`));
  for (const path of others) {
    const [directory, name] = path.split('/');
    await (await root.getDirectoryHandle(directory)).removeEntry(name);
  }
  return {
    errors: [inspected, backedUp].flatMap(({ error }) => error ?? []),
    backupId: backedUp.result?.backupId,
    stored: others,
  };
}
