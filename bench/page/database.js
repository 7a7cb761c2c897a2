// The bench's databases, by IndexedDB's own calls.
import { TABLES, createTables, recordsAt } from './data.js';

/** The database that backups are made of. */
export const SOURCE = 'bench';
/** The database that is restored into. */
export const TARGET = 'restored';

/** An answer of IndexedDB. */
export const answerOf = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/** The end of a transaction. */
export const endOf = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = resolve;
  transaction.onabort = () => reject(transaction.error);
});

/** Opens a database, or creates it with nothing in its tables. */
export async function openDatabase(name) {
  // Dexie's version 1 is the browser's 10.
  const request = indexedDB.open(name, 10);
  request.onupgradeneeded = () => createTables(request.result);
  const database = await answerOf(request);
  database.onversionchange = () => database.close();
  return database;
}

/** Removes a database. */
export const removeDatabase = (name) => answerOf(indexedDB.deleteDatabase(name));

/** Makes an empty database of this name, whatever was there. */
export async function createEmpty(name) {
  await removeDatabase(name);
  (await openDatabase(name)).close();
}

/** Records waiting for their confirmation: without a bound the browser takes far more memory. */
const WINDOW_RECORDS = 2000;

/** Puts records one after another, a window of them at a time. `next(i)` answers `[value, key?]`. */
export function putAll(store, count, next) {
  return new Promise((resolve, reject) => {
    let [i, waiting] = [0, 0];
    const more = () => {
      for (; i < count && waiting < WINDOW_RECORDS; i += 1, waiting += 1) {
        const request = store.put(...next(i));
        request.onerror = () => reject(request.error);
        request.onsuccess = () => {
          waiting -= 1;
          more();
        };
      }
      if (waiting === 0) resolve();
    };
    more();
  });
}

/** A table's `i`th record, as `put` takes it. */
export const recordOf = ({ make, key }, i) => (key === undefined ? [make(i)] : [make(i), key(i)]);

/** Fills the tables with the data of a scale. */
export async function fill(name, scale) {
  const database = await openDatabase(name);
  for (const table of TABLES) {
    const transaction = database.transaction(table.name, 'readwrite');
    await putAll(transaction.objectStore(table.name), recordsAt(table, scale), (i) => recordOf(table, i));
    await endOf(transaction);
  }
  database.close();
}

/** How many records a page of reading has. */
const PAGE_RECORDS = 1000;

/** Reads a table page by page in a transaction; `each` is given every page's values. */
export function readTable(transaction, name, each = () => {}) {
  const store = transaction.objectStore(name);
  const { keyPath } = store;
  return new Promise((resolve, reject) => {
    const read = (range) => {
      const keys = keyPath === null ? store.getAllKeys(range, PAGE_RECORDS) : null;
      const request = store.getAll(range, PAGE_RECORDS);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const values = request.result;
        const last = keyPath === null ? keys.result.at(-1) : values.at(-1)?.[keyPath];
        if (values.length === PAGE_RECORDS) read(IDBKeyRange.lowerBound(last, true));
        each(values, keys?.result);
        if (values.length < PAGE_RECORDS) resolve();
      };
    };
    read(undefined);
  });
}

/** Changes every `nth` record of the tables that have a number of their own in each. */
export async function changeSome(name, nth) {
  const database = await openDatabase(name);
  const tables = TABLES.filter(({ autoIncrement }) => autoIncrement).map((table) => table.name);
  for (const table of tables) {
    const transaction = database.transaction(table, 'readwrite');
    const store = transaction.objectStore(table);
    const count = await answerOf(store.count());
    for (let id = nth; id <= count; id += nth) {
      store.get(id).onsuccess = ({ target }) => store.put({ ...target.result, changed: true });
    }
    await endOf(transaction);
  }
  database.close();
}
