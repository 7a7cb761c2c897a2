import { type ApplyAssetsEvent, answerAssets, hasPageAssets } from './assets.js';
import type { Connection } from './connection.js';
import { BackupError, asBackupError, cancelled, clientClosed, messageOf } from './errors.js';
import { type Job, type JobControl, openJob } from './job.js';
import { newJobId } from './job-id.js';
import { recordsNotNull } from './nulls.js';
import type { AssetOptions } from './options.js';
import type { Assets, BackupResult, Command, JobResult, RestoreResult, WorkerEvent } from './protocol.js';
import { type JobKind, noteBackup, noteEnded, noteStarted } from './session.js';

/** How long a failed worker is given to end its jobs before it is left, in milliseconds. */
const FAILED_WORKER_GRACE_MS = 1_000;

type CommandOfJob = Extract<Command, { type: 'CREATE_BACKUP' | 'PLAN_RESTORE' | 'RESTORE' | 'UNDO_RESTORE' | 'VERIFY' | 'INSPECT' }>;

/** A job to be started. */
export interface JobRequest {
  kind: JobKind;
  /** The command with this id. */
  command(jobId: string): CommandOfJob;
  /** What the command takes along of what lies outside IndexedDB; what it throws fails the job. */
  assets?(): Assets | Promise<Assets>;
  signal?: AbortSignal | undefined;
  assetOptions?: AssetOptions;
}

/** A job that the worker has not ended. */
interface Running {
  request: JobRequest;
  control: JobControl<JobResult>;
  /** The archive holds config or files, and nobody to take them over. */
  leftInArchive: boolean;
  /** Whether the worker knows of it. */
  isPosted: boolean;
}

/** Starts jobs in the worker and leads its events to them. */
export class JobRunner {
  readonly #connection: Connection;
  readonly #assetDefaults: AssetOptions;
  readonly #onError: (error: BackupError) => void;
  readonly #running = new Map<string, Running>();
  /** One after another, so that an undo never overtakes what it undoes. */
  #takingOver: Promise<void> = Promise.resolve();
  #stopping = false;
  #idle: (() => void) | null = null;

  /** @param onError - receives the failures that belong to no job */
  constructor(connection: Connection, assetDefaults: AssetOptions, onError: (error: BackupError) => void) {
    this.#connection = connection;
    this.#assetDefaults = assetDefaults;
    this.#onError = onError;
    connection.onEvent = (event) => this.#onEvent(event);
    connection.onFailure = (error) => this.#onFailure(error);
  }

  start<Result extends JobResult>(request: JobRequest): Job<Result> {
    const { kind, signal } = request;
    const jobId = newJobId();
    const onAbort = (): void => control.job.cancel();
    const control = openJob<Result>(jobId, {
      cancel: () => {
        if (this.#running.get(jobId)?.isPosted === false) {
          this.#end(jobId, () => control.fail(cancelled(signal?.reason)));
        } else {
          this.#connection.post({ type: 'CANCEL', jobId });
        }
      },
      ended: () => {
        signal?.removeEventListener('abort', onAbort);
        noteEnded(jobId);
      },
    });
    try {
      this.#assertUsable();
      if (signal?.aborted) {
        throw cancelled(signal.reason);
      }
      const command = request.command(jobId);
      const assets = request.assets?.();
      const running = { request, control: control as JobControl<JobResult>, leftInArchive: false, isPosted: false };
      this.#running.set(jobId, running);
      noteStarted(jobId, kind);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (assets instanceof Promise) {
        void this.#postWith(command, assets, running);
      } else {
        this.#post(command, assets, running);
      }
    } catch (error) {
      this.#running.delete(jobId);
      control.fail(notStarted(error));
    }
    return control.job;
  }

