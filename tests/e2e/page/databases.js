// Databases as apps make them: by Dexie, by idb, by IndexedDB's own calls. What makes one opens it again, too.
import { Dexie } from './dexie.js';
import { openDB } from './idb.js';
import { createShop } from './shop.js';

const MILLISECONDS = 1.7e12;

/** An answer of IndexedDB. */
export const answerOf = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/**
 * Opens a database, or creates it with `upgrade`, and lets go of it when another connection changes it.
 *
 * @param {(database: IDBDatabase, event: IDBVersionChangeEvent) => void} upgrade
 */
export async function openDatabase(name, version, upgrade = () => {}) {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = (event) => upgrade(request.result, event);
  const database = await answerOf(request);
  database.onversionchange = () => database.close();
  return database;
}

/** Removes a database, once nobody has it open any more. */
export async function removeDatabase(name) {
  await answerOf(indexedDB.deleteDatabase(name));
}

/** Waits until a database is gone whose creation the browser is still undoing. */
export async function undone(name) {
  for (let tries = 0; tries < 200; tries += 1) {
    // It is not opened while another connection has it, so this comes after the undoing.
    const request = indexedDB.open(name);
    let isNew = false;
    request.onupgradeneeded = () => {
      isNew = true;
      request.transaction.abort();
    };
    await answerOf(request).then((database) => database.close(), () => {});
    if (isNew && !(name in (await databases()))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${name} is still there`);
}

/** The names of all databases there are, with their versions. */
export async function databases() {
  const all = (await indexedDB.databases()).filter(({ name }) => !name.startsWith('pos-backup'));
  return Object.fromEntries(all.map(({ name, version }) => [name, version]));
}

/**
 * Ways to make a database of this name and fill it. `make` leaves it closed; `use` opens it again as the app
 * would, adds a record, closes it, and answers what it found.
 */
export const MAKERS = { Dexie: byDexie(), idb: byIdb(), 'plain calls': byPlainCalls() };

function byDexie() {
  return {
    async make(name) {
      await createShop({ name });
      globalThis.shop.close();
    },
    async use(name) {
      const shop = new Dexie(name);
      let upgraded = false;
      shop.version(1).stores({
        products: '++id, &sku, *tags, [category+name]', customers: 'id, &email', settings: '', log: '++', moves: '[product+at+ref], at',
        nested: 'head.id', nothing: '++id', 'Größe / "1" \\ ..': 'id', '..': 'id', actionQueue: '++id, createdAt',
      }).upgrade(() => { upgraded = true; });
      await shop.open();
      // Dexie goes up a version when the stores are not as it declares them.
      const native = shop.backendDB().version;
      const found = {
        upgraded, native,
        tagged: await shop.products.where('tags').equals('all').count(),
        category: await shop.products.where('[category+name]').between(['c1', ''], ['c1', '\uffff']).count(),
        email: (await shop.customers.where('email').equals('k7@example.org').first()).id,
        refused: await shop.customers.add({ id: 'new', email: 'k7@example.org' }).then(() => null, (error) => error.name),
        id: await shop.nothing.add({}),
      };
      shop.close();
      return found;
    },
  };
}

function byIdb() {
  const upgrade = (database) => {
    const articles = database.createObjectStore('articles', { keyPath: 'id', autoIncrement: true });
    articles.createIndex('date', 'date');
    articles.createIndex('tags', 'tags', { multiEntry: true });
    database.createObjectStore('keyval');
  };
  return {
    async make(name) {
      const database = await openDB(name, 3, { upgrade });
      const transaction = database.transaction('articles', 'readwrite');
      for (let i = 0; i < 300; i += 1) {
        await transaction.store.add({ title: `Article ${i}`, date: new Date(MILLISECONDS + (i % 50)), tags: [`t${i % 4}`, i], body: 'So I heard you like '.repeat(i % 20) });
      }
      await transaction.done;
      await database.delete('articles', 300);
      await database.put('keyval', new Map([['a', new Date(1)]]), 'map');
      await database.put('keyval', undefined, [1, new Date(2)]);
      database.close();
    },
    async use(name) {
      let upgraded = false;
      const database = await openDB(name, 3, { upgrade: () => { upgraded = true; } });
      const found = {
        upgraded, native: database.version,
        dated: await database.countFromIndex('articles', 'date', new Date(MILLISECONDS + 7)),
        tagged: await database.countFromIndex('articles', 'tags', 't1'),
        map: [...await database.get('keyval', 'map')].map(([key, at]) => [key, at.getTime()]),
        id: await database.add('articles', { title: 'next' }),
      };
      database.close();
      return found;
    },
  };
}

function byPlainCalls() {
  const VERSION = 3_000_000_000;
  const stores = {
    'compound': { keyPath: ['a', 'b.c'] },
    'compound of one': { keyPath: ['id'] },
    'dotted': { keyPath: 'head.id.of' },
    'the value itself': { keyPath: '' },
    'out of line': {},
    'generated out of line': { autoIncrement: true },
    'generated': { keyPath: 'id', autoIncrement: true },
    'generated, dotted': { keyPath: 'head.id', autoIncrement: true },
    'generated, after a fraction': { keyPath: 'id', autoIncrement: true },
    'generated, all gone': { keyPath: 'id', autoIncrement: true },
    'generated, never': { keyPath: 'id', autoIncrement: true },
    'generated, to the last key': { autoIncrement: true },
    'generated, one before the last key': { autoIncrement: true },
    '': { keyPath: 'id' },
    'Lager / "1" \\ .. 😀': { keyPath: 'id' },
  };
  const indexes = {
    'generated': [
      ['one', 'n', {}], ['unique', 'id', { unique: true }], ['many', 'tags', { multiEntry: true }],
      ['many, unique', 'own', { multiEntry: true, unique: true }], ['compound', ['n', 'head.id'], {}],
      ['compound, unique', ['n', 'id'], { unique: true }], ['compound of one', ['n'], {}], ['dotted', 'head.at', {}],
      ['', 'text.length', {}], ['Größe / "1" \\ .. 😀', 'n', {}],
    ],
    'out of line': [['the value itself', '', {}], ['length', 'length', {}]],
    'generated, never': [['of nothing', 'n', { unique: true }]],
  };
  const fill = {
    'compound': (i) => [{ a: i % 7, b: { c: new Date(i) } }],
    'compound of one': (i) => [{ id: `id ${i}` }],
    'dotted': (i) => [{ head: { id: { of: i / 3 } } }],
    'the value itself': (i) => [i % 2 ? `text ${i}` : new Date(i)],
    'out of line': (i) => [i % 3 ? `value ${i}` : { n: i }, [i, `key ${i}`]],
    'generated out of line': (i) => [`line ${i}`],
    'generated': (i) => [{ n: i % 9, tags: ['all', i % 5, new Date(i % 3)], own: [`own ${i}`, [i, 'too']], head: { id: `h${i % 4}`, at: i % 2 ? new Date(i) : false }, text: 'x'.repeat(i % 30) }],
    'generated, dotted': (i) => [{ head: { name: i } }],
    'generated, after a fraction': (i) => [i === 20 ? { id: 7777.5 } : { id: i / 2 + 1 }],
    'generated, all gone': () => [{}],
    'generated, to the last key': (i) => [i, i === 20 ? 2 ** 53 : undefined],
    'generated, one before the last key': (i) => [i, i === 20 ? 2 ** 53 - 1 : undefined],
    '': (i) => [{ id: i }],
    'Lager / "1" \\ .. 😀': (i) => [{ id: i }],
  };
  return {
    async make(name) {
      const database = await openDatabase(name, VERSION, (database) => {
        for (const [store, options] of Object.entries(stores)) {
          const created = database.createObjectStore(store, options);
          for (const [index, keyPath, options] of indexes[store] ?? []) created.createIndex(index, keyPath, options);
        }
      });
      const transaction = database.transaction(Object.keys(stores), 'readwrite');
      for (const [store, record] of Object.entries(fill)) {
        for (let i = 0; i < 21; i += 1) {
          const [value, key] = record(i);
          transaction.objectStore(store).add(value, key);
        }
      }
      transaction.objectStore('generated, all gone').clear();
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
      database.close();
    },
    async use(name) {
      let upgraded = false;
      const database = await openDatabase(name, VERSION, () => { upgraded = true; });
      const found = { upgraded, native: database.version };
      const store = database.transaction('generated', 'readwrite').objectStore('generated');
      found.id = await answerOf(store.add({}));
      database.close();
      return found;
    },
  };
}
