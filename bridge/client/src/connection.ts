import { type BackupError, asBackupError, workerFailed } from './errors.js';
import type { ConnectOptions } from './options.js';
import type { Command, WorkerEvent } from './protocol.js';

/** One message between page and worker. */
export interface ProtocolMessage {
  /** `out`: to the worker; `in`: from it. */
  direction: 'in' | 'out';
  /** As it was posted. */
  message: Command | WorkerEvent;
}

/** The worker as seen from the page: messages out, events in, and one failure that ends it. */
export class Connection {
  /** Receives each event of the worker. */
  onEvent: (event: WorkerEvent) => void = () => {};
  /** Receives the failure of the worker, once. */
  onFailure: (error: BackupError) => void = () => {};
  /** Sees each message. */
  readonly taps: ((message: ProtocolMessage) => void)[] = [];

  readonly #worker: Worker;
  #failure: BackupError | null = null;

  /** @throws BackupError `WORKER_FAILED` when the browser refuses to start the worker */
  constructor(options: ConnectOptions) {
    if (options.debug) {
      this.taps.push(typeof options.debug === 'function' ? options.debug : writeToConsole);
    }
    this.#worker = startWorker(options.worker);
    this.#worker.addEventListener('message', (event: MessageEvent<WorkerEvent>) => {
      this.#tap('in', event.data);
      this.onEvent(event.data);
    });
    this.#worker.addEventListener('error', (event) => this.#fail(describe(event, options.worker)));
    this.#worker.addEventListener('messageerror', () => {
      this.#fail(workerFailed('A message of the backup worker could not be read.'));
    });
  }

  /** Why the worker can no longer be used, or null. */
  get failure(): BackupError | null {
    return this.#failure;
  }

  /** @throws BackupError `INVALID_MESSAGE` when the message holds what cannot be sent */
  post(command: Command): void {
    try {
      this.#worker.postMessage(command);
    } catch (error) {
      throw asBackupError(error, 'INVALID_MESSAGE', 'Give only values that can be sent to a worker: no functions.');
    }
    this.#tap('out', command);
  }

  /** Ends the worker. Only when no job runs: a database can stay stuck otherwise (WebKit). */
  terminate(): void {
    this.#worker.terminate();
  }

  #fail(error: BackupError): void {
    if (!this.#failure) {
      this.#failure = error;
      this.onFailure(error);
    }
  }

  #tap(direction: ProtocolMessage['direction'], message: ProtocolMessage['message']): void {
    for (const tap of this.taps) {
      try {
        tap({ direction, message });
      } catch (error) {
        // Whoever only watches must not stop the message.
        console.error(error);
      }
    }
  }
}

function startWorker(worker: ConnectOptions['worker']): Worker {
  try {
    if (worker === undefined) {
      // Bundlers find the worker by exactly this expression.
      return new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'pos-backup' });
    }
    if (typeof worker === 'string' || worker instanceof URL) {
      return new Worker(worker, { type: 'module', name: 'pos-backup' });
    }
    return worker;
  } catch (error) {
    throw workerFailed('The backup worker could not be started.', { cause: error instanceof Error ? error.name : '' }, error);
  }
}

/** A script that cannot be loaded gives an event without a message. */
function describe(event: ErrorEvent, worker: ConnectOptions['worker']): BackupError {
  if (!event.message) {
    const script = typeof worker === 'string' || worker instanceof URL ? `, ${worker},` : '';
    return workerFailed(`The backup worker's script${script} could not be loaded.`);
  }
  const place = event.filename ? ` (${event.filename}:${event.lineno})` : '';
  return workerFailed(`The backup worker failed: ${event.message}${place}`, {}, event.error ?? undefined);
}

function writeToConsole({ direction, message }: ProtocolMessage): void {
  console.debug(`pos-backup ${direction === 'out' ? '→' : '←'} ${message.type}`, message);
}
