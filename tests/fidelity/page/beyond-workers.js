// Whether a worker of this browser can read and store a value at all: ours cannot do more.
import { difference } from './difference.js';
import { VALUES, add, answer } from './store.js';

const [ORIGINAL, COPY] = ['original', 'copy'];

/**
 * @param {IDBDatabase} database - holds nothing that is still needed under the names used here
 * @param {unknown} value - as IndexedDB gives it to the page
 * @returns {Promise<boolean>}
 */
export async function aWorkerCanCopy(database, value) {
  const store = () => database.transaction(VALUES, 'readwrite').objectStore(VALUES);
  await add(database, VALUES, value, ORIGINAL);
  const worker = new Worker(new URL('./copying-worker.js', import.meta.url), { type: 'module' });
  const failure = await new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve(message);
    worker.postMessage({ from: ORIGINAL, to: COPY });
  });
  worker.terminate();
  const copied = failure === null && (await difference(value, await answer(store().get(COPY)))) === null;
  await answer(store().delete(ORIGINAL));
  await answer(store().delete(COPY));
  return copied;
}
