import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackupClient, type ConnectOptions, type PreviousPageAssets, type RestoreOptions } from '../src/client.js';
import type { AssetsApplied, RestoredAssets } from '../src/protocol.js';
import {
  CONFIG,
  FakeWorker,
  asWorker,
  becomeReady,
  blockStorage,
  connect,
  endJobs,
  restoreDone,
  settle,
  stubStorages,
} from './support.js';

beforeEach(() => {
  stubStorages();
});

afterEach(() => {
  endJobs();
  vi.unstubAllGlobals();
  delete (globalThis as { localStorage?: unknown }).localStorage;
  delete (globalThis as { sessionStorage?: unknown }).sessionStorage;
});

/** A running restore, and the means to ask it to take over assets. */
async function startRestore(options: RestoreOptions = {}, defaults: ConnectOptions = {}) {
  const { client, worker } = await connect(defaults);
  const job = client.restore({ backupId: 'b1' }, options);
  const apply = async (assets: RestoredAssets, jobId = job.id): Promise<AssetsApplied> => {
    const before = worker.commands('ASSETS_APPLIED').length;
    worker.send({ type: 'APPLY_ASSETS', jobId, assets });
    await vi.waitFor(() => expect(worker.commands('ASSETS_APPLIED')).toHaveLength(before + 1), { interval: 1 });
    const { type: _type, ...answer } = worker.commands('ASSETS_APPLIED')[before]!;
    return answer;
  };
  return { client, worker, job, apply };
}