  async #postWith(command: CommandOfJob, assets: Promise<Assets>, running: Running): Promise<void> {
    const { jobId } = command;
    try {
      const gathered = await assets;
      // It may have been cancelled meanwhile.
      if (this.#running.has(jobId)) {
        this.#assertUsable();
        this.#post(command, gathered, running);
      }
    } catch (error) {
      this.#end(jobId, ({ control }) => control.fail(notStarted(error)));
    }
  }

  #post(command: CommandOfJob, assets: Assets | undefined, running: Running): void {
    this.#connection.post(assets === undefined ? command : ({ ...command, assets } as CommandOfJob));
    running.isPosted = true;
  }

  /**
   * Refuses new jobs, cancels the running ones and waits for their end. A worker that has failed
   * may never tell of it, and is waited for a moment only.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const { control } of this.#running.values()) {
      control.job.cancel();
    }
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#running.size === 0) {
        resolve();
      } else if (this.#connection.failure) {
        setTimeout(resolve, FAILED_WORKER_GRACE_MS);
      }
    });
  }

  #assertUsable(): void {
    if (this.#connection.failure) {
      throw this.#connection.failure;
    }
    if (this.#stopping) {
      throw clientClosed();
    }
  }

  #onEvent(event: WorkerEvent): void {
    switch (event.type) {
      case 'STATUS':
        this.#running.get(event.jobId)?.control.update(event.status);
        return;
      case 'APPLY_ASSETS':
        this.#takingOver = this.#takingOver.then(() => this.#takeOver(event));
        return;
      case 'MAKE_FILE_LIST':
        this.#makeFileList(event.jobId, event.files);
        return;
      case 'CHECK_NULLS':
        void this.#checkNulls(event.jobId, event.database, event.table, event.keys);
        return;
      case 'DONE':
        this.#end(event.jobId, (running) => succeed(running, event.result));
        return;
      case 'CANCELLED':
        this.#end(event.jobId, ({ control, request: { signal } }) => {
          control.fail(cancelled(signal?.aborted ? signal.reason : undefined));
        });
        return;
      case 'FAILED': {
        const error = new BackupError(event.error);
        if (event.jobId === null) {
          this.#onError(error);
        } else {
          this.#end(event.jobId, ({ control }) => control.fail(error));
        }
        return;
      }
    }
  }

  #end(jobId: string, how: (running: Running) => void): void {
    const running = this.#running.get(jobId);
    if (!running) {
      return;
    }
    this.#running.delete(jobId);
    how(running);
    if (this.#running.size === 0) {
      this.#idle?.();
    }
  }

  /**
   * The jobs are over for the page. An uncaught error need not have stopped the worker, so it is
   * told to undo what it was doing, and `stop` still waits for that.
   */
  #onFailure(error: BackupError): void {
    for (const { control } of this.#running.values()) {
      control.job.cancel();
      control.fail(error);
    }
    this.#onError(error);
    if (this.#idle) {
      setTimeout(this.#idle, FAILED_WORKER_GRACE_MS);
    }
  }

  /** A page has the larger stack: it can read what a worker cannot. */
  async #checkNulls(jobId: string, database: string, table: string, keys: IDBValidKey[]): Promise<void> {
    // Without an answer the worker warns of them.
    const notNull = await recordsNotNull(database, table, keys).catch(() => undefined);
    this.#connection.post({ type: 'NULLS_CHECKED', jobId, ...(notNull && { notNull }) });
  }

  /** Workers lack the only thing that makes FileLists. */
  #makeFileList(jobId: string, files: File[]): void {
    try {
      const transfer = new DataTransfer();
      for (const file of files) {
        transfer.items.add(file);
      }
      this.#connection.post({ type: 'FILE_LIST_MADE', jobId, list: transfer.files });
    } catch (error) {
      this.#connection.post({ type: 'FILE_LIST_MADE', jobId, error: messageOf(error) });
    }
  }

  /** What a job that has ended took over late is undone by the defaults. */
  async #takeOver(event: ApplyAssetsEvent): Promise<void> {
    const running = this.#running.get(event.jobId);
    const options = running?.request.assetOptions ?? this.#assetDefaults;
    if (running && !options.applyAssets && hasPageAssets(event.assets)) {
      running.leftInArchive = true;
    }
    await answerAssets(this.#connection, event, options);
  }
}

function notStarted(error: unknown): BackupError {
  return asBackupError(error, 'STORAGE_FAILED', 'Check that the browser lets this page use its storage.');
}

function succeed({ request, control, leftInArchive }: Running, result: JobResult): void {
  if (request.kind === 'backup') {
    noteBackup((result as BackupResult).metadata);
  }
  control.succeed(leftInArchive ? withWarning(result as RestoreResult) : result);
}

function withWarning(result: RestoreResult): RestoreResult {
  const message = 'The archive also holds a config or files of the app; this page did not take them over.';
  return { ...result, warnings: [...result.warnings, { message }] };
}
