import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackupClient, type BackupError, type BackupStatus } from '../src/client.js';
import { backupDone, connect, rejection, settle, status, stubStorages } from './support.js';

beforeEach(() => {
  stubStorages();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function lastStatus(statuses: AsyncIterable<BackupStatus>): Promise<BackupStatus | undefined> {
  let last: BackupStatus | undefined;
  for await (last of statuses);
  return last;
}

describe('cancel', () => {
  it('asks the worker once, and rejects when the worker has undone everything', async () => {
    const { client, worker } = await connect();
    const job = client.createBackup();
    job.cancel();
    job.cancel();
    expect(worker.commands('CANCEL')).toEqual([{ type: 'CANCEL', jobId: job.id }]);
    expect(job.status.status).toBe('pending');
    worker.send({ type: 'CANCELLED', jobId: job.id });
    expect(await rejection(job.result)).toMatchObject({ code: 'CANCELLED', retryable: true });
    expect(job.status.status).toBe('cancelled');
    expect(job.status).not.toHaveProperty('error');
  });

  it('leaves a job alone that was done before', async () => {
    const { client, worker } = await connect();
    const job = client.createBackup();
    worker.send(backupDone(job.id));
    job.cancel();
    expect(worker.commands('CANCEL')).toEqual([]);
    expect((await job.result).backupId).toBe('b1');
  });

  it('from a listener of the last status asks nothing', async () => {
    const { client, worker } = await connect();
    const job = client.createBackup();
    job.addEventListener('status', () => job.cancel());
    worker.send(backupDone(job.id));
    expect(worker.commands('CANCEL')).toEqual([]);
  });

  it('that came too late for the worker ends well', async () => {
    const { client, worker } = await connect();
    const job = client.createBackup();
    job.cancel();
    worker.send(backupDone(job.id));
    expect((await job.result).backupId).toBe('b1');
    expect(job.status.status).toBe('completed');
  });

  it('touches no other job', async () => {
    const { client, worker } = await connect();
    const [one, other] = [client.verify({ backupId: 'a' }), client.verify({ backupId: 'b' })];
    one.cancel();
    worker.send({ type: 'CANCELLED', jobId: one.id });
    await rejection(one.result);
    expect(other.status.status).toBe('pending');
  });
});

describe('an AbortSignal', () => {
  it('cancels the job, and is its cause', async () => {
    const { client, worker } = await connect();
    const controller = new AbortController();
    const job = client.restore({ backupId: 'b1' }, { signal: controller.signal });
    expect(worker.commands('RESTORE')).toEqual([
      { type: 'RESTORE', jobId: job.id, source: { backupId: 'b1' }, options: {}, assets: expect.any(Object) },
    ]);
    controller.abort('closing time');
    expect(worker.commands('CANCEL')).toHaveLength(1);
    worker.send({ type: 'CANCELLED', jobId: job.id });
    expect(await rejection(job.result)).toMatchObject({ code: 'CANCELLED', cause: 'closing time' });
  });

  it('already aborted sends nothing at all', async () => {
    const { client, worker } = await connect();
    const signal = AbortSignal.abort('never mind');
    const sent = worker.received.length;
    for (const job of [
      client.createBackup({ signal }),
      client.planRestore({ backupId: 'b1' }, { signal }),
      client.restore({ backupId: 'b1' }, { signal }),
      client.verify({ backupId: 'b1' }, { signal }),
      client.inspect({ backupId: 'b1' }, { signal }),
    ]) {
      expect(await rejection(job.result)).toMatchObject({ code: 'CANCELLED', cause: 'never mind' });
      expect((await lastStatus(job))?.status).toBe('cancelled');
    }
    expect(worker.received).toHaveLength(sent);
  });

  it('is let go of when the job has ended', async () => {
    const { client, worker } = await connect();
    const controller = new AbortController();
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    const job = client.createBackup({ signal: controller.signal });
    worker.send(backupDone(job.id));
    expect(removed).toHaveBeenCalledTimes(1);
    controller.abort();
    await job.result;
    expect(worker.commands('CANCEL')).toEqual([]);
  });
});

describe('close', () => {
  it('ends the worker at once when nothing runs', async () => {
    const { client, worker } = await connect();
    await client.close();
    expect(worker.terminated).toBe(true);
  });

  it('cancels what runs, and ends the worker only after the last job', async () => {
    const { client, worker } = await connect();
    const [one, two] = [client.createBackup(), client.verify({ backupId: 'b1' })];
    const closing = client.close();
    expect(worker.commands('CANCEL').map(({ jobId }) => jobId)).toEqual([one.id, two.id]);
    worker.send({ type: 'CANCELLED', jobId: one.id });
    worker.send({ type: 'STATUS', jobId: two.id, status: status(two.id, { status: 'cancelled', phase: 'rolling-back' }) });
    await settle();
    expect(worker.terminated).toBe(false);
    worker.send({ type: 'CANCELLED', jobId: two.id });
    await closing;
    expect(worker.terminated).toBe(true);
    for (const job of [one, two]) {
      expect(await rejection(job.result)).toMatchObject({ code: 'CANCELLED' });
    }
  });

  it('waits as long as it takes', async () => {
    const { client, worker } = await connect();
    client.restore({ backupId: 'b1' });
    vi.useFakeTimers();
    void client.close();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(worker.terminated).toBe(false);
  });

  it('may be called again, and refuses what is started afterwards', async () => {
    const { client, worker } = await connect();
    const first = client.close();
    expect(client.close()).toBe(first);
    await first;
    const sent = worker.received.length;
    expect(await rejection(client.createBackup().result)).toMatchObject({
      code: 'WORKER_FAILED',
      hint: expect.stringContaining('connect'),
      retryable: false,
    });
    expect(worker.received).toHaveLength(sent);
  });

  it('is the async dispose of the client, where there is one', async () => {
    const { client, worker } = await connect();
    const dispose = Symbol.asyncDispose as symbol | undefined;
    expect(dispose).toBeDefined();
    await client[Symbol.asyncDispose]();
    expect(worker.terminated).toBe(true);
    expect(Object.getOwnPropertyNames(BackupClient.prototype)).not.toContain('undefined');
  });
});

describe('a worker that dies', () => {
  it('fails every job, and the client', async () => {
    const { client, worker } = await connect();
    const jobs = [client.createBackup(), client.verify({ backupId: 'b1' })];
    const told = vi.fn();
    client.addEventListener('error', (event) => told(event.detail.code));
    const statuses = jobs.map((job) => lastStatus(job));
    worker.crash('unreachable executed');
    for (const job of jobs) {
      const error = (await rejection(job.result)) as BackupError;
      expect(error).toMatchObject({ code: 'WORKER_FAILED', message: expect.stringContaining('unreachable executed') });
    }
    for (const last of await Promise.all(statuses)) {
      expect(last).toMatchObject({ status: 'failed', phase: 'ended', error: { code: 'WORKER_FAILED' } });
    }
    expect(told.mock.calls).toEqual([['WORKER_FAILED']]);
    worker.crash('again');
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('takes no more jobs', async () => {
    const { client, worker } = await connect();
    worker.crash();
    const sent = worker.received.length;
    expect(await rejection(client.createBackup().result)).toMatchObject({ code: 'WORKER_FAILED' });
    expect(worker.received).toHaveLength(sent);
  });

  it('is told to undo its jobs, and given a moment for it before it is ended', async () => {
    const { client, worker } = await connect();
    const job = client.restore({ backupId: 'b1' });
    vi.useFakeTimers();
    worker.crash();
    expect(worker.commands('CANCEL')).toEqual([{ type: 'CANCEL', jobId: job.id }]);
    await vi.advanceTimersByTimeAsync(999);
    expect(worker.terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(worker.terminated).toBe(true);
    await client.close();
  });

  it('without jobs is ended at once', async () => {
    const { client, worker } = await connect();
    worker.crash();
    await client.close();
    expect(worker.terminated).toBe(true);
  });

  it('that still answers is ended as soon as it has', async () => {
    const { client, worker } = await connect();
    const job = client.restore({ backupId: 'b1' });
    worker.crash();
    const closing = client.close();
    worker.send({ type: 'CANCELLED', jobId: job.id });
    await closing;
    expect(worker.terminated).toBe(true);
    expect(await rejection(job.result)).toMatchObject({ code: 'WORKER_FAILED' });
  });

  it('that goes on with a job no longer changes how it ended', async () => {
    const { client, worker } = await connect();
    const job = client.createBackup();
    worker.crash();
    worker.send({ type: 'STATUS', jobId: job.id, status: status(job.id) });
    worker.send(backupDone(job.id));
    expect(job.status.status).toBe('failed');
    expect(await rejection(job.result)).toMatchObject({ code: 'WORKER_FAILED' });
  });

  it('while closing does not keep it open', async () => {
    const { client, worker } = await connect();
    client.restore({ backupId: 'b1' });
    vi.useFakeTimers();
    const closing = client.close();
    worker.crash();
    await vi.advanceTimersByTimeAsync(1_000);
    await closing;
    expect(worker.terminated).toBe(true);
  });
});