describe('APPLY_ASSETS', () => {
  it('replaces the storages wholesale, but for our own keys, and answers with what was there', async () => {
    const { local, session } = stubStorages({ theme: 'dark', old: '1', backup_metadata: '{"id":"b0"}' }, { cart: '[1]' });
    const { job, apply } = await startRestore();
    const answer = await apply({
      localStorage: { theme: 'light', fresh: '2', backup_metadata: 'foreign' },
      sessionStorage: { backup_in_progress: 'foreign' },
    });
    expect(answer).toEqual({
      jobId: job.id,
      previous: { localStorage: { theme: 'dark', old: '1' }, sessionStorage: { cart: '[1]' } },
    });
    expect(local.toObject()).toEqual({ theme: 'light', fresh: '2', backup_metadata: '{"id":"b0"}' });
    expect(Object.keys(session.toObject())).toEqual(['backup_in_progress']);
    expect(session.getItem('backup_in_progress')).toContain(job.id);
  });

  it('leaves alone what the archive does not hold', async () => {
    const { local, session } = stubStorages({ a: '1' }, { b: '2' });
    const { apply } = await startRestore();
    const answer = await apply({ localStorage: {} });
    expect(answer.previous).toEqual({ localStorage: { a: '1' } });
    expect(local.toObject()).toEqual({});
    expect(session.getItem('b')).toBe('2');
  });

  it('keeps any string exactly, there and back', async () => {
    const before = { 'was \udc00': '\ud800' };
    const after = { 'lone \ud800': 'half \udfff of a pair', ['__proto__']: 'own', '': 'empty' };
    const { local } = stubStorages(before);
    const { apply } = await startRestore();
    const answer = await apply({ localStorage: after });
    expect(Object.entries(local.toObject())).toEqual(Object.entries(after));
    expect(answer.previous?.localStorage).toEqual(before);
    await apply(answer.previous!);
    expect(local.toObject()).toEqual(before);
  });

  it('given what was there before undoes itself, as often as it is asked', async () => {
    const { local, session } = stubStorages({ a: '1', b: '2' }, { c: '3' });
    const { apply } = await startRestore();
    const { previous } = await apply({ localStorage: { b: '9', d: '4' }, sessionStorage: {} });
    for (let times = 0; times < 2; times += 1) {
      expect((await apply(previous!)).error).toBeUndefined();
      expect(local.toObject()).toEqual({ a: '1', b: '2' });
      expect(session.getItem('c')).toBe('3');
    }
  });

  it('puts everything back when the third key does not fit', async () => {
    const { local, session } = stubStorages({ old: '1', same: '=' }, { cart: '[1]' });
    let sets = 0;
    local.beforeSet = (key) => {
      sets += 1;
      if (sets === 3) {
        throw new DOMException(`Setting the value of '${key}' exceeded the quota.`, 'QuotaExceededError');
      }
    };
    const { job, apply } = await startRestore();
    const answer = await apply({ sessionStorage: { cart: '[]' }, localStorage: { same: '=', a: '1', b: '2', c: '3' } });
    expect(answer).toEqual({ jobId: job.id, error: "Setting the value of 'c' exceeded the quota." });
    expect(local.toObject()).toEqual({ old: '1', same: '=' });
    expect(session.getItem('cart')).toBe('[1]');
  });

  it('puts the first storage back when the second one fails', async () => {
    const { local, session } = stubStorages({ a: '1' }, {});
    const { apply } = await startRestore();
    session.beforeSet = (key) => {
      if (key === 'full') {
        throw new DOMException('full', 'QuotaExceededError');
      }
    };
    expect((await apply({ localStorage: { a: '2' }, sessionStorage: { full: 'x' } })).error).toBe('full');
    expect(local.toObject()).toEqual({ a: '1' });
  });

  it('says so when even putting back fails', async () => {
    const { local } = stubStorages({ a: '1' });
    const { apply } = await startRestore();
    local.beforeSet = (key) => {
      throw new Error(`no room for ${key}.`);
    };
    expect((await apply({ localStorage: { b: '2' } })).error).toBe(
      'no room for b. Putting the previous content back failed too: no room for a.',
    );
  });

  it('needs no more room at any time than the larger state', async () => {
    const { local } = stubStorages({ a: 'x'.repeat(100), b: '' });
    const { apply } = await startRestore();
    local.beforeSet = (key, value) => {
      const others = [...local.entries].filter(([other]) => other !== key);
      if (others.reduce((sum, [, text]) => sum + text.length, value.length) > 100) {
        throw new Error('full');
      }
    };
    expect((await apply({ localStorage: { b: 'y'.repeat(100), a: '' } })).error).toBeUndefined();
    expect(local.toObject()).toEqual({ a: '', b: 'y'.repeat(100) });
  });

  it('does not touch keys that are already right', async () => {
    const { local } = stubStorages({ same: '=', other: '1' });
    const { apply } = await startRestore();
    const set: string[] = [];
    local.beforeSet = (key) => set.push(key);
    await apply({ localStorage: { same: '=', other: '2' } });
    expect(set).toEqual(['other', 'backup_restored']);
  });

  it('leaves keys alone that are not chosen, by the call or else by the connection', async () => {
    const { local, session } = stubStorages({ token: 'mine', a: '1' }, { cart: '[1]' });
    const { apply } = await startRestore(
      { localStorage: (key) => key !== 'token' },
      { localStorage: false, sessionStorage: false },
    );
    const answer = await apply({ localStorage: { token: 'theirs', a: '2' }, sessionStorage: {} });
    expect(answer.previous).toEqual({ localStorage: { a: '1' } });
    expect(local.toObject()).toEqual({ token: 'mine', a: '2' });
    expect(session.getItem('cart')).toBe('[1]');
  });

  it('refuses what is no string before it changes anything', async () => {
    const { local } = stubStorages({ a: '1' });
    const { apply } = await startRestore();
    expect((await apply({ localStorage: { b: 2 as unknown as string } })).error).toBeDefined();
    expect(local.toObject()).toEqual({ a: '1' });
  });

  it('fails where the browser denies the storage, unless nothing is to be put there', async () => {
    blockStorage('localStorage');
    const { apply } = await startRestore();
    expect((await apply({ localStorage: { a: '1' } })).error).toBe('The browser gives this page no localStorage.');
    expect((await apply({ localStorage: {} })).error).toBeUndefined();
  });

  it('of a job that this page did not start is answered too', async () => {
    const { local } = stubStorages({ a: '1' });
    const { apply } = await startRestore();
    expect(await apply({ localStorage: { a: '0' } }, 'earlier')).toEqual({
      jobId: 'earlier',
      previous: { localStorage: { a: '1' } },
    });
    expect(local.toObject()).toEqual({ a: '0' });
  });
});

