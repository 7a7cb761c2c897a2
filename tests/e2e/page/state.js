// What this origin keeps, so that "as it was before" can be asserted.

/** What a database holds; see dump-worker.js. */
export function dump(name, options = {}) {
  const worker = new Worker(new URL('./dump-worker.js', import.meta.url));
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(`${name}: ${data.error}`)) : resolve(data.dump));
    worker.postMessage({ name, ...options });
  }).finally(() => worker.terminate());
}

/** Every file below `pos-backup/` in the origin private file system, with its size in bytes. */
export async function storedFiles() {
  const files = {};
  const walk = async (directory, path) => {
    for await (const [name, handle] of directory.entries()) {
      if (handle.kind === 'directory') await walk(handle, `${path}${name}/`);
      else files[path + name] = (await handle.getFile()).size;
    }
  };
  await walk(await navigator.storage.getDirectory(), '');
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Everything that is the app's: all databases, all files, localStorage and sessionStorage. */
export async function state(options = { nextKeys: true }) {
  const databases = {};
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('pos-backup')) databases[name] = await dump(name, options);
  }
  return {
    databases,
    files: await storedFiles(),
    localStorage: appsOwn(localStorage),
    sessionStorage: appsOwn(sessionStorage),
  };
}

/** A storage without what the client remembers of its last restore. */
function appsOwn(storage) {
  const { backup_restored: _, ...own } = storage;
  return own;
}

/** Removes everything that the origin keeps. */
export async function wipe() {
  for (const { name } of await indexedDB.databases()) {
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = () => reject(request.error);
      request.onblocked = () => reject(new Error(`${name} is open`));
    });
  }
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  localStorage.clear();
  sessionStorage.clear();
}
