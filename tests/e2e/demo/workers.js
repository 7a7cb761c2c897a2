// Workers of the driver in the demo page, from blob: URLs: the page serves no files of the tests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DUMP = readFileSync(join(import.meta.dirname, '../page/dump-worker.js'), 'utf8');

/** Runs a worker until its first message, which it answers. */
function runWorker(page, source, message) {
  return page.evaluate(
    ([source, message]) => {
      const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
      const worker = new Worker(url);
      return new Promise((resolve, reject) => {
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }) => resolve(data);
        worker.postMessage(message);
      }).finally(() => {
        worker.terminate();
        URL.revokeObjectURL(url);
      });
    },
    [source, message],
  );
}

/** What a database holds, as digests of every record with its types; see dump-worker.js. */
export async function dump(page, name, options = {}) {
  const { dump, error } = await runWorker(page, DUMP, { name, nextKeys: true, ...options });
  if (error) throw new Error(`${name}: ${error}`);
  return dump;
}

/** Runs in a worker: reads every record, tables side by side, and keeps nothing. */
function reading() {
  const BATCH = 1000;
  const SIDE_BY_SIDE = 4;
  onmessage = ({ data: name }) => {
    const opening = indexedDB.open(name);
    opening.onsuccess = () => {
      const database = opening.result;
      const waiting = [...database.objectStoreNames];
      const transaction = database.transaction(waiting);
      let records = 0;
      transaction.oncomplete = () => {
        database.close();
        postMessage(records);
      };
      const next = (store, range) => {
        const values = store.getAll(range, BATCH);
        const keys = store.getAllKeys(range, BATCH);
        keys.onsuccess = () => {
          records += values.result.length;
          if (keys.result.length === BATCH) next(store, IDBKeyRange.lowerBound(keys.result.at(-1), true));
          else begin();
        };
      };
      const begin = () => {
        const table = waiting.shift();
        if (table !== undefined) next(transaction.objectStore(table), null);
      };
      for (let i = 0; i < SIDE_BY_SIDE; i += 1) begin();
    };
  };
}

/** Merely reads all tables of a database in a worker of its own; answers the number of records. */
export function mereReading(page, name) {
  return runWorker(page, `(${reading})()`, name);
}
