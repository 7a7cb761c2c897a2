// A shop whose data lies everywhere: tables, localStorage, sessionStorage, and a config in a database of its own.
import { connect } from './jobs.js';
import { dump } from './state.js';

const CONFIG_DATABASE = 'config';

async function inConfig(mode, use) {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(CONFIG_DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('config');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const transaction = database.transaction('config', mode);
  const request = use(transaction.objectStore('config'));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  database.close();
  return request.result;
}

const readConfig = () => inConfig('readonly', (store) => store.get('config'));
const writeConfig = (config) => inConfig('readwrite', (store) => store.put(config, 'config'));

export function setSession(name) {
  for (let i = 0; i < 5; i += 1) sessionStorage.setItem(`session ${i}`, name);
}

/** Gives all that lies outside the tables this name. */
export async function setAll(name) {
  for (let i = 0; i < 20; i += 1) localStorage.setItem(`key ${i}`, `${name} ${i}`);
  localStorage.setItem(`only ${name}`, 'x');
  localStorage.removeItem(name === 'old' ? 'only new' : 'only old');
  setSession(name);
  await writeConfig({ name });
}

/** Connects as an app does that lets all of it be restored. */
export function connectShop(options = {}) {
  const gatherAssets = async () => ({ config: await readConfig() });
  const applyAssets = async ({ config }) => {
    const before = await readConfig();
    await writeConfig(config);
    return { config: before };
  };
  return connect({}, { gatherAssets, applyAssets, ...options });
}

/** All of it, but for what the client itself keeps. */
export async function shopState() {
  const own = ([key]) => !key.startsWith('backup_');
  const entries = (storage) => Object.entries(storage).filter(own).sort();
  return {
    tables: await dump('pos'),
    localStorage: entries(localStorage),
    config: await readConfig(),
    sessionStorage: entries(sessionStorage),
  };
}
