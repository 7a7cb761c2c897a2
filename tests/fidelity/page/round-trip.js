// From the stores into an archive and back.
import { BackupClient } from '/client.js';
import { DATABASE, clear } from './store.js';

/** What went wrong with a job, in values that can leave the page. */
export class JobFailed extends Error {
  constructor(step, details) {
    super(`${step}: ${details.code ?? ''} ${details.message}`);
    this.step = step;
    this.details = details;
  }
}

let client;

/** Waits for a job of the client, which goes on after a failure unless its worker broke down. */
async function run(step, start) {
  client ??= await BackupClient.connect({ database: DATABASE, appVersion: '1.0.0' });
  try {
    return await start(client).result;
  } catch (error) {
    const details = error.toDetails?.() ?? { message: String(error?.stack ?? error) };
    if (details.code === 'WORKER_FAILED') {
      void client.close();
      client = undefined;
    }
    throw new JobFailed(step, details);
  }
}

/** @returns what a backup ends with; its file is an archive of all that the stores hold */
export function backUp(options = {}) {
  return run('backup', (client) => client.createBackup(options));
}

/** What an archive says of itself. */
export function inspect(file) {
  return run('inspection', (client) => client.inspect(file));
}

/** Deletes all records and brings back those of the archive. */
export async function wipeAndRestore(database, file) {
  await clear(database);
  return run('restore', (client) => client.restore(file));
}
