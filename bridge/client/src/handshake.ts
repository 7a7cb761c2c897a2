import type { Connection } from './connection.js';
import { BackupError, workerFailed } from './errors.js';
import { type Config, PROTOCOL_VERSION, type WorkerEvent } from './protocol.js';

/** What the worker says of itself. */
export type Ready = Extract<WorkerEvent, { type: 'READY' }>;

/**
 * Waits for `LOADED`, sends `INIT` and waits for `READY`.
 *
 * Rejects with `WORKER_FAILED` when the worker fails, speaks another protocol or takes longer than
 * `timeoutMs`, and with the worker's own error when it refuses the config.
 */
export async function handshake(connection: Connection, config: Config, timeoutMs: number): Promise<Ready> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<Ready>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(workerFailed('The backup worker did not become ready in time.', { expected: `ready in ${timeoutMs} ms` }));
      }, timeoutMs);
      connection.onFailure = reject;
      connection.onEvent = (event) => {
        try {
          const ready = answer(event, connection, config);
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

function answer(event: WorkerEvent, connection: Connection, config: Config): Ready | null {
  switch (event.type) {
    case 'LOADED':
      checkVersion(event.protocolVersion);
      connection.post({ type: 'INIT', config });
      return null;
    case 'READY':
      checkVersion(event.protocolVersion);
      return event;
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
