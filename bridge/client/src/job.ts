import type { BackupError } from './errors.js';
import type { BackupStatus, StatusKind } from './protocol.js';
import { StatusIterator } from './statuses.js';

/** The events of a {@link Job}. */
export interface JobEventMap {
  /** Each update; `event.detail` is the status. */
  status: CustomEvent<BackupStatus>;
}

/** What drives a job. Not part of the public API. */
export interface JobControl<Result> {
  readonly job: Job<Result>;
  update(status: BackupStatus): void;
  succeed(result: Result): void;
  fail(error: BackupError): void;
}

/** What a job calls back. Not part of the public API. */
export interface JobHooks {
  /** The first call of `cancel()` on a job that has not ended. */
  cancel(): void;
  /** The job has ended, whichever way; called once, before the result is delivered. */
  ended(): void;
}

/** Methods, so that a job of one result is also a job of `unknown`. */
interface Settle<Result> {
  resolve(result: Result): void;
  reject(error: BackupError): void;
}

/** Makes a job. Not part of the public API. */
export let openJob: <Result>(id: string, hooks: JobHooks) => JobControl<Result>;

/**
 * A running backup, restore, plan, check or inspection.
 *
 * Follow it with `for await (const status of job)` or its `status` events, and wait for
 * {@link Job.result}. Iterating never throws: how a job failed is told by its last status and by
 * `result`. Each iterator begins with the latest status and ends after the last one.
 */
export class Job<Result> extends EventTarget implements AsyncIterable<BackupStatus> {
  /** The job's id on the wire. */
  readonly id: string;
  /**
   * What the job ends with.
   *
   * Rejects with a {@link BackupError}; a cancelled job with the code `CANCELLED`, once everything
   * is as it was before.
   */
  readonly result: Promise<Result>;

  readonly #hooks: JobHooks;
  readonly #iterators = new Set<StatusIterator>();
  #settle!: Settle<Result>;
  #status: BackupStatus;
  #ended = false;
  #cancelAsked = false;

  static {
    openJob = <Result>(id: string, hooks: JobHooks): JobControl<Result> => {
      const job = new Job<Result>(id, hooks);
      return {
        job,
        update: (status) => {
          if (!job.#ended) {
            job.#publish(status);
          }
        },
        succeed: (result) => job.#end('completed', 'Done.', () => job.#settle.resolve(result)),
        fail: (error) => {
          const kind = error.code === 'CANCELLED' ? 'cancelled' : 'failed';
          job.#end(kind, error.message, () => job.#settle.reject(error), error);
        },
      };
    };
  }

  private constructor(id: string, hooks: JobHooks) {
    super();
    this.id = id;
    this.#hooks = hooks;
    this.#status = {
      id,
      status: 'pending',
      progress: 0,
      message: 'Waiting to start.',
      timestamp: Date.now(),
      phase: 'starting',
      recordsDone: 0,
      recordsTotal: 0,
      bytesDone: 0,
    };
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Someone who only follows the statuses is told of the failure there.
    this.result.catch(() => {});
  }

  /** The latest status; `pending` until the worker has said anything. */
  get status(): BackupStatus {
    return this.#status;
  }

  /**
   * Ends the job at any moment, and undoes what it has begun. A status of the phase `cancelling`
   * says that this has been heard; {@link Job.result} rejects with `CANCELLED` when everything is as it was. A job
   * that was done before the worker heard of it still ends well. Does nothing on an ended job.
   */
  cancel(): void {
    if (!this.#ended && !this.#cancelAsked) {
      this.#cancelAsked = true;
      this.#hooks.cancel();
    }
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<BackupStatus> {
    const iterator = new StatusIterator(this.#status, () => this.#iterators.delete(iterator));
    if (this.#ended) {
      iterator.end();
    } else {
      this.#iterators.add(iterator);
    }
    return iterator;
  }

  override addEventListener<K extends keyof JobEventMap>(
    type: K,
    listener: ((this: Job<Result>, event: JobEventMap[K]) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    ...args: Parameters<EventTarget['addEventListener']>
  ): void {
    super.addEventListener(...args);
  }

  #publish(status: BackupStatus): void {
    this.#status = status;
    for (const iterator of this.#iterators) {
      iterator.push(status);
    }
    this.dispatchEvent(new CustomEvent('status', { detail: status }));
  }

  #end(kind: StatusKind, message: string, settle: () => void, error?: BackupError): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    // The worker's own last status says more; this one is for a worker that could not send it.
    const last = this.#status;
    if (last.status !== kind || last.phase !== 'ended') {
      const { table: _table, etaMs: _etaMs, error: _error, ...kept } = last;
      this.#publish({
        ...kept,
        status: kind,
        phase: 'ended',
        message,
        timestamp: Date.now(),
        progress: kind === 'completed' ? 1 : last.progress,
        ...(kind === 'failed' && error ? { error: error.toDetails() } : {}),
      });
    }
    for (const iterator of this.#iterators) {
      iterator.end();
    }
    this.#iterators.clear();
    this.#hooks.ended();
    settle();
  }
}
