import { vi } from 'vitest';
import { BackupClient } from '../src/client.js';
import type { BackupStatus, Command, ConnectOptions, ErrorDetails, WorkerEvent } from '../src/client.js';
import type { BackupMetadata } from '../src/protocol.js';

type Answer = (command: Command, worker: FakeWorker) => void;

export const CONFIG = { database: 'pos', actionQueue: 'actionQueue', appVersion: '2.3.0' };

const workers: FakeWorker[] = [];

/** Ends all jobs that a test has left: the page's session knows of them. */
export function endJobs(): void {
  for (const worker of workers.splice(0)) {
    worker.crash('the test is over');
  }
}

/** A worker that does what the test tells it; messages are cloned as a real one's are. */
export class FakeWorker extends EventTarget {
  readonly received: Command[] = [];
  terminated = false;
  answer: Answer;

  constructor(answer: Answer = becomeReady) {
    super();
    workers.push(this);
    this.answer = answer;
    queueMicrotask(() => this.send({ type: 'LOADED', protocolVersion: 1 }));
  }

  postMessage(message: Command): void {
    const received = structuredClone(message);
    if (this.terminated) {
      return;
    }
    this.received.push(received);
    queueMicrotask(() => this.answer(received, this));
  }

  send(event: WorkerEvent): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data: structuredClone(event) }));
  }

  crash(message?: string): void {
    this.dispatchEvent(Object.assign(new Event('error'), { message }));
  }

  terminate(): void {
    this.terminated = true;
  }

  /** The commands of a type, in the order they came. */
  commands<T extends Command['type']>(type: T): Extract<Command, { type: T }>[] {
    return this.received.filter((command) => command.type === type) as Extract<Command, { type: T }>[];
  }
}

export function becomeReady(command: Command, worker: FakeWorker): void {
  if (command.type === 'INIT') {
    worker.send({
      type: 'READY',
      protocolVersion: 1,
      capabilities: { opfs: true, locks: true },
      recovered: { removedPartFiles: ['a.part'] },
    });
  }
}

export function asWorker(worker: FakeWorker): Worker {
  return worker as unknown as Worker;
}

/** A client on a worker that answers to `INIT`, and to nothing else unless the test makes it. */
export async function connect(options: ConnectOptions = {}): Promise<{ client: BackupClient; worker: FakeWorker }> {
  const worker = new FakeWorker();
  const client = await BackupClient.connect(CONFIG, { worker: asWorker(worker), ...options });
  return { client, worker };
}

/** A storage with a hook that may throw, as a full or blocked one does. */
export class FakeStorage {
  readonly entries: Map<string, string>;
  beforeSet: (key: string, value: string) => void = () => {};

  constructor(entries: Record<string, string> = {}) {
    this.entries = new Map(Object.entries(entries));
  }

  get length(): number {
    return this.entries.size;
  }

  key(index: number): string | null {
    return [...this.entries.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.entries.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.beforeSet(key, value);
    this.entries.set(key, String(value));
  }

  removeItem(key: string): void {
    this.entries.delete(key);
  }

  clear(): void {
    throw new Error('clear() would take our own keys too');
  }

  /** All but what the client remembers of its last restore. */
  toObject(): Record<string, string> {
    const { backup_restored: _, ...others } = Object.fromEntries(this.entries);
    return others;
  }
}

/** Gives the page its two storages. */
export function stubStorages(
  local: Record<string, string> = {},
  session: Record<string, string> = {},
): { local: FakeStorage; session: FakeStorage } {
  const storages = { local: new FakeStorage(local), session: new FakeStorage(session) };
  vi.stubGlobal('localStorage', storages.local);
  vi.stubGlobal('sessionStorage', storages.session);
  return storages;
}

/** Makes reading the global throw, as a browser does that blocks cookies. */
export function blockStorage(name: 'localStorage' | 'sessionStorage'): void {
  vi.stubGlobal(name, undefined);
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    },
  });
}

export function status(id: string, fields: Partial<BackupStatus> = {}): BackupStatus {
  return {
    id,
    status: 'in-progress',
    progress: 0.5,
    message: 'Reading orders.',
    timestamp: 1_700_000_000_000,
    phase: 'reading',
    recordsDone: 5,
    recordsTotal: 10,
    bytesDone: 50,
    ...fields,
  };
}

export const METADATA: BackupMetadata = {
  version: '1.0',
  id: 'b1',
  timestamp: 1_700_000_000_000,
  appVersion: '2.3.0',
  schemaVersion: 10,
  database: 'pos',
  consistency: 'snapshot',
  checksum: '00',
  size: 1,
  tables: { orders: 2 },
  actionQueueCount: 0,
  fileAssets: [],
  config: false,
  omissions: [],
};

/** The `DONE` of a backup. */
export function backupDone(jobId: string): WorkerEvent {
  const file = new Blob(['zip']) as File;
  return {
    type: 'DONE',
    jobId,
    result: { backupId: 'b1', file, archiveBytes: 3, stored: true, metadata: METADATA, warnings: [], durationMs: 1 },
  };
}

/** The `DONE` of a restore. */
export function restoreDone(jobId: string): WorkerEvent {
  return { type: 'DONE', jobId, result: { metadata: METADATA, appVersion: { archive: '2.3.0', app: '2.3.0', archiveIs: 'same' }, tables: [], warnings: [], durationMs: 1 } };
}

export function details(fields: Partial<ErrorDetails> = {}): ErrorDetails {
  return {
    code: 'ARCHIVE_DAMAGED',
    message: 'The archive is damaged.',
    hint: 'Choose another backup.',
    context: { entry: 'schema.json' },
    retryable: false,
    ...fields,
  };
}

/** Lets everything that is queued happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`resolved with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
