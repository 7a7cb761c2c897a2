import { answerAssets } from './assets.js';
import type { Connection } from './connection.js';
import { BackupError, workerFailed } from './errors.js';
import type { AssetOptions } from './options.js';
import { type Config, PROTOCOL_VERSION, type WorkerEvent } from './protocol.js';

/** What the worker says of itself. */
export type Ready = Extract<WorkerEvent, { type: 'READY' }>;

/** What a worker is told, and how long it is waited for. */
export interface HandshakeOptions {
  config: Config;
  timeoutMs: number;
  /** How a restore that was cut off is finished or undone. */
  assetOptions: AssetOptions;
}

/**
 * Waits for `LOADED`, sends `INIT` and waits for `READY`. In between the worker may find that a restore was cut off, and
 * ask for what lies outside IndexedDB.
 *
 * Rejects with `WORKER_FAILED` when the worker fails, speaks another protocol or takes longer than
 * `timeoutMs`, and with the worker's own error when it refuses the config.
 */
export async function handshake(connection: Connection, options: HandshakeOptions): Promise<Ready> {
  const { timeoutMs } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<Ready>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(workerFailed('The backup worker did not become ready in time.', { expected: `ready in ${timeoutMs} ms` }));
      }, timeoutMs);
      connection.onFailure = reject;
      connection.onEvent = (event) => {
        try {
          const ready = answer(event, connection, options);
          if (ready) {
            resolve(ready);
          }
        } catch (error) {
          reject(error);
        }
      };
    });
  } finally {
    clearTimeout(timer);
    connection.onFailure = () => {};
    connection.onEvent = () => {};
  }
}

function answer(event: WorkerEvent, connection: Connection, { config, assetOptions }: HandshakeOptions): Ready | null {
  switch (event.type) {
    case 'LOADED':
      checkVersion(event.protocolVersion);
      connection.post({ type: 'INIT', config });
      return null;
    case 'READY':
      checkVersion(event.protocolVersion);
      return event;
    case 'APPLY_ASSETS':
      void answerAssets(connection, event, assetOptions);
      return null;
    case 'FAILED':
      throw new BackupError(event.error);
    default:
      return null;
  }
}

function checkVersion(found: number): void {
  if (found !== PROTOCOL_VERSION) {
    throw workerFailed('The backup worker is of another version than the client: serve both from one build.', {
      expected: PROTOCOL_VERSION,
      found,
    });
  }
}
