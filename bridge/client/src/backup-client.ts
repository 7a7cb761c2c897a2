/// <reference lib="esnext.disposable" preserve="true" />
import { gatherAssets } from './assets.js';
import { Connection, type ProtocolMessage } from './connection.js';
import type { BackupError } from './errors.js';
import { type Ready, handshake } from './handshake.js';
import type { Job } from './job.js';
import { JobRunner } from './job-runner.js';
import type {
  AssetOptions,
  ConnectOptions,
  CreateBackupOptions,
  PlanRestoreOptions,
  RestoreOptions,
  SignalOption,
  UndoRestoreOptions,
  VerifyOptions,
} from './options.js';
import { configForWorker } from './migrations.js';
import { type Persisted, askToPersist } from './persistence.js';
import type {
  Assets,
  BackupResult,
  Capabilities,
  Config,
  Inspection,
  Recovered,
  RestorePlan,
  RestoreResult,
  Source,
  UndoableRestore,
  VerifyReport,
} from './protocol.js';
import { forgetEarlierPage } from './session.js';
import type { KeySelection, StorageName } from './web-storage.js';

/** How long the worker may take to become ready, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;
/** How long `connect` waits for the answer about persistent storage, in milliseconds: some browsers ask the person. */
const PERSIST_GRACE_MS = 250;

/** The events of a {@link BackupClient}. */
export interface BackupClientEventMap {
  /** A failure that belongs to no job, such as the worker's own. */
  error: CustomEvent<BackupError>;
  /** Each message to and from the worker. */
  message: CustomEvent<ProtocolMessage>;
  /** The browser's answer about persistent storage, where it came after `connect`. */
  persisted: CustomEvent<Persisted>;
}

/**
 * The backups of one database: the page's side of the worker that makes and restores them.
 *
 * Every method that starts a job returns it at once; what goes wrong is told by the job's `result`.
 */
export class BackupClient extends EventTarget {
  /** What this browser offers. */
  readonly capabilities: Capabilities;
  /** What was found and mended from a run that did not end. */
  readonly recovered: Recovered;
  readonly #connection: Connection;
  readonly #runner: JobRunner;
  readonly #assetDefaults: AssetOptions;
  #persisted: Persisted | 'pending' = 'pending';
  #undoable: UndoableRestore | null;
  #closing: Promise<void> | null = null;

  /**
   * Starts the worker and tells it which database this is about. Asks the browser for persistent
   * storage, once per page.
   *
   * Rejects with a {@link BackupError}, and ends the worker: `WORKER_FAILED` when it cannot be
   * started, speaks another version of the protocol or is not ready in time; `INVALID_MESSAGE` when
   * the config is not one.
   *
   * @example
   * ```ts
   * const client = await BackupClient.connect({ database: 'pos', actionQueue: 'actionQueue', appVersion: '2.3.0' });
   * ```
   */
  static async connect(config: Config, options: ConnectOptions = {}): Promise<BackupClient> {
    const connection = new Connection(options);
    const persisted = askToPersist();
    let client: BackupClient;
    try {
      const timeoutMs = options.timeoutMs ?? CONNECT_TIMEOUT_MS;
      const ready = await handshake(connection, {
        config: configForWorker(config),
        timeoutMs,
        assetOptions: assetOptionsOf(options),
      });
      client = new BackupClient(connection, ready, options);
    } catch (error) {
      connection.terminate();
      throw error;
    }
    if (!client.recovered.restore?.error) {
      forgetEarlierPage();
    }
    await client.#awaitPersisted(persisted);
    return client;
  }

