import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { blockStorage, connect, rejection, status, stubStorages } from './support.js';

beforeEach(() => {
  stubStorages();
});

afterEach(() => {
  vi.unstubAllGlobals();
  delete (globalThis as { localStorage?: unknown }).localStorage;
  delete (globalThis as { sessionStorage?: unknown }).sessionStorage;
});

/** The assets of the one CREATE_BACKUP that was sent. */
async function assetsOf(options: Parameters<Awaited<ReturnType<typeof connect>>['client']['createBackup']>[0] = {}) {
  const { client, worker } = await connect();
  const job = client.createBackup(options);
  const [command] = worker.commands('CREATE_BACKUP');
  return { job, command, assets: command?.assets, worker };
}

describe('createBackup', () => {
  it('takes both storages, but for our own keys', async () => {
    stubStorages(
      { theme: 'dark', backup_metadata: '{}', backup_in_progress: 'x' },
      { cart: '[1]', backup_in_progress: '{}', backup_metadata: 'x' },
    );
    const { assets } = await assetsOf();
    expect(assets).toEqual({ localStorage: { theme: 'dark' }, sessionStorage: { cart: '[1]' } });
  });

  it('takes only the keys that are chosen', async () => {
    stubStorages({ theme: 'dark', token: 'secret' }, { cart: '[1]' });
    const { assets } = await assetsOf({ localStorage: (key) => key !== 'token', sessionStorage: false });
    expect(assets).toEqual({ localStorage: { theme: 'dark' } });
  });

  it('keeps any string exactly, keys included', async () => {
    const odd = { 'lone \ud800': 'half \udfff of a pair', ['__proto__']: 'own', '': 'empty', toJSON: 'x', nul: 'a\0b' };
    stubStorages(odd);
    const { assets } = await assetsOf();
    expect(Object.entries(assets?.localStorage ?? {})).toEqual(Object.entries(odd));
  });

  it('sends the options that are the worker\'s, unknown ones too, for it to refuse', async () => {
    const signal = new AbortController().signal;
    const options = { tables: ['orders'], consistency: 'table' as const, signal, config: { a: 1 }, speed: 'high' };
    const { command, job } = await assetsOf(options);
    expect(command).toEqual({
      type: 'CREATE_BACKUP',
      jobId: job.id,
      options: { tables: ['orders'], consistency: 'table', speed: 'high' },
      assets: { localStorage: {}, sessionStorage: {}, config: { a: 1 } },
    });
  });

  it('passes Blobs on, and makes text files of strings', async () => {
    const logo = new Blob([Uint8Array.of(0, 255)], { type: 'image/png' });
    const { assets } = await assetsOf({ files: { 'logo.png': logo, 'notes.txt': 'Grüße 🧾' } });
    expect(new Uint8Array(await assets!.files!['logo.png']!.arrayBuffer())).toEqual(Uint8Array.of(0, 255));
    expect(await assets!.files!['notes.txt']!.text()).toBe('Grüße 🧾');
  });

  it('refuses a text file that UTF-8 cannot hold', async () => {
    const { job, command } = await assetsOf({ files: { 'a/b.txt': 'half \ud800' } });
    expect(command).toBeUndefined();
    expect(await rejection(job.result)).toMatchObject({
      code: 'UNSUPPORTED_VALUE',
      context: { path: '/assets/files/a~1b.txt', found: 'a lone surrogate' },
    });
    expect(job.status.status).toBe('failed');
  });

  it('refuses a file that is neither', async () => {
    const files = { 'a.bin': Uint8Array.of(1) as unknown as Blob };
    expect(await rejection((await assetsOf({ files })).job.result)).toMatchObject({ context: { path: '/assets/files/a.bin' } });
  });

  it('omits a storage that the browser denies', async () => {
    blockStorage('localStorage');
    const { assets } = await assetsOf();
    expect(assets).toEqual({ sessionStorage: {} });
  });

  it('fails when a storage that is there cannot be read', async () => {
    const { local } = stubStorages({ a: '1' });
    local.getItem = () => {
      throw new DOMException('The disk is gone.', 'UnknownError');
    };
    const { job, command } = await assetsOf();
    expect(command).toBeUndefined();
    expect(await rejection(job.result)).toMatchObject({
      code: 'STORAGE_FAILED',
      message: 'The disk is gone.',
      context: { cause: 'UnknownError' },
    });
  });

  it('gives each job an id of its own, also where the page has no crypto.randomUUID', async () => {
    const { client } = await connect();
    const getRandomValues = crypto.getRandomValues.bind(crypto);
    vi.stubGlobal('crypto', { getRandomValues });
    const ids = [client.createBackup().id, client.createBackup().id];
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });
});

