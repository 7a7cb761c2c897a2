// A restore writes what differs, and no more; the plan says beforehand what that is.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { freshPages } from '../lib/browser.js';

const NOTHING = { unchanged: 0, add: 0, change: 0, delete: 0 };

describe('what differs', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
  });
  beforeEach(() => page.evaluate(() => {
    /** Plans, restores, and answers both with what was written. */
    globalThis.planAndRestore = async (options = {}) => {
      const { result: plan, error: planError } = await e2e.outcome(client.planRestore(archive, options));
      if (planError) return { planError, error: (await e2e.outcome(client.restore(archive, options))).error };
      await e2e.writes();
      const { result, error } = await e2e.outcome(client.restore(archive, options));
      return { plan: plan.tables, done: result?.tables, error, written: await e2e.writes() };
    };
    globalThis.connect = () => e2e.connect({}, { worker: '/e2e/counting-worker.js' });
  }));

  const byTable = (tables) => Object.fromEntries(tables.map(({ table, unchanged, add, change, delete: gone }) => [table, { unchanged, add, change, delete: gone }]));
  /** What is planned is done, and written, and nothing else. */
  function assertDone({ plan, done, written, error }, expected) {
    assert.equal(error, undefined, JSON.stringify(error));
    assert.deepEqual(byTable(done), byTable(plan));
    for (const [table, numbers] of Object.entries(expected)) assert.deepEqual(byTable(plan)[table], { ...NOTHING, ...numbers }, table);
    for (const { table, add, change, delete: gone } of plan) {
      const { put, clear, delete: deletions } = written[table] ?? { put: 0, clear: 0, delete: 0 };
      // A generator is moved on by a record that is put and deleted again.
      assert.ok(put === add + change || put === add + change + 1, `${table}: ${put} puts for ${add} + ${change}`);
      // Where an index is unique, what is overwritten is deleted first.
      assert.ok(deletions <= gone + change + 1, `${table}: ${deletions} deletions for ${gone}`);
      assert.equal(clear, 0);
    }
  }

  test('read once more before the commit, values of every kind are what the archive holds', async () => {
    const { before, after, phases } = await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      await Promise.all([shop.products, shop.settings, shop.log, shop.nested].map((table) => table.clear()));
      const { error, statuses } = await e2e.outcome(client.restore(archive, { validate: 'full' }));
      if (error) throw new Error(JSON.stringify(error));
      return { before, after: await e2e.dump('pos', { records: true }), phases: statuses.map(({ phase }) => phase) };
    });
    assert.deepEqual(after, before);
    assert.ok(phases.includes('validating'), phases.join(' '));
  });

  test('a value that is not written as it was given fails the restore, if it is read once more', async () => {
    const { error, untouched, after, counted } = await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect({}, { worker: '/e2e/altering-worker.js' });
      await e2e.backUp();
      await shop.customers.clear();
      const untouched = await e2e.dump('pos');
      const { error } = await e2e.outcome(client.restore(archive, { validate: 'full' }));
      const after = await e2e.dump('pos');
      await client.close();
      await e2e.connect({}, { worker: '/e2e/altering-worker.js' });
      const counted = (await e2e.outcome(client.restore(archive))).error;
      return { error, untouched, after, counted };
    });
    assert.equal(error?.code, 'VALIDATION_FAILED', JSON.stringify(error));
    assert.equal(error.context.table, 'customers');
    assert.equal(error.context.key, 'k-0');
    assert.deepEqual(after, untouched);
    assert.equal(counted, undefined, 'the number of records is right');
  });

  test('values of every kind', async () => {
    const { outcome, same, before, after } = await page.evaluate(async () => {
      await e2e.createShop();
      await connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      const same = await planAndRestore();
      await shop.products.update(3, { name: 'another' });
      await shop.products.bulkDelete([5, 6, 7]);
      await shop.customers.put({ id: 'k-0', email: 'changed@example.org' });
      await shop.customers.bulkAdd([{ id: 'new', email: 'new' }, { id: '', email: 'first' }]);
      await shop.settings.bulkDelete([-Infinity, 'config', []]);
      await shop.settings.put('put', new Uint8Array([1, 2, 255]).buffer);
      await shop.log.clear();
      await shop.nothing.bulkAdd([{}, {}]);
      const outcome = await planAndRestore();
      return { outcome, same, before, after: await e2e.dump('pos', { records: true }) };
    });
    const count = (name) => before.stores.find((store) => store.name === name).count;
    assertDone(same, Object.fromEntries(before.stores.map((store) => [store.name, { unchanged: store.count }])));
    assertDone(outcome, {
      products: { unchanged: count('products') - 4, add: 3, change: 1 },
      customers: { unchanged: count('customers') - 1, change: 1, delete: 2 },
      settings: { unchanged: count('settings') - 4, add: 3, change: 1 },
      log: { add: count('log') },
      nothing: { delete: 2 },
      moves: { unchanged: count('moves') },
    });
    assert.deepEqual(outcome.plan.find(({ table }) => table === 'customers').examples, { add: [], change: ['k-0'], delete: ['', 'new'] });
    assert.deepEqual(after, before);
  });

  test('keys of every kind', async () => {
    const { outcome, expected, before, after } = await page.evaluate(async () => {
      await e2e.createKeys();
      await connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      const database = await e2e.openDatabase('pos');
      const expected = {};
      for (const name of database.objectStoreNames) {
        const store = database.transaction(name, 'readwrite').objectStore(name);
        const numbers = { unchanged: 0, add: 0, change: 0, delete: 0 };
        await new Promise((resolve, reject) => {
          let row = 0;
          const request = store.openCursor();
          request.onerror = () => reject(request.error);
          request.onsuccess = () => {
            const cursor = request.result;
            if (cursor === null) return resolve();
            row += 1;
            // Alone, and in runs.
            if (row % 97 === 0 || (row > 500 && row < 520)) {
              cursor.delete();
              numbers.add += 1;
            } else if (row % 89 === 0 && store.keyPath === null) {
              cursor.update('another');
              numbers.change += 1;
            } else {
              numbers.unchanged += 1;
            }
            cursor.continue();
          };
        });
        expected[name] = numbers;
      }
      database.close();
      const outcome = await planAndRestore();
      return { outcome, expected, before, after: await e2e.dump('pos', { records: true }) };
    });
    assertDone(outcome, expected);
    assert.deepEqual(after, before);
  });

  for (const [mode, ids, numbers] of [
    ['replace', [[1, 'a'], [2, 'b'], [3, 'c']], { unchanged: 1, add: 1, change: 1, delete: 2 }],
    ['merge', [[1, 'a'], [2, 'b'], [3, 'c'], [4, 'd'], [5, 'e']], { unchanged: 3, add: 1, change: 1 }],
    ['fill', [[1, 'a'], [2, 'live'], [3, 'c'], [4, 'd'], [5, 'e']], { unchanged: 4, add: 1 }],
  ]) {
    test(`in the mode '${mode}'`, async () => {
      const { outcome, live } = await page.evaluate(async (mode) => {
        await e2e.createWith({ rows: [[1, 'a'], [2, 'b'], [3, 'c']] });
        await connect();
        await e2e.backUp();
        const database = await e2e.openDatabase('pos');
        const rows = database.transaction('rows', 'readwrite').objectStore('rows');
        rows.put('live', 2);
        rows.delete(3);
        rows.put('d', 4);
        await e2e.answerOf(rows.put('e', 5));
        const outcome = await planAndRestore({ mode });
        const store = database.transaction('rows').objectStore('rows');
        const [keys, values] = await Promise.all([e2e.answerOf(store.getAllKeys()), e2e.answerOf(store.getAll())]);
        database.close();
        return { outcome, live: keys.map((key, i) => [key, values[i]]) };
      }, mode);
      assertDone(outcome, { rows: numbers });
      assert.deepEqual(live, ids);
    });
  }

  test('records that have exchanged what a unique index holds', async () => {
    const { outcome, before, after } = await page.evaluate(async () => {
      const database = await e2e.openDatabase('pos', 1, (d) => d.createObjectStore('rows', { keyPath: 'id' }).createIndex('sku', 'sku', { unique: true }));
      const rows = () => database.transaction('rows', 'readwrite').objectStore('rows');
      const filling = rows();
      for (let id = 0; id < 3000; id += 1) filling.put({ id, sku: `s${id}` });
      await e2e.answerOf(filling.count());
      await connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      // In a circle, and one to a record that is new.
      const store = rows();
      for (const id of [1, 2, 2500, 2999, 5]) store.delete(id);
      for (const [id, sku] of [[1, 's2500'], [2, 's1'], [2500, 's2'], [2999, 's2998x'], [9999, 's5'], [7, 's7']]) store.put({ id, sku });
      await e2e.answerOf(store.count());
      const outcome = await planAndRestore();
      const after = await e2e.dump('pos', { records: true });
      const again = await planAndRestore();
      database.close();
      return { outcome, before, after, again };
    });
    const numbers = { unchanged: 2995, add: 1, change: 4, delete: 1 };
    assert.deepEqual([byTable(outcome.plan).rows, byTable(outcome.done).rows], [numbers, numbers]);
    assert.equal(outcome.written.rows.put, 5);
    assert.deepEqual(after, before);
  });

  test('large values, and live ones that no archive can hold', async () => {
    const { outcome, before, after } = await page.evaluate(async () => {
      const blob = (n) => new Blob([new Uint8Array(6000 + n).fill(n)]);
      await e2e.createWith({ rows: [1, 2, 3, 4, 5, 6].map((n) => [n, { n, blob: blob(n), bytes: new Uint8Array(5000).fill(n) }]) });
      await connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      const secret = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
      const database = await e2e.openDatabase('pos');
      const rows = database.transaction('rows', 'readwrite').objectStore('rows');
      rows.put({ n: 2, blob: blob(9), bytes: new Uint8Array(5000).fill(2) }, 2);
      rows.put({ n: 3, blob: blob(3), bytes: new Uint8Array(5000).fill(3), secret }, 3);
      rows.put(secret, 4);
      rows.put(secret, 4.5);
      rows.put(secret, 0);
      await e2e.answerOf(rows.put({ secret }, 9));
      database.close();
      const outcome = await planAndRestore();
      return { outcome, before, after: await e2e.dump('pos', { records: true }) };
    });
    assertDone(outcome, { rows: { unchanged: 3, change: 3, delete: 3 } });
    assert.deepEqual(after, before);
  });

  test('a live record that no worker can read', async () => {
    const { outcome, before, after } = await page.evaluate(async () => {
      await e2e.createWith({ rows: [[1, 'a'], [2, null], [3, 'c']] });
      await connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      let deep = {};
      for (let i = 0; i < 1800; i += 1) deep = { deep };
      const database = await e2e.openDatabase('pos');
      const rows = database.transaction('rows', 'readwrite').objectStore('rows');
      rows.put(deep, 3);
      await e2e.answerOf(rows.put(deep, 4));
      database.close();
      const outcome = await planAndRestore();
      return { outcome, before, after: await e2e.dump('pos', { records: true }) };
    });
    assertDone(outcome, { rows: { unchanged: 2, change: 1, delete: 1 } });
    assert.deepEqual(after, before);
  });

  test('numbers for keys that JSON readers round', async () => {
    const { outcome, before, after } = await page.evaluate(async () => {
      const keys = Array.from({ length: 300 }, () => Math.random() * 1000);
      await e2e.createWith({ rows: keys.map((key) => [key, 'value']) });
      await connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      const secret = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
      const database = await e2e.openDatabase('pos');
      const rows = database.transaction('rows', 'readwrite').objectStore('rows');
      for (const key of keys.slice(0, 150)) rows.put({ secret }, key);
      for (const key of keys.slice(150, 250)) rows.put(secret, key);
      for (const key of keys.slice(150, 250)) rows.put(secret, key + 1000);
      await e2e.answerOf(rows.count());
      database.close();
      const outcome = await planAndRestore();
      return { outcome, before, after: await e2e.dump('pos', { records: true }) };
    });
    assertDone(outcome, { rows: { unchanged: 50, change: 250, delete: 100 } });
    assert.deepEqual(after, before);
  });

  test('a table whose lines do not say its keys is replaced as a whole', async () => {
    const { outcome, merged, before, after } = await page.evaluate(async () => {
      const database = await e2e.openDatabase('pos', 1, (d) => d.createObjectStore('files', { keyPath: 'file.name' }));
      const put = (names) => {
        const files = database.transaction('files', 'readwrite').objectStore('files');
        return Promise.all(names.map((name) => e2e.answerOf(files.put({ file: new File([name], name, { lastModified: 5 }) }))));
      };
      await put(['a', 'b', 'c']);
      await connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      await put(['d']);
      database.close();
      const merged = await planAndRestore({ mode: 'merge' });
      const outcome = await planAndRestore();
      return { outcome, merged, before, after: await e2e.dump('pos', { records: true }) };
    });
    assert.deepEqual([merged.error.code, merged.error.context.table], ['UNSUPPORTED_VALUE', 'files']);
    assert.deepEqual(byTable(outcome.plan).files, { unchanged: 0, add: 3, change: 0, delete: 4 });
    assert.deepEqual(byTable(outcome.done), byTable(outcome.plan));
    assert.deepEqual(after, before);
  });

  test('what is written between plan and restore does not slip through', async () => {
    const { before, after } = await page.evaluate(async () => {
      await e2e.createOrders({ rows: 3000 });
      await connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      await shop.orders.delete(7);
      await client.planRestore(archive).result;
      await shop.orders.update(8, { note: 'later' });
      await shop.orders.add({ number: 'later' });
      await client.restore(archive).result;
      return { before, after: await e2e.dump('pos', { records: true }) };
    });
    assert.deepEqual(after, before);
  });
});