  private constructor(connection: Connection, ready: Ready, options: ConnectOptions) {
    super();
    this.capabilities = ready.capabilities;
    this.recovered = ready.recovered;
    this.#undoable = ready.undoable ?? null;
    this.#connection = connection;
    this.#assetDefaults = assetOptionsOf(options);
    this.#runner = new JobRunner(connection, this.#assetDefaults, (error) => {
      this.#tell('error', error);
      // What is left of the worker would keep the lock and the database.
      void this.close();
    });
    connection.taps.push((message) => this.#tell('message', message));
  }

  /**
   * Whether the browser promised not to evict the page's data; `unsupported` where it cannot.
   * `pending` while it waits for the person's answer: the event `persisted` then brings it.
   */
  get persisted(): Persisted | 'pending' {
    return this.#persisted;
  }

  /** The restore that {@link undoRestore} undoes; null when there is none. Other tabs' restores are seen by the next `connect`. */
  get undoable(): UndoableRestore | null {
    return this.#undoable;
  }

  /**
   * Backs up the database, localStorage and sessionStorage, and the given config and files.
   *
   * The metadata of the last good backup stay in localStorage under `backup_metadata`.
   */
  createBackup(options: CreateBackupOptions = {}): Job<BackupResult> {
    const { signal, files, config, localStorage, sessionStorage, ...rest } = options;
    const { gatherAssets: gather } = this.#assetDefaults;
    const gathering = gather ? { ...options, gatherAssets: gather } : options;
    return this.#runner.start({
      kind: 'backup',
      signal,
      command: (jobId) => ({ type: 'CREATE_BACKUP', jobId, options: rest }),
      assets: () => gatherAssets(gathering),
    });
  }

  /** Checks the archive and says what restoring it would add, change and delete. Writes nothing. */
  planRestore(source: Source, options: PlanRestoreOptions = {}): Job<RestorePlan> {
    const { signal, ...rest } = options;
    return this.#runner.start({
      kind: 'plan',
      signal,
      command: (jobId) => ({ type: 'PLAN_RESTORE', jobId, source, options: rest }),
    });
  }

  /**
   * Puts the archive's content in place of what is there: everything or, when the job fails or is
   * cancelled, nothing. Keep the page open until it has ended.
   */
  restore(source: Source, options: RestoreOptions = {}): Job<RestoreResult> {
    const { signal, localStorage, sessionStorage, applyAssets, gatherAssets: _gather, ...rest } = options;
    const job = this.#runner.start<RestoreResult>({
      kind: 'restore',
      signal,
      command: (jobId) => ({ type: 'RESTORE', jobId, source, options: rest }),
      // Of some tables nothing else is replaced.
      ...(rest.tables === undefined && { assets: () => this.#present(options) }),
      assetOptions: { ...this.#assetDefaults, ...assetOptionsOf(options) },
    });
    return this.#rememberUndoable(job);
  }

  /**
   * What the page has, to be put back. A start or an undo knows nothing of keys that are chosen for one call: such a
   * storage is left out of what they put back.
   */
  #present(options: AssetOptions): Assets | Promise<Assets> {
    const { gatherAssets: gather = this.#assetDefaults.gatherAssets } = options;
    const selection = (name: StorageName): KeySelection => (options[name] === undefined ? (this.#assetDefaults[name] ?? true) : false);
    return gatherAssets({
      localStorage: selection('localStorage'),
      sessionStorage: selection('sessionStorage'),
      ...(gather && { gatherAssets: gather }),
    });
  }

  #rememberUndoable(job: Job<RestoreResult>): Job<RestoreResult> {
    const remember = ({ safetyBackup, metadata }: RestoreResult): void => {
      this.#undoable = safetyBackup?.stored ? { jobId: job.id, at: Date.now(), metadata, backupId: safetyBackup.backupId } : null;
    };
    // A restore that has failed has changed nothing.
    job.result.then(remember, () => {});
    return job;
  }

  /**
   * Brings back what the last restore has replaced, everything or nothing; {@link undoable} says which restore that is.
   * Changes made since are lost, unless the undo is undone in its turn. Rejects with `BACKUP_NOT_FOUND` when nothing was kept.
   */
  undoRestore(options: UndoRestoreOptions = {}): Job<RestoreResult> {
    const { signal, localStorage, sessionStorage, applyAssets, gatherAssets: _gather, ...rest } = options;
    const job = this.#runner.start<RestoreResult>({
      kind: 'undo',
      signal,
      command: (jobId) => ({ type: 'UNDO_RESTORE', jobId, options: rest }),
      assets: () => this.#present(options),
      assetOptions: { ...this.#assetDefaults, ...assetOptionsOf(options) },
    });
    return this.#rememberUndoable(job);
  }

  /** Checks every byte of the archive; ends well only when it is whole and, if that is asked for, can be restored. */
  verify(source: Source, options: VerifyOptions = {}): Job<VerifyReport> {
    const { signal, ...rest } = options;
    return this.#runner.start({
      kind: 'verify',
      signal,
      command: (jobId) => ({ type: 'VERIFY', jobId, source, options: rest }),
    });
  }

  /** Reads what the archive says of itself; its contents are not checked. */
  inspect(source: Source, options: SignalOption = {}): Job<Inspection> {
    return this.#runner.start({
      kind: 'inspect',
      signal: options.signal,
      command: (jobId) => ({ type: 'INSPECT', jobId, source }),
    });
  }

  /**
   * Cancels what is running, waits for its end and then ends the worker. A client whose worker failed closes
   * itself; wait for `close()` before connecting anew. Never rejects, and may be called again.
   */
  close(): Promise<void> {
    // The worker is not ended with a transaction under way: WebKit can leave the database stuck.
    this.#closing ??= this.#runner.stop().then(() => this.#connection.terminate());
    return this.#closing;
  }

  override addEventListener<K extends keyof BackupClientEventMap>(
    type: K,
    listener: ((this: BackupClient, event: BackupClientEventMap[K]) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
    super.addEventListener(...args);
  }

  async #awaitPersisted(asked: Promise<Persisted>): Promise<void> {
    const answered = asked.then((persisted) => {
      this.#persisted = persisted;
      this.#tell('persisted', persisted);
    });
    const grace = new Promise((resolve) => setTimeout(resolve, PERSIST_GRACE_MS));
    await Promise.race([answered, grace]);
  }

  #tell<K extends keyof BackupClientEventMap>(type: K, detail: BackupClientEventMap[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/** `await using client = …` closes it; only where the browser knows of that. */
export interface BackupClient extends AsyncDisposable {}

if (typeof Symbol.asyncDispose === 'symbol') {
  Object.defineProperty(BackupClient.prototype, Symbol.asyncDispose, {
    value(this: BackupClient) {
      return this.close();
    },
    configurable: true,
    writable: true,
  });
}

function assetOptionsOf({ localStorage, sessionStorage, applyAssets, gatherAssets }: AssetOptions): AssetOptions {
  return {
    ...(localStorage === undefined ? {} : { localStorage }),
    ...(sessionStorage === undefined ? {} : { sessionStorage }),
    ...(applyAssets === undefined ? {} : { applyAssets }),
    ...(gatherAssets === undefined ? {} : { gatherAssets }),
  };
}