describe('config', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;

  it.each([
    ['a Date', { opened: new Date(0) }, '/assets/config/opened', 'Date'],
    ['a Map', { 'a/b~c': new Map() }, '/assets/config/a~1b~0c', 'Map'],
    ['a Blob', [new Blob([])], '/assets/config/0', 'Blob'],
    ['NaN', { rate: Number.NaN }, '/assets/config/rate', 'NaN'],
    ['Infinity', Infinity, '/assets/config', 'Infinity'],
    ['a BigInt', { cents: 1n }, '/assets/config/cents', 'bigint'],
    ['a function', { f: () => {} }, '/assets/config/f', 'function'],
    ['undefined in an array', [1, undefined], '/assets/config/1', 'undefined'],
    ['a hole', new Array(1), '/assets/config/0', 'undefined'],
    ['a cycle', cycle, '/assets/config/self', 'a cycle'],
  ])('with %s is refused, and the place is named', async (_what, config, path, found) => {
    const { job, command } = await assetsOf({ config });
    expect(command).toBeUndefined();
    expect(await rejection(job.result)).toMatchObject({ code: 'UNSUPPORTED_VALUE', context: { path, found } });
  });

  it.each([
    ['null', null],
    ['false', false],
    ['text with a lone surrogate', 'half \ud800'],
    ['nested values', { taxes: [{ rate: 0.19, name: 'VAT' }], open: true, none: null, [`__proto__`]: 1 }],
    ['the same object twice', ((shared) => [shared, shared])({ a: 1 })],
  ])('may be %s', async (_what, config) => {
    expect((await assetsOf({ config })).assets?.config).toEqual(config);
  });

  it('may have properties that are undefined', async () => {
    const { job, command } = await assetsOf({ config: { a: 1, b: undefined } });
    expect(command).toBeDefined();
    expect(job.status.status).toBe('pending');
  });
});

describe('the other jobs', () => {
  it('send their commands', async () => {
    const { client, worker } = await connect();
    const source = new Blob(['zip']);
    const plan = client.planRestore(source, { tables: ['orders'], anyDatabase: true });
    const restore = client.restore({ backupId: 'b1' }, { safetyBackup: false, applyAssets: () => {}, localStorage: false });
    const verify = client.verify({ backupId: 'b1' });
    const inspect = client.inspect({ backupId: 'b1' });
    const [, first, ...others] = worker.received;
    expect(first).toMatchObject({ type: 'PLAN_RESTORE', jobId: plan.id, options: { tables: ['orders'], anyDatabase: true } });
    expect(await (first as { source: Blob }).source.text()).toBe('zip');
    expect(others).toEqual([
      { type: 'RESTORE', jobId: restore.id, source: { backupId: 'b1' }, options: { safetyBackup: false }, assets: { sessionStorage: {} } },
      { type: 'VERIFY', jobId: verify.id, source: { backupId: 'b1' }, options: {} },
      { type: 'INSPECT', jobId: inspect.id, source: { backupId: 'b1' } },
    ]);
  });

  it('fail on a source that cannot be sent', async () => {
    const { client, worker } = await connect();
    const job = client.verify({ backupId: (() => {}) as unknown as string });
    expect(await rejection(job.result)).toMatchObject({ code: 'INVALID_MESSAGE' });
    worker.send({ type: 'STATUS', jobId: job.id, status: status(job.id) });
    expect(job.status.status).toBe('failed');
    await client.close();
  });
});
