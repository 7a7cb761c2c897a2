import type { BackupStatus } from './protocol.js';

/**
 * The statuses of a job for one reader: what it is given when opened, then each one pushed, until
 * it is ended. A slow reader misses none; a job sends at most 20 a second.
 */
export class StatusIterator implements AsyncIterableIterator<BackupStatus> {
  readonly #waiting: ((result: IteratorResult<BackupStatus>) => void)[] = [];
  readonly #queue: BackupStatus[];
  readonly #onReturn: () => void;
  #ended = false;

  constructor(first: BackupStatus, onReturn: () => void) {
    this.#queue = [first];
    this.#onReturn = onReturn;
  }

  push(status: BackupStatus): void {
    const reader = this.#waiting.shift();
    if (reader) {
      reader({ done: false, value: status });
    } else {
      this.#queue.push(status);
    }
  }

  /** Nothing more will be pushed; what is queued is still read. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#waiting.splice(0)) {
      reader({ done: true, value: undefined });
    }
  }

  next(): Promise<IteratorResult<BackupStatus>> {
    const status = this.#queue.shift();
    if (status) {
      return Promise.resolve({ done: false, value: status });
    }
    if (this.#ended) {
      return Promise.resolve({ done: true, value: undefined });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<BackupStatus>> {
    this.#queue.length = 0;
    this.end();
    this.#onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
