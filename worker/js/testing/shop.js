// Databases for the worker's browser suites, made by a real Dexie as an app makes them.
import { Dexie } from './dexie.js';
import { difference } from './difference.js';

/**
 * Creates a shop with every kind of table, as an app would.
 * @param {string} name
 * @param {number} rows in each of the larger tables
 */
export async function createShop(name, rows) {
  await Dexie.delete(name);
  const shop = new Dexie(name);
  shop.version(1).stores({
    products: '++id, &sku, *tags',
    orders: '++id, at, [customer+at]',
    moves: '[product+at]',
    settings: '',
    visits: '++',
    empty: 'id',
    actionQueue: '++id',
  });
  await shop.open();
  const count = (/** @type {number} */ length, /** @type {(i: number) => unknown} */ row) => Array.from({ length }, (_, i) => row(i));
  await shop.table('products').bulkAdd(count(rows, (i) => ({
    sku: `S${i}`,
    name: `Product ${i}`,
    price: i * 7,
    tags: ['a', `t${i % 5}`],
    image: i % 50 === 0 ? new Blob([new Uint8Array(200).fill(i)], { type: 'image/png' }) : undefined,
  })));
  await shop.table('orders').bulkAdd(count(rows, (i) => ({
    at: new Date(1.7e12 + i * 1000),
    customer: `C${i % 17}`,
    lines: [{ product: i, quantity: 1 }, { product: i + 1, quantity: 2 }],
  })));
  await shop.table('moves').bulkAdd(count(rows, (i) => ({ product: i % 9, at: new Date(i * 60_000), quantity: -i })));
  const settings = [new Map([['a', new Set([1n, -0])]]), 'text', undefined, null, new Uint16Array([1, 2, 3]), { nested: { deep: [NaN] } }];
  const keys = [-Infinity, 1.5, 'name', new Date(5), new Uint8Array([1, 2]).buffer, [2, ['x', new Date(7)]]];
  await shop.table('settings').bulkAdd(settings, keys);
  await shop.table('visits').bulkAdd(count(rows, (i) => `visit ${i}`));
  await shop.table('actionQueue').bulkAdd(count(5, (i) => ({ type: 'sync', attempt: i, createdAt: new Date(i) })));
  shop.close();
}

/** @param {string} name */
export async function deleteShop(name) {
  await Dexie.delete(name);
}

/** @param {string} name */
export async function exists(name) {
  return (await indexedDB.databases()).some((database) => database.name === name);
}

/**
 * All keys and values of all stores, by plain IndexedDB.
 * @param {string} name
 * @returns {Promise<unknown>}
 */
export async function dump(name) {
  const database = await open(name);
  const stores = [...database.objectStoreNames];
  const transaction = database.transaction(stores);
  const content = await Promise.all(stores.map(async (store) => [
    store,
    await answer(transaction.objectStore(store).getAllKeys()),
    await answer(transaction.objectStore(store).getAll()),
  ]));
  database.close();
  return content;
}

/**
 * @param {unknown} actual
 * @param {unknown} expected
 */
export function differs(actual, expected) {
  return difference(actual, expected, (blob) => new FileReaderSync().readAsArrayBuffer(blob));
}

/**
 * Puts one value out of line, or in line without a key.
 * @param {string} name
 * @param {string} store
 * @param {unknown} value
 * @param {IDBValidKey} [key]
 */
export async function put(name, store, value, key) {
  const database = await open(name);
  const key_ = await answer(database.transaction(store, 'readwrite').objectStore(store).put(value, key));
  database.close();
  return key_;
}

/**
 * Small records, and large ones after them.
 * @param {string} name
 */
export async function createGrowing(name) {
  await Dexie.delete(name);
  const shop = new Dexie(name);
  shop.version(1).stores({ notes: 'id' });
  const notes = Array.from({ length: 1200 }, (_, id) => ({ id, text: id < 1000 ? 'small' : 'large'.repeat(20_000) }));
  await shop.table('notes').bulkAdd(notes);
  shop.close();
}

/**
 * A database of tables whose keys come from a generator, from the app though there is one, or from the app alone.
 * @param {string} name
 * @param {number} rows
 */
export async function createKeys(name, rows) {
  await Dexie.delete(name);
  const shop = new Dexie(name);
  shop.version(1).stores({ few: '++', generated: '++', halfDeleted: '++', names: '++', natural: 'id', times: '++', usedUp: '++' });
  const all = Array.from({ length: rows }, (_, i) => i);
  await shop.table('few').bulkAdd(all.slice(0, 7));
  await shop.table('generated').bulkAdd(all);
  await shop.table('halfDeleted').bulkAdd([...all, ...all]);
  await shop.table('halfDeleted').where(':id').above(0).filter((i) => i % 2 === 0).delete();
  await shop.table('names').bulkAdd(all, all.map((i) => `name ${i}`));
  await shop.table('natural').bulkAdd(all.map((id) => ({ id })));
  await shop.table('times').bulkAdd(all, all.map((i) => 1.7e12 + i * 60_000));
  await shop.table('usedUp').add(0, 2 ** 53);
  shop.close();
}

/**
 * Empties a store.
 * @param {string} name
 * @param {string} store
 */
export async function clear(name, store) {
  const database = await open(name);
  await answer(database.transaction(store, 'readwrite').objectStore(store).clear());
  database.close();
}

/**
 * A writer that keeps a store to itself for a while; returns once it has it.
 * @param {string} name
 * @param {string} store
 * @param {number} milliseconds
 */
export async function occupy(name, store, milliseconds) {
  const database = await open(name);
  const objects = database.transaction(store, 'readwrite').objectStore(store);
  const until = performance.now() + milliseconds;
  await answer(objects.count());
  const goOn = () => {
    if (performance.now() < until) objects.count().onsuccess = goOn;
    else database.close();
  };
  objects.count().onsuccess = goOn;
}

/** A value that no archive can hold. */
export function unsupported() {
  // A time that is none, as of microseconds that were taken for milliseconds.
  return { fine: 1, pattern: { inner: new File(['x'], 'x', { lastModified: 1e16 }) } };
}

/** @param {string} name @returns {Promise<IDBDatabase>} */
function open(name) {
  return answer(indexedDB.open(name));
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @type {string[]} */
const uncaught = [];
globalThis.addEventListener('error', (event) => uncaught.push(event.message));
globalThis.addEventListener('unhandledrejection', (event) => uncaught.push(String(event.reason)));

/** Errors that nobody caught since the last call: a request's closure dropped too early is one. */
export function uncaughtErrors() {
  return uncaught.splice(0).join('; ');
}
