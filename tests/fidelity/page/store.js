// The database that the values go through: one store with keys out of line and one with inline keys.

export const DATABASE = 'fidelity';
export const [VALUES, RECORDS] = ['values', 'records'];

/** @param {IDBRequest} request */
export const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => {
      try {
        resolve(request.result);
      } catch (error) {
        // Firefox, of a value whose class it lacks where this runs.
        reject(error);
      }
    };
    request.onerror = () => reject(request.error);
  });

/** Opens the database, and makes it where there is none. */
export async function open(name = DATABASE) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(VALUES);
    request.result.createObjectStore(RECORDS, { keyPath: 'id' });
  };
  return answer(request);
}

/**
 * Puts a value into the store with keys out of line, and into the other one if it takes it.
 *
 * @param {IDBDatabase} database
 * @throws the browser's error, where it does not store such a value
 */
export async function put(database, name, value) {
  await add(database, VALUES, value, name);
  // Chromium reads a record once to find its key, and so finds out what it could not read later.
  await add(database, RECORDS, { id: name, value }).catch(() => undefined);
}

/** Puts one record, and waits until it is committed. */
export async function add(database, store, value, key) {
  const transaction = database.transaction(store, 'readwrite');
  transaction.objectStore(store).put(value, key);
  await endOf(transaction);
}

/**
 * The value of that name, from both stores.
 *
 * @returns {Promise<{ value: unknown, record: unknown }>} undefined where there is none
 */
export async function get(database, name) {
  const transaction = database.transaction([VALUES, RECORDS]);
  const [value, record] = await Promise.all([
    answer(transaction.objectStore(VALUES).get(name)),
    answer(transaction.objectStore(RECORDS).get(name)),
  ]);
  return { value, record };
}

/** The keys in both stores. */
export async function keys(database) {
  const transaction = database.transaction([VALUES, RECORDS]);
  return Promise.all([VALUES, RECORDS].map((store) => answer(transaction.objectStore(store).getAllKeys())));
}

/** Deletes every record. */
export async function clear(database) {
  const transaction = database.transaction([VALUES, RECORDS], 'readwrite');
  for (const store of [VALUES, RECORDS]) transaction.objectStore(store).clear();
  await endOf(transaction);
}

function endOf(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
