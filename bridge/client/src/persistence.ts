/** Whether the browser promised not to evict the page's data; `unsupported` where it cannot say. */
export type Persisted = boolean | 'unsupported';

/** One question per page, for some browsers put it to the person. */
const asked = new WeakMap<StorageManager, Promise<Persisted>>();

/** Asks for persistent storage, or recalls the answer. Never rejects. */
export function askToPersist(): Promise<Persisted> {
  const storage = globalThis.navigator?.storage as StorageManager | undefined;
  if (typeof storage?.persist !== 'function') {
    return Promise.resolve('unsupported');
  }
  let answer = asked.get(storage);
  if (!answer) {
    answer = ask(storage);
    asked.set(storage, answer);
  }
  return answer;
}

async function ask(storage: StorageManager): Promise<Persisted> {
  try {
    return await storage.persist();
  } catch {
    // Pages without an origin of their own have no storage to keep.
    return 'unsupported';
  }
}
