// Says what IndexedDB databases hold, exactly: a classic worker without imports, so that it also
// runs from a blob: URL in a page that does not serve it. None of it is code of pos-backup.
//
// Asked with { name, records?, nextKeys?, mediaTypes?, indexEntries? } it answers { version, stores: [...] }; a store
// is { name, keyPath, autoIncrement, indexes, count, digest, batches } and on request nextKey and records; an index
// has entries on request.

/** Records per read; the digest depends on it. */
const BATCH = 500;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(bytes) {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/**
 * A value as text: the same text for the same value only, types, identities and order included. With a
 * list `binaries` the bytes go there and only their number is in the text.
 */
function canonical(value, { mediaTypes = true, binaries } = {}) {
  const seen = new Map();
  const buffer = (bytes) => {
    // A copy: a Blob cannot be made of a resizable buffer.
    binaries?.push(new Uint8Array(bytes).slice());
    return binaries ? bytes.byteLength : hex(new Uint8Array(bytes));
  };
  const blob = (content) => {
    binaries?.push(content);
    return binaries ? content.size : hex(new Uint8Array(new FileReaderSync().readAsArrayBuffer(content)));
  };
  const write = (value) => {
    switch (typeof value) {
      case 'undefined':
        return 'u';
      case 'boolean':
        return value ? 't' : 'f';
      case 'number':
        return Object.is(value, -0) ? '-0' : String(value);
      case 'bigint':
        return `${value}n`;
      case 'string':
        return JSON.stringify(value);
      default:
        return value === null ? 'null' : object(value);
    }
  };
  const object = (value) => {
    const known = seen.get(value);
    if (known !== undefined) return `@${known}`;
    seen.set(value, seen.size);
    const kind = Object.prototype.toString.call(value).slice(8, -1);
    if (kind === 'Object') return `{${fields(value)}}`;
    if (kind === 'Array') return `[${value.length}:${fields(value)}]`;
    if (kind === 'Date') return `D${value.getTime()}`;
    if (kind === 'Map') return `M(${[...value].map(([key, item]) => `${write(key)}=>${write(item)}`).join()})`;
    if (kind === 'Set') return `S(${[...value].map(write).join()})`;
    if (kind === 'ArrayBuffer') return `B${value.maxByteLength}:${buffer(value)}`;
    if (ArrayBuffer.isView(value)) return `${kind}(${value.byteOffset},${value.byteLength},${write(value.buffer)})`;
    if (kind === 'Blob' || kind === 'File') {
      const named = kind === 'File' ? `${JSON.stringify(value.name)},${value.lastModified},` : '';
      return `${kind}(${named}${mediaTypes ? JSON.stringify(value.type) : ''},${blob(value)})`;
    }
    return `${kind}<${String(value)}>{${fields(value)}}`;
  };
  const fields = (value) => {
    let text = '';
    for (const name of Object.keys(value)) text += `${JSON.stringify(name)}:${write(value[name])},`;
    return text;
  };
  return write(value);
}

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function open(name) {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.transaction.abort();
  const database = await answer(request);
  database.onversionchange = () => database.close();
  return database;
}

async function sha256(parts) {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', await new Blob(parts).arrayBuffer())));
}

async function dumpStore(database, name, { records: keepRecords, nextKeys, mediaTypes, indexEntries }) {
  const store = database.transaction(name).objectStore(name);
  const { keyPath, autoIncrement } = store;
  const indexes = [...store.indexNames].map((index) => {
    const { keyPath, unique, multiEntry } = store.index(index);
    return { name: index, keyPath, unique, multiEntry };
  });
  for (const index of indexEntries ? indexes : []) index.entries = await entriesOf(store.index(index.name));
  const dump = { name, keyPath, autoIncrement, indexes, count: 0, digest: '', batches: [] };
  const records = [];
  for (let range = null; ; ) {
    // Both are asked for at once: nothing else may be awaited within a transaction.
    const store = database.transaction(name).objectStore(name);
    const [keys, values] = await Promise.all([answer(store.getAllKeys(range, BATCH)), answer(store.getAll(range, BATCH))]);
    const parts = [dump.digest];
    for (const [i, key] of keys.entries()) {
      const binaries = [];
      parts.push(`${canonical(key)} ${canonical(values[i], { mediaTypes, binaries })}\n`, ...binaries);
      if (keepRecords) records.push(`${canonical(key)} ${canonical(values[i], { mediaTypes })}`);
    }
    dump.count += keys.length;
    dump.digest = await sha256(parts);
    dump.batches.push(dump.digest);
    if (keys.length < BATCH) break;
    range = IDBKeyRange.lowerBound(keys.at(-1), true);
  }
  if (keepRecords) dump.records = records;
  if (nextKeys && autoIncrement) dump.nextKey = await nextKey(database, name);
  return dump;
}

/** What an index leads to, in its order. */
function entriesOf(index) {
  const entries = [];
  const request = index.openKeyCursor();
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor === null) return resolve(entries);
      entries.push(`${canonical(cursor.key)} ${canonical(cursor.primaryKey)}`);
      cursor.continue();
    };
  });
}

/**
 * An aborted transaction gives its keys back. With a Blob in the record Chromium never writes it: else its rollback
 * takes longer the more was written since the start.
 */
async function nextKey(database, name) {
  const transaction = database.transaction(name, 'readwrite');
  const key = await answer(transaction.objectStore(name).add({ blob: new Blob(['']) })).catch(() => null);
  await new Promise((ended) => {
    transaction.onabort = ended;
    transaction.abort();
  });
  return key;
}

onmessage = async ({ data }) => {
  try {
    const database = await open(data.name);
    const stores = [];
    for (const name of database.objectStoreNames) stores.push(await dumpStore(database, name, data));
    database.close();
    postMessage({ dump: { version: database.version, stores } });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