describe('applyAssets', () => {
  it('gets config and files, and what it returns is what was there before', async () => {
    const applyAssets = vi.fn(async () => ({ config: { tax: 7 }, files: { 'notes.txt': 'before' } }));
    const { apply } = await startRestore({ applyAssets });
    const answer = await apply({ config: { tax: 19 }, files: { 'logo.png': new Blob(['png']) } });
    expect(applyAssets).toHaveBeenCalledTimes(1);
    const [given] = applyAssets.mock.calls[0] as unknown as [{ config: unknown; files: Record<string, Blob> }];
    expect(given.config).toEqual({ tax: 19 });
    expect(await given.files['logo.png']!.text()).toBe('png');
    expect(answer.previous?.config).toEqual({ tax: 7 });
    expect(await answer.previous?.files?.['notes.txt']?.text()).toBe('before');
  });

  it('is not called where there is neither', async () => {
    const applyAssets = vi.fn();
    const { apply } = await startRestore({ applyAssets });
    await apply({ localStorage: { a: '1' } });
    expect(applyAssets).not.toHaveBeenCalled();
  });

  it('may return nothing', async () => {
    const { job, apply } = await startRestore({ applyAssets: () => {} });
    expect(await apply({ config: 1 })).toEqual({ jobId: job.id, previous: {} });
  });

  it('of the call goes before that of the connection', async () => {
    const called: string[] = [];
    const defaults = { applyAssets: () => void called.push('connection') };
    await (await startRestore({}, defaults)).apply({ config: 1 });
    await (await startRestore({ applyAssets: () => void called.push('call') }, defaults)).apply({ config: 1 });
    expect(called).toEqual(['connection', 'call']);
  });

  it('that fails puts the storages back', async () => {
    const { local } = stubStorages({ a: '1' });
    let during: unknown;
    const { job, apply } = await startRestore({
      applyAssets: async () => {
        during = local.toObject();
        throw new Error('the printer refuses the logo');
      },
    });
    const answer = await apply({ localStorage: { a: '2' }, config: 1 });
    expect(answer).toEqual({ jobId: job.id, error: 'the printer refuses the logo' });
    expect(during).toEqual({ a: '2' });
    expect(local.toObject()).toEqual({ a: '1' });
  });

  it('that returns what cannot be kept fails', async () => {
    const previous = { config: new Date(0) } as PreviousPageAssets;
    const { local } = stubStorages({ a: '1' });
    const applyAssets = vi.fn(() => previous);
    const { apply } = await startRestore({ applyAssets });
    expect((await apply({ localStorage: {}, config: 1 })).error).toBeDefined();
    expect(local.toObject()).toEqual({ a: '1' });
    expect(applyAssets.mock.calls).toEqual([[{ config: 1 }], [previous]]);
  });

  it('is never overtaken by the undo that follows', async () => {
    const order: unknown[] = [];
    let finish = (): void => {};
    const { worker, job } = await startRestore({
      applyAssets: async ({ config }) => {
        order.push(`begin ${config}`);
        if (config === 1) {
          await new Promise<void>((resolve) => (finish = resolve));
        }
        order.push(`end ${config}`);
      },
    });
    worker.send({ type: 'APPLY_ASSETS', jobId: job.id, assets: { config: 1 } });
    worker.send({ type: 'APPLY_ASSETS', jobId: job.id, assets: { config: 0 } });
    await settle();
    expect(order).toEqual(['begin 1']);
    finish();
    await settle();
    expect(order).toEqual(['begin 1', 'end 1', 'begin 0', 'end 0']);
    expect(worker.commands('ASSETS_APPLIED')).toHaveLength(2);
  });

  it('that is missing leaves config and files in the archive, and the result says so', async () => {
    const { job, worker, apply } = await startRestore();
    await apply({ config: { tax: 19 } });
    worker.send(restoreDone(job.id));
    expect((await job.result).warnings).toEqual([{ message: expect.stringContaining('config') }]);
  });

  it('that is there leaves nothing to warn of', async () => {
    const { job, worker, apply } = await startRestore({ applyAssets: () => {} });
    await apply({ config: { tax: 19 }, files: {} });
    worker.send(restoreDone(job.id));
    expect((await job.result).warnings).toEqual([]);
  });
});

