// Values that no worker of this browser can read and store, ours no more than any other: Chromium reads
// `null` in their place, or fails.
import { difference } from './difference.js';
import { JobFailed, backUp } from './round-trip.js';
import { VALUES, add, answer, clear } from './store.js';

const [ORIGINAL, COPY] = ['original', 'copy'];

/**
 * What there is to say of such a value; null for one that a worker can copy.
 *
 * @param {IDBDatabase} database - its records are deleted
 * @param {unknown} value - as IndexedDB gives it to the page
 * @returns {Promise<{ ok: boolean, outcome: string } | null>}
 */
export async function beyondWorkers(database, value) {
  await clear(database);
  await add(database, VALUES, value, ORIGINAL);
  if (await aWorkerCanCopy(database, value)) return null;
  try {
    await backUp();
    return { ok: false, outcome: 'lost: no worker can read and store it, and a backup passes over it in silence' };
  } catch (error) {
    if (!(error instanceof JobFailed)) throw error;
    return { ok: true, outcome: `platform: no worker can read and store it; refused: ${error.details.code}` };
  }
}

async function aWorkerCanCopy(database, value) {
  const worker = new Worker(new URL('./copying-worker.js', import.meta.url), { type: 'module' });
  const failure = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve(message);
    worker.postMessage({ from: ORIGINAL, to: COPY });
  });
  worker.terminate();
  if (failure !== null) return false;
  const copy = await answer(database.transaction(VALUES).objectStore(VALUES).get(COPY));
  return (await difference(value, copy)) === null;
}
