// Who waits for a job, and for how long: a writer in another tab, and whoever cancels.
import { kept } from './archives.js';
import { SOURCE, TARGET, changeSome, createEmpty, removeDatabase } from './database.js';
import { connect, follow, removeBackups } from './pos-backup.js';
import { startWorker } from './workers.js';

export { removeBackups };

let sales;

/** Begins to write a sale every 50 ms. */
export async function startSales() {
  sales = startWorker('./sales-worker.js');
  await sales.ask('start');
}

/** Ends it. Milliseconds that each sale waited which was begun between these times (since the Unix epoch). */
export async function stopSales(from, to) {
  const waits = await sales.ask('stop');
  sales.end();
  return waits.filter(({ start }) => start >= from && start <= to).map(({ ms }) => ms);
}

/** A backup, and when it was: milliseconds since the Unix epoch. */
export async function backUp(consistency) {
  const client = await connect(SOURCE);
  const now = () => performance.timeOrigin + performance.now();
  const from = now();
  await follow(client.createBackup({ consistency }));
  const to = now();
  client.close();
  return [from, to];
}

const KINDS = {
  'backup': { database: SOURCE, start: (client) => client.createBackup() },
  'restore, 1 % changed': { database: SOURCE, prepare: () => changeSome(SOURCE, 100), start: (client, archive) => client.restore(archive), clean: () => {} },
  'restore, all': {
    database: TARGET,
    prepare: () => createEmpty(TARGET),
    start: (client, archive) => client.restore(archive, { anyDatabase: true }),
    clean: () => removeDatabase(TARGET),
  },
};

export const cancelKinds = () => Object.keys(KINDS);

let canceling;

/** Makes ready to cancel jobs of a kind; answers how long one takes that is not cancelled, in milliseconds. */
export async function prepareCancels(kind) {
  const { database, prepare, start } = KINDS[kind];
  await prepare?.();
  const client = await connect(database);
  const archive = await kept('pos-backup');
  const begun = performance.now();
  await start(client, archive).result;
  const ms = performance.now() - begun;
  canceling = { kind, client, archive };
  return ms;
}

/** Cancels a job so many milliseconds after its start. Milliseconds to the first status that says so, and to the end. */
export async function cancelAfter(ms) {
  const { kind, client, archive } = canceling;
  const { start, prepare } = KINDS[kind];
  await prepare?.();
  const job = start(client, archive);
  const ended = job.result.then(() => 'DONE', ({ code }) => code);
  await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), ended]);
  const asked = performance.now();
  let toldMs;
  job.addEventListener('status', ({ detail }) => {
    if (detail.phase === 'cancelling' || detail.status === 'cancelled') toldMs ??= performance.now() - asked;
  });
  job.cancel();
  const end = await ended;
  return { end, toldMs, endMs: performance.now() - asked };
}

/** Leaves the database as it was. */
export async function endCancels() {
  const { kind, client, archive } = canceling;
  if (KINDS[kind].database === SOURCE) await client.restore(archive).result;
  client.close();
  await KINDS[kind].clean?.();
}