describe('a restore that was cut off', () => {
  const archived = { localStorage: { a: '2' }, sessionStorage: { cart: '[2]' } };
  const before = { localStorage: { a: '1' }, sessionStorage: { cart: '[1]' } };

  /** Connects to a worker that first asks for these, as a start does that finds a restore cut off; the answer. */
  async function recover(
    assets: RestoredAssets,
    undo: boolean,
    options: ConnectOptions = {},
    instead: RestoredAssets = undo ? archived : before,
  ): Promise<AssetsApplied> {
    const worker = new FakeWorker((command, worker) => {
      if (command.type === 'INIT') {
        worker.send({ type: 'APPLY_ASSETS', jobId: 'cut-off', assets, undo, instead });
      } else if (command.type === 'ASSETS_APPLIED') {
        becomeReady({ type: 'INIT', config: CONFIG }, worker);
      }
    });
    await BackupClient.connect(CONFIG, { worker: asWorker(worker), ...options });
    return worker.commands('ASSETS_APPLIED')[0]!;
  }

  const inProgress = (takenOver: boolean) =>
    JSON.stringify({ jobId: 'cut-off', kind: 'restore', since: 1, ...(takenOver && { takenOver }) });
  const restored = (...jobIds: string[]) => JSON.stringify(jobIds);

  it('is finished before the client is ready', async () => {
    const { local, session } = stubStorages({ a: '1' }, { cart: '[1]', backup_in_progress: inProgress(false) });
    expect(await recover(archived, false)).toMatchObject({ jobId: 'cut-off', previous: before });
    expect([local.toObject(), session.toObject()]).toEqual([{ a: '2' }, { cart: '[2]' }]);
  });

  it('is undone before the client is ready', async () => {
    const { local, session } = stubStorages(
      { a: '2', backup_restored: restored('cut-off') },
      { cart: '[2]', backup_in_progress: inProgress(true) },
    );
    await recover(before, true);
    expect([local.toObject(), session.toObject()]).toEqual([{ a: '1' }, { cart: '[1]' }]);
    expect(local.getItem('backup_restored')).toBeNull();
  });

  it('is left alone where the storages are right already, whatever the app has made of them', async () => {
    const finished = stubStorages(
      { later: '3', backup_restored: restored('cut-off') },
      { later: '4', backup_in_progress: inProgress(true) },
    );
    await recover(archived, false);
    expect([finished.local.toObject(), finished.session.toObject()]).toEqual([{ later: '3' }, { later: '4' }]);
    const undone = stubStorages({ later: '3' }, { later: '4', backup_in_progress: inProgress(false) });
    await recover(before, true);
    expect([undone.local.toObject(), undone.session.toObject()]).toEqual([{ later: '3' }, { later: '4' }]);
  });

  it('is not finished in storages that the app has cleared or filled since', async () => {
    for (const now of [{}, { a: '7', other: '1' }]) {
      const { local } = stubStorages(now);
      await recover(archived, false);
      expect(local.toObject()).toEqual(now);
    }
  });

  it('is told from that of another database', async () => {
    const { local } = stubStorages({ a: '1', backup_restored: restored('other', 'cut-off') });
    await recover(archived, false);
    expect(local.toObject()).toEqual({ a: '1' });
  });

  it('whose undo fails is still known to be there', async () => {
    const { local, session } = stubStorages(
      { a: '2', backup_restored: restored('cut-off') },
      { cart: '[2]', backup_in_progress: inProgress(true) },
    );
    const applyAssets = () => {
      throw new Error('printer on fire');
    };
    const answer = await recover({ ...before, config: 1 }, true, { applyAssets });
    expect(answer.error).toBe('printer on fire');
    expect([local.toObject(), session.toObject()]).toEqual([{ a: '2' }, expect.objectContaining({ cart: '[2]' })]);
    expect(local.getItem('backup_restored')).toBe(restored('cut-off'));
  });

  it('is not finished in the sessionStorage of another tab', async () => {
    const { session } = stubStorages({}, { cart: 'mine' });
    await recover(archived, false);
    expect(session.toObject()).toEqual({ cart: 'mine' });
  });

  it('hands config and files to the app in any case', async () => {
    stubStorages({ backup_restored: restored('cut-off') });
    const applyAssets = vi.fn();
    await recover({ ...archived, config: { tax: 19 } }, false, { applyAssets });
    expect(applyAssets.mock.calls).toEqual([[{ config: { tax: 19 } }]]);
  });

  it('is remembered with others, of which there are not too many', async () => {
    const others = Array.from({ length: 16 }, (_, i) => `other ${i}`);
    const { local } = stubStorages({ a: '1', backup_restored: restored(...others) });
    await recover(archived, false);
    expect(local.getItem('backup_restored')).toBe(restored(...others.slice(1), 'cut-off'));
  });

  it('is undone also on another day', async () => {
    const { local } = stubStorages({ a: '2', backup_restored: restored('cut-off') });
    vi.useFakeTimers({ now: Date.now() + 3 * 24 * 3_600_000, toFake: ['Date'] });
    try {
      await connect();
      await recover(before, true);
    } finally {
      vi.useRealTimers();
    }
    expect(local.toObject()).toEqual({ a: '1' });
  });

  it('leaves a mark only while what was restored is there', async () => {
    const { local, session } = stubStorages({ a: '1' }, { cart: '[1]' });
    const { job, worker, apply } = await startRestore();
    const { previous } = await apply(archived);
    expect(local.getItem('backup_restored')).toBe(restored(job.id));
    expect(JSON.parse(session.getItem('backup_in_progress')!)).toMatchObject({ jobId: job.id, takenOver: true });
    worker.send({ type: 'APPLY_ASSETS', jobId: job.id, assets: previous!, undo: true });
    await vi.waitFor(() => expect(worker.commands('ASSETS_APPLIED')).toHaveLength(2));
    expect(local.getItem('backup_restored')).toBeNull();
    expect(JSON.parse(session.getItem('backup_in_progress')!)).not.toHaveProperty('takenOver');
  });
});

