// How deep values may be nested that IndexedDB stores and gives back, in a page and in a worker: it ends
// where the browser's own code runs out of stack. Measured below a property of a record, which is deeper by
// one than the value itself.
import { depthOf, nested } from '../values/nested.js';
import { answer } from './store.js';

const DEEPEST = 20_000;

/**
 * @typedef {object} Depths - numbers of objects in one another
 * @property {number} inPage
 * @property {number} inWorker
 * @property {number} tried - deeper was not looked for
 */

/** @returns {Promise<Depths>} */
export async function deepest() {
  return { inPage: await deepestHere('depth-in-page'), inWorker: await deepestInWorker(), tried: DEEPEST };
}

/** The same in whatever this runs in, by bisection. */
export async function deepestHere(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore('records', { keyPath: 'id' });
  const database = await answer(request);
  let [possible, impossible] = (await comesBack(database, DEEPEST)) ? [DEEPEST, DEEPEST + 1] : [1, DEEPEST];
  while (impossible - possible > 1) {
    const depth = Math.ceil((possible + impossible) / 2);
    if (await comesBack(database, depth)) possible = depth;
    else impossible = depth;
  }
  database.close();
  await answer(indexedDB.deleteDatabase(name));
  return possible;
}

async function comesBack(database, depth) {
  const store = () => database.transaction('records', 'readwrite').objectStore('records');
  try {
    await answer(store().put({ id: 1, value: nested(depth) }));
    return depthOf((await answer(store().get(1))).value) === depth;
  } catch {
    return false;
  }
}

function deepestInWorker() {
  const worker = new Worker(new URL('./deepest-worker.js', import.meta.url), { type: 'module' });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  }).finally(() => worker.terminate());
}
