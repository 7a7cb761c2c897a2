import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BackupClient, BackupError, type ProtocolMessage, type WorkerEvent } from '../src/client.js';
import { CONFIG, FakeWorker, asWorker, connect, details, rejection, settle, stubStorages } from './support.js';

beforeEach(() => {
  stubStorages();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function connectTo(worker: FakeWorker, options = {}): Promise<BackupClient> {
  return BackupClient.connect(CONFIG, { worker: asWorker(worker), ...options });
}

describe('connect', () => {
  it('sends INIT after LOADED only, and resolves on READY', async () => {
    const { client, worker } = await connect();
    expect(worker.received).toEqual([{ type: 'INIT', config: CONFIG }]);
    expect(client.capabilities).toEqual({ opfs: true, locks: true });
    expect(client.recovered).toEqual({ removedPartFiles: ['a.part'] });
    expect(worker.terminated).toBe(false);
  });

  it('waits for LOADED', async () => {
    const worker = new FakeWorker();
    worker.send = () => {};
    void connectTo(worker);
    await settle();
    expect(worker.received).toEqual([]);
  });

  it.each([
    ['LOADED', 2, 1],
    ['READY', 1, 2],
  ])('refuses a worker that says another version in %s', async (_event, loaded, ready) => {
    const worker = new FakeWorker((command, self) => {
      if (command.type === 'INIT') {
        self.send({
          type: 'READY',
          protocolVersion: ready,
          capabilities: { opfs: true, locks: true },
          recovered: { removedPartFiles: [] },
        });
      }
    });
    const send = worker.send.bind(worker);
    worker.send = (event: WorkerEvent) => send(event.type === 'LOADED' ? { ...event, protocolVersion: loaded } : event);
    const error = (await rejection(connectTo(worker))) as BackupError;
    expect(error).toBeInstanceOf(BackupError);
    expect(error).toMatchObject({ code: 'WORKER_FAILED', context: { expected: 1, found: 2 } });
    expect(worker.terminated).toBe(true);
    expect(worker.commands('INIT')).toHaveLength(loaded === 1 ? 1 : 0);
  });

  it('rejects and ends the worker when its script cannot be loaded', async () => {
    const worker = new FakeWorker();
    const connecting = connectTo(worker);
    worker.crash();
    expect(await rejection(connecting)).toMatchObject({ code: 'WORKER_FAILED', message: expect.stringContaining('loaded') });
    expect(worker.terminated).toBe(true);
  });

  it('names the script that cannot be loaded', async () => {
    const worker = new FakeWorker();
    vi.stubGlobal('Worker', function () {
      return worker;
    });
    const connecting = BackupClient.connect(CONFIG, { worker: '/nowhere/worker.js' });
    worker.crash();
    expect(await rejection(connecting)).toMatchObject({ message: "The backup worker's script, /nowhere/worker.js, could not be loaded." });
  });

  it('leaves it to the worker to refuse what is no config', async () => {
    const worker = new FakeWorker();
    const connecting = BackupClient.connect(undefined as never, { worker: asWorker(worker) });
    connecting.catch(() => {});
    await settle();
    expect(worker.received).toEqual([{ type: 'INIT', config: undefined }]);
  });

  it("keeps the worker's own message", async () => {
    const worker = new FakeWorker();
    const connecting = connectTo(worker);
    worker.crash('unreachable executed');
    expect(await rejection(connecting)).toMatchObject({ message: expect.stringContaining('unreachable executed') });
  });

  it('rejects on a message that cannot be read', async () => {
    const worker = new FakeWorker();
    const connecting = connectTo(worker);
    worker.dispatchEvent(new Event('messageerror'));
    expect(await rejection(connecting)).toMatchObject({ code: 'WORKER_FAILED' });
    expect(worker.terminated).toBe(true);
  });

  it('rejects when the worker is not ready in time', async () => {
    vi.useFakeTimers();
    const worker = new FakeWorker(() => {});
    const failed = rejection(connectTo(worker, { timeoutMs: 5_000 }));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(worker.terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await failed).toMatchObject({ code: 'WORKER_FAILED', retryable: true });
    expect(worker.terminated).toBe(true);
  });

  it('rejects with the error that the worker gives to INIT', async () => {
    const worker = new FakeWorker((_command, self) => {
      self.send({ type: 'FAILED', jobId: null, error: details({ code: 'INVALID_MESSAGE', context: { path: '/config' } }) });
    });
    expect(await rejection(connectTo(worker))).toMatchObject({ code: 'INVALID_MESSAGE', context: { path: '/config' } });
    expect(worker.terminated).toBe(true);
  });

  it('rejects a config that cannot be sent', async () => {
    const worker = new FakeWorker();
    const config = { ...CONFIG, extra: () => {} };
    const error = await rejection(BackupClient.connect(config, { worker: asWorker(worker) }));
    expect(error).toMatchObject({ code: 'INVALID_MESSAGE', context: { cause: 'DataCloneError' } });
    expect(worker.terminated).toBe(true);
  });

  it('starts worker.js beside the module by default, and the given URL otherwise', async () => {
    const started: [string, WorkerOptions][] = [];
    class Recorded extends FakeWorker {
      constructor(url: URL | string, options: WorkerOptions) {
        super();
        started.push([String(url), options]);
      }
    }
    vi.stubGlobal('Worker', Recorded);
    await BackupClient.connect(CONFIG);
    await BackupClient.connect(CONFIG, { worker: new URL('https://till.example/backup/worker.js') });
    expect(started).toEqual([
      [new URL('../src/worker.js', import.meta.url).href, { type: 'module', name: 'pos-backup' }],
      ['https://till.example/backup/worker.js', { type: 'module', name: 'pos-backup' }],
    ]);
  });

  it('says so when the browser refuses to start the worker', async () => {
    const refusal = new DOMException('refused', 'SecurityError');
    vi.stubGlobal('Worker', function refuse() {
      throw refusal;
    });
    expect(await rejection(BackupClient.connect(CONFIG))).toMatchObject({
      code: 'WORKER_FAILED',
      context: { cause: 'SecurityError' },
      cause: refusal,
    });
  });
});

describe('persistent storage', () => {
  function stubPersist(persist: () => Promise<boolean>): ReturnType<typeof vi.fn> {
    const asked = vi.fn(persist);
    vi.stubGlobal('navigator', { storage: { persist: asked } });
    return asked;
  }

  it.each([true, false])('reports the answer %s', async (answer) => {
    stubPersist(() => Promise.resolve(answer));
    expect((await connect()).client.persisted).toBe(answer);
  });

  it('is asked for once, whatever is done afterwards', async () => {
    const asked = stubPersist(() => Promise.resolve(true));
    const { client } = await connect();
    client.createBackup();
    client.createBackup();
    expect((await connect()).client.persisted).toBe(true);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('is "unsupported" where the browser has none', async () => {
    vi.stubGlobal('navigator', {});
    expect((await connect()).client.persisted).toBe('unsupported');
  });

  it('is "unsupported" where the browser refuses to say', async () => {
    stubPersist(() => Promise.reject(new TypeError('opaque origin')));
    expect((await connect()).client.persisted).toBe('unsupported');
  });

  it('does not hold up connecting while the person is asked', async () => {
    let answer = (_: boolean): void => {};
    stubPersist(() => new Promise((resolve) => (answer = resolve)));
    const { client } = await connect();
    expect(client.persisted).toBe('pending');
    const told = new Promise((resolve) => client.addEventListener('persisted', (event) => resolve(event.detail)));
    answer(true);
    expect(await told).toBe(true);
    expect(client.persisted).toBe(true);
  });
});

describe('the messages made visible', () => {
  it('hands every message to the debug function, those of connecting included', async () => {
    const seen: string[] = [];
    await connect({ debug: ({ direction, message }: ProtocolMessage) => seen.push(`${direction} ${message.type}`) });
    expect(seen).toEqual(['in LOADED', 'out INIT', 'in READY']);
  });

  it('writes them to the console on debug: true', async () => {
    const debug = vi.spyOn(console, 'debug').mockImplementation(() => {});
    await connect({ debug: true });
    expect(debug.mock.calls.map(([text]) => text)).toEqual([
      'pos-backup ← LOADED',
      'pos-backup → INIT',
      'pos-backup ← READY',
    ]);
    debug.mockRestore();
  });

  it('dispatches them as events', async () => {
    const { client, worker } = await connect();
    const seen: ProtocolMessage[] = [];
    client.addEventListener('message', (event) => seen.push(event.detail));
    const job = client.inspect({ backupId: 'b1' });
    worker.send({ type: 'CANCELLED', jobId: job.id });
    expect(seen).toEqual([
      { direction: 'out', message: { type: 'INSPECT', jobId: job.id, source: { backupId: 'b1' } } },
      { direction: 'in', message: { type: 'CANCELLED', jobId: job.id } },
    ]);
  });

  it('goes on when the one who watches fails', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { client } = await connect({
      debug: () => {
        throw new Error('watcher');
      },
    });
    expect(client.capabilities.opfs).toBe(true);
    expect(logged).toHaveBeenCalled();
    logged.mockRestore();
  });
});

it('dispatches a failure that belongs to no job', async () => {
  const { client, worker } = await connect();
  const errors: BackupError[] = [];
  client.addEventListener('error', (event) => errors.push(event.detail));
  worker.send({ type: 'FAILED', jobId: null, error: details({ code: 'NOT_YET_KNOWN' as 'INTERNAL' }) });
  expect(errors).toHaveLength(1);
  expect(errors[0]).toBeInstanceOf(BackupError);
  expect(errors[0]).toMatchObject({ code: 'NOT_YET_KNOWN', hint: 'Choose another backup.', retryable: false });
});

