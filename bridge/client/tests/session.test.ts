import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BackupStatus } from '../src/client.js';
import { METADATA, type FakeStorage, backupDone, blockStorage, connect, details, rejection, restoreDone, stubStorages } from './support.js';

let storages: { local: FakeStorage; session: FakeStorage };

beforeEach(() => {
  storages = stubStorages();
});

afterEach(() => {
  vi.unstubAllGlobals();
  delete (globalThis as { localStorage?: unknown }).localStorage;
  delete (globalThis as { sessionStorage?: unknown }).sessionStorage;
});

function inProgress(): unknown {
  return JSON.parse(storages.session.getItem('backup_in_progress') ?? 'null');
}

it('keeps backup_in_progress while a job runs', async () => {
  const { client, worker } = await connect();
  expect(inProgress()).toBeNull();
  const before = Date.now();
  const job = client.createBackup();
  expect(inProgress()).toEqual({ jobId: job.id, kind: 'backup', since: expect.any(Number) });
  expect((inProgress() as { since: number }).since).toBeGreaterThanOrEqual(before);
  worker.send(backupDone(job.id));
  expect(inProgress()).toBeNull();
});

it.each(['FAILED', 'CANCELLED', 'crash'] as const)('removes it after %s', async (how) => {
  const { client, worker } = await connect();
  const job = client.restore({ backupId: 'b1' });
  expect(inProgress()).toMatchObject({ kind: 'restore' });
  if (how === 'crash') {
    worker.crash();
  } else if (how === 'FAILED') {
    worker.send({ type: how, jobId: job.id, error: details() });
  } else {
    worker.send({ type: how, jobId: job.id });
  }
  await rejection(job.result);
  expect(inProgress()).toBeNull();
});

it('removes it before the result is heard of', async () => {
  const { client, worker } = await connect();
  const job = client.createBackup();
  const atResult = job.result.then(() => inProgress());
  worker.send(backupDone(job.id));
  expect(await atResult).toBeNull();
});

it('names the job that has run longest where there are several', async () => {
  const { client, worker } = await connect();
  const [first, second] = [client.createBackup(), client.verify({ backupId: 'b1' })];
  expect(inProgress()).toMatchObject({ jobId: first.id });
  worker.send(backupDone(first.id));
  expect(inProgress()).toMatchObject({ jobId: second.id, kind: 'verify' });
  worker.send({ type: 'CANCELLED', jobId: second.id });
  expect(inProgress()).toBeNull();
});

it('forgets the job of an earlier page of this tab, but none of this page', async () => {
  storages.session.setItem('backup_in_progress', '{"jobId":"gone","kind":"backup","since":1}');
  const { client, worker } = await connect();
  expect(inProgress()).toBeNull();
  const job = client.createBackup();
  await connect();
  expect(inProgress()).toMatchObject({ jobId: job.id });
  worker.send(backupDone(job.id));
});

it('keeps the metadata of the last good backup, of nothing else', async () => {
  const { client, worker } = await connect();
  const ends = [
    (id: string) => worker.send({ type: 'FAILED', jobId: id, error: details() }),
    (id: string) => worker.send({ type: 'CANCELLED', jobId: id }),
  ];
  for (const end of ends) {
    end(client.createBackup().id);
  }
  worker.send(restoreDone(client.restore({ backupId: 'b1' }).id));
  expect(storages.local.getItem('backup_metadata')).toBeNull();
  worker.send(backupDone(client.createBackup().id));
  expect(JSON.parse(storages.local.getItem('backup_metadata')!)).toEqual(METADATA);
});

it.each(['full', 'blocked'])('does not fail a backup when the storages are %s', async (how) => {
  if (how === 'full') {
    for (const storage of [storages.local, storages.session]) {
      storage.beforeSet = () => {
        throw new DOMException('full', 'QuotaExceededError');
      };
    }
  } else {
    blockStorage('localStorage');
    blockStorage('sessionStorage');
  }
  const { client, worker } = await connect();
  const job = client.createBackup();
  const last: { status?: BackupStatus } = {};
  job.addEventListener('status', ({ detail }) => (last.status = detail));
  worker.send(backupDone(job.id));
  expect((await job.result).metadata).toEqual(METADATA);
  expect(last.status?.status).toBe('completed');
});
