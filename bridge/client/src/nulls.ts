/**
 * Which of these records are not null.
 *
 * @returns indexes of `keys`
 */
export async function recordsNotNull(database: string, table: string, keys: IDBValidKey[]): Promise<number[]> {
  const opened = await openExisting(database);
  try {
    const store = opened.transaction(table, 'readonly').objectStore(table);
    const values = await Promise.all(keys.map((key) => answer(store.get(key))));
    return values.flatMap((value, index) => (value === null || value === undefined ? [] : [index]));
  } finally {
    opened.close();
  }
}

function openExisting(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  // It is only asked for an upgrade when it does not exist.
  request.onupgradeneeded = () => request.transaction?.abort();
  return answer(request);
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