describe('gatherAssets', () => {
  const given = { config: { tax: 7 }, files: { 'notes.txt': 'now' } };

  it('is asked when a restore begins, so that it can be put back', async () => {
    stubStorages({ a: '1', token: 'mine' }, { cart: '[1]' });
    const { client, worker } = await connect({ gatherAssets: async () => given, localStorage: (key) => key !== 'token' });
    client.restore({ backupId: 'b1' }, { sessionStorage: (key) => key === 'cart' });
    await vi.waitFor(() => expect(worker.commands('RESTORE')).toHaveLength(1));
    const { assets } = worker.commands('RESTORE')[0]!;
    expect(assets).toMatchObject({ localStorage: { a: '1' }, config: { tax: 7 } });
    expect(Object.keys(assets!)).not.toContain('sessionStorage');
    expect(assets!.localStorage).not.toHaveProperty('token');
    expect(await assets!.files!['notes.txt']!.text()).toBe('now');
  });

  it('gives a backup what it is not given', async () => {
    const { client, worker } = await connect({ gatherAssets: () => given });
    client.createBackup({ config: 'mine' });
    await vi.waitFor(() => expect(worker.commands('CREATE_BACKUP')).toHaveLength(1));
    const { assets } = worker.commands('CREATE_BACKUP')[0]!;
    expect(assets!.config).toBe('mine');
    expect(Object.keys(assets!.files!)).toEqual(['notes.txt']);
  });

  it('that fails fails the job', async () => {
    const gatherAssets = async () => {
      throw new Error('printer on fire');
    };
    const { client, worker } = await connect({ gatherAssets });
    await expect(client.createBackup().result).rejects.toMatchObject({ message: expect.stringContaining('printer on fire') });
    expect(worker.commands('CREATE_BACKUP')).toEqual([]);
    expect(sessionStorage.getItem('backup_in_progress')).toBeNull();
  });

  it('is no obstacle to a cancel', async () => {
    const { client, worker } = await connect({ gatherAssets: () => new Promise(() => {}) });
    const job = client.restore({ backupId: 'b1' });
    job.cancel();
    await expect(job.result).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(worker.commands('CANCEL')).toEqual([]);
    await client.close();
  });
});

describe('MAKE_FILE_LIST', () => {
  const files = [new File(['a'], 'a.txt'), new File([], 'b.txt')];

  it('is answered with a FileList, which a worker cannot make', async () => {
    class Transfer {
      files: File[] = [];
      items = { add: (file: File) => this.files.push(file) };
    }
    vi.stubGlobal('DataTransfer', Transfer);
    const { job, worker } = await startRestore();
    worker.send({ type: 'MAKE_FILE_LIST', jobId: job.id, files });
    const { jobId, list } = worker.commands('FILE_LIST_MADE')[0]!;
    expect(jobId).toBe(job.id);
    // Node's clone of a File is a Blob.
    expect([...list!].map(({ size }) => size)).toEqual([1, 0]);
  });

  it('is answered with the reason where the page cannot make one either', async () => {
    vi.stubGlobal('DataTransfer', undefined);
    const { job, worker } = await startRestore();
    worker.send({ type: 'MAKE_FILE_LIST', jobId: job.id, files });
    expect(worker.commands('FILE_LIST_MADE')).toEqual([
      { type: 'FILE_LIST_MADE', jobId: job.id, error: expect.stringContaining('DataTransfer') },
    ]);
  });
});
