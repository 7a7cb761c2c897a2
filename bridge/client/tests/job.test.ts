import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackupError, type BackupStatus } from '../src/client.js';
import { backupDone, connect, details, rejection, settle, status, stubStorages } from './support.js';

beforeEach(() => {
  stubStorages();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

async function collect(statuses: AsyncIterable<BackupStatus>): Promise<string[]> {
  const seen: string[] = [];
  for await (const { status, progress } of statuses) {
    seen.push(`${status} ${progress}`);
  }
  return seen;
}

/** A job with the means to say what the worker says of it. */
async function startBackup() {
  const { client, worker } = await connect();
  const job = client.createBackup();
  return {
    client,
    worker,
    job,
    say: (fields: Partial<BackupStatus>) => worker.send({ type: 'STATUS', jobId: job.id, status: status(job.id, fields) }),
    done: () => worker.send(backupDone(job.id)),
  };
}

describe('statuses', () => {
  it('begin as pending and are then those of the worker, in order, for events and iterators alike', async () => {
    const { job, say, done } = await startBackup();
    expect(job.status).toMatchObject({ id: job.id, status: 'pending', progress: 0, phase: 'starting' });
    const events: string[] = [];
    job.addEventListener('status', ({ detail }) => events.push(`${detail.status} ${detail.progress}`));
    const iterated = collect(job);
    say({ progress: 0.1 });
    say({ progress: 0.2 });
    await settle();
    say({ progress: 0.9, status: 'validating' });
    say({ progress: 1, status: 'completed', phase: 'ended' });
    done();
    const updates = ['in-progress 0.1', 'in-progress 0.2', 'validating 0.9', 'completed 1'];
    expect(events).toEqual(updates);
    expect(await iterated).toEqual(['pending 0', ...updates]);
    expect(job.status).toMatchObject({ status: 'completed', progress: 1 });
  });

  it('reach a late iterator from the latest one on', async () => {
    const { job, say, done } = await startBackup();
    say({ progress: 0.1 });
    say({ progress: 0.2 });
    const late = collect(job);
    say({ progress: 0.3 });
    done();
    expect(await late).toEqual(['in-progress 0.2', 'in-progress 0.3', 'completed 1']);
  });

  it('reach an iterator opened after the end once, as the last one', async () => {
    const { job, done } = await startBackup();
    done();
    expect(await collect(job)).toEqual(['completed 1']);
    expect(await collect(job)).toEqual(['completed 1']);
  });

  it('are all there for a slow reader', async () => {
    const { job, say, done } = await startBackup();
    const iterator = job[Symbol.asyncIterator]();
    say({ progress: 0.1 });
    say({ progress: 0.2 });
    done();
    await settle();
    expect(await collect(iterator)).toEqual(['pending 0', 'in-progress 0.1', 'in-progress 0.2', 'completed 1']);
  });

  it('reach a reader who has asked for several at once', async () => {
    const { job, say, done } = await startBackup();
    const iterator = job[Symbol.asyncIterator]();
    const asked = [iterator.next(), iterator.next(), iterator.next(), iterator.next()];
    say({ progress: 0.1 });
    done();
    const got = await Promise.all(asked);
    expect(got.map((result) => (result.done ? 'end' : result.value.progress))).toEqual([0, 0.1, 1, 'end']);
  });

  it('stop for a reader who leaves, and go on for the others', async () => {
    const { job, say, done } = await startBackup();
    const other = collect(job);
    const left = job[Symbol.asyncIterator]();
    for await (const { progress } of left) {
      expect(progress).toBe(0);
      break;
    }
    say({ progress: 0.1 });
    done();
    expect(await left.next()).toEqual({ done: true, value: undefined });
    expect(await other).toEqual(['pending 0', 'in-progress 0.1', 'completed 1']);
  });

  it('of another job, or after the end, are not seen', async () => {
    const { job, worker, say, done } = await startBackup();
    worker.send({ type: 'STATUS', jobId: 'other', status: status('other', { progress: 0.7 }) });
    expect(job.status.progress).toBe(0);
    done();
    say({ progress: 0.8 });
    expect(job.status).toMatchObject({ status: 'completed', progress: 1 });
  });
});

describe('the last status', () => {
  it("is the worker's own where it sent one", async () => {
    const { job, say, done } = await startBackup();
    say({ progress: 1, status: 'completed', phase: 'ended', message: '8 tables, 100 records.' });
    const seen = collect(job);
    done();
    expect(await seen).toEqual(['completed 1']);
    expect(job.status.message).toBe('8 tables, 100 records.');
  });

  it('is made up where it did not: a failure with its error, and progress no lower', async () => {
    const { job, worker, say } = await startBackup();
    say({ progress: 0.4, table: 'orders', etaMs: 5_000 });
    worker.send({ type: 'FAILED', jobId: job.id, error: details() });
    expect(job.status).toMatchObject({ status: 'failed', phase: 'ended', progress: 0.4, error: details() });
    expect(job.status).not.toHaveProperty('etaMs');
    expect(job.status).not.toHaveProperty('table');
  });

  it('contradicts an earlier one where the job ended otherwise after all', async () => {
    const { job, worker, say } = await startBackup();
    say({ status: 'cancelled', phase: 'ended' });
    worker.send({ type: 'FAILED', jobId: job.id, error: details() });
    expect(job.status).toMatchObject({ status: 'failed', phase: 'ended' });
  });

  it('of a cancelled job follows the one that said it was being undone', async () => {
    const { job, worker, say } = await startBackup();
    const phases: string[] = [];
    job.addEventListener('status', ({ detail }) => phases.push(`${detail.status} ${detail.phase}`));
    say({ status: 'cancelled', phase: 'rolling-back' });
    const result = rejection(job.result);
    let over = false;
    void result.then(() => (over = true));
    await settle();
    expect(over).toBe(false);
    worker.send({ type: 'CANCELLED', jobId: job.id });
    await result;
    expect(phases).toEqual(['cancelled rolling-back', 'cancelled ended']);
  });
});

describe('the result', () => {
  it('is what the worker gave', async () => {
    const { job, done } = await startBackup();
    done();
    const result = await job.result;
    expect(result).toMatchObject({ backupId: 'b1', stored: true, metadata: { database: 'pos' } });
    expect(await result.file.text()).toBe('zip');
  });

  it('is there when the last status is seen', async () => {
    const { job, done } = await startBackup();
    const last = collect(job);
    done();
    await last;
    await expect(Promise.race([job.result.then(() => 'result'), settle().then(() => 'later')])).resolves.toBe('result');
  });

  it('rejects with every field of the failure', async () => {
    const { job, worker } = await startBackup();
    worker.send({ type: 'FAILED', jobId: job.id, error: details({ retryable: true }) });
    const error = (await rejection(job.result)) as BackupError;
    expect(error).toBeInstanceOf(BackupError);
    expect(error).toBeInstanceOf(Error);
    expect({ ...error.toDetails(), name: error.name }).toEqual({ ...details({ retryable: true }), name: 'BackupError' });
  });

  it('does not trouble who only follows the statuses of a job that fails', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { job, worker } = await startBackup();
    const seen = collect(job);
    worker.send({ type: 'FAILED', jobId: job.id, error: details() });
    expect(await seen).toEqual(['pending 0', 'failed 0']);
    await settle();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
