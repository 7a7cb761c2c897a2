import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackupClient, type Config, type Migration } from '../src/client.js';
import { CONFIG, FakeWorker, asWorker, rejection, settle, stubStorages } from './support.js';

beforeEach(() => {
  stubStorages();
  vi.stubGlobal('document', { baseURI: 'https://till.example/app/index.html' });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const configOf = (migrations: unknown): Config => ({ ...CONFIG, migrations: migrations as Migration[] });

/** The migrations that the worker is told. */
async function told(migrations: unknown): Promise<unknown> {
  const worker = new FakeWorker();
  void BackupClient.connect(configOf(migrations), { worker: asWorker(worker) }).catch(() => {});
  await settle();
  const [init] = worker.commands('INIT');
  return init?.config.migrations;
}

describe('migrations', () => {
  it('go to the worker with URLs that do not depend on where its script is', async () => {
    const steps = [{ type: 'drop-table', table: 'drafts' }];
    const migrations = [
      { from: 1, to: 2, module: './migrations/1.js' },
      { from: 2, to: 3, module: '/2.js', steps },
      { from: 3, to: 4, module: 'https://cdn.example/3.js' },
      { from: 4, to: 5, steps },
      { from: 5, to: 6, module: new URL('https://till.example/5.js') },
    ];
    expect(await told(migrations)).toEqual([
      { from: 1, to: 2, module: 'https://till.example/app/migrations/1.js' },
      { from: 2, to: 3, module: 'https://till.example/2.js', steps },
      { from: 3, to: 4, module: 'https://cdn.example/3.js' },
      { from: 4, to: 5, steps },
      { from: 5, to: 6, module: 'https://till.example/5.js' },
    ]);
  });

  it('that are none are left to the worker, which says what is wrong', async () => {
    for (const migrations of ['1 to 2', [7], [{ from: 1 }], [{ module: '' }]]) {
      expect(await told(migrations)).toEqual(migrations);
    }
  });

  it('with a value that JSON would change are refused', async () => {
    const worker = new FakeWorker();
    const steps = [{ type: 'add-field', table: 't', field: '/at', default: new Date() }];
    const connecting = BackupClient.connect(configOf([{ from: 1, to: 2, steps }]), { worker: asWorker(worker) });
    const error = await rejection(connecting);
    expect(error).toMatchObject({ code: 'UNSUPPORTED_VALUE', context: { path: '/config/migrations/0/steps/0/default' } });
    expect(worker.terminated).toBe(true);
  });

  it('with a module that has no URL are refused', async () => {
    const worker = new FakeWorker();
    const connecting = BackupClient.connect(configOf([{ from: 1, to: 2, module: 'https://' }]), { worker: asWorker(worker) });
    expect(await rejection(connecting)).toMatchObject({ code: 'INVALID_MESSAGE' });
    expect(worker.terminated).toBe(true);
  });
});
