// A database of random records under random keys, by fast-check; bundled with it for the page.
import fc from 'fast-check';
import { key, record } from '../../../worker/js/testing/arbitraries.js';
import { difference } from '../../../worker/js/testing/difference.js';
import { answerOf, openDatabase } from './databases.js';

const open = () => openDatabase('pos', 1, (database) => {
  database.createObjectStore('out-of-line');
  database.createObjectStore('inline', { keyPath: 'head.id' });
});

/** Makes the database. The same seed gives the same records. */
export async function createRandom(seed, rows) {
  const database = await open();
  const transaction = database.transaction(database.objectStoreNames, 'readwrite');
  for (const [value, id] of fc.sample(fc.tuple(record, key), { seed, numRuns: rows })) {
    transaction.objectStore('out-of-line').put(value, id);
    transaction.objectStore('inline').put({ value, head: { id } });
  }
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  database.close();
}

/** Everything in it, store by store. */
export async function readRandom() {
  const database = await open();
  const contents = [];
  for (const name of database.objectStoreNames) {
    const store = database.transaction(name).objectStore(name);
    contents.push({ name, values: await answerOf(store.getAll()), keys: await answerOf(store.getAllKeys()) });
  }
  database.close();
  return contents;
}

/** Where two readings of it differ; undefined when nothing does. */
export const randomDifference = (after, before) => difference(after, before, () => { throw new Error('no Blobs here'); });
