// Databases that are unlike a till's: without stores, with very many, with very large values.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { checkedElsewhere, pull } from '../lib/archive.js';
import { launchSuite } from '../lib/browser.js';

const MIB = 1024 * 1024;

describe('extremes', () => {
  let suite;
  let page;

  before(async () => {
    suite = await launchSuite();
  });
  after(() => suite?.close());

  beforeEach(async () => {
    await page?.close();
    page = await suite.openPage();
    await page.evaluate(() => e2e.wipe());
  });

  /** Makes a database of these stores, backs it up, clears it, restores it. */
  const roundTrip = (stores, fill) =>
    page.evaluate(
      async ([stores, fill]) => {
        const shop = new e2e.Dexie('pos', { cache: 'disabled' });
        shop.version(1).stores(stores);
        await shop.open();
        globalThis.shop = shop;
        await (0, eval)(`(${fill})`)(shop);
        await e2e.connect();
        const before = await e2e.dump('pos');
        const { metadata } = await e2e.backUp();
        for (const table of shop.tables) await table.clear();
        await client.restore(archive).result;
        return { before, after: await e2e.dump('pos'), metadata };
      },
      [stores, String(fill)],
    );

  test('a database without stores', async () => {
    const result = await page.evaluate(async () => {
      await new Promise((resolve, reject) => {
        const request = indexedDB.open('pos', 1);
        request.onsuccess = () => resolve(request.result.close());
        request.onerror = () => reject(request.error);
      });
      localStorage.setItem('key', 'old');
      await e2e.connect();
      const { metadata } = await e2e.backUp();
      localStorage.setItem('key', 'new');
      const { tables } = await client.restore(archive).result;
      return { metadata, tables, key: localStorage.getItem('key') };
    });
    assert.deepEqual([result.metadata.tables, result.tables, result.key], [{}, [], 'old']);
    checkedElsewhere(await pull(page));
  });

  test('an action queue that the database does not have is none', async () => {
    const { metadata } = await roundTrip({ orders: 'id' }, (shop) => shop.orders.add({ id: 1 }));
    assert.deepEqual([metadata.tables, metadata.actionQueueCount], [{ orders: 1 }, 0]);
  });

  test('two hundred stores', async () => {
    const stores = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`store ${i}`, i % 2 ? '++id' : 'id']));
    const { before, after } = await roundTrip(stores, (shop) => Promise.all(shop.tables.map((table, i) => table.bulkAdd(Array.from({ length: i % 7 }, (_, n) => ({ id: n + 1, at: new Date(n) }))))));
    assert.deepEqual(after, before);
  });

  test('records of every size, in one table', async () => {
    const { before, after } = await roundTrip({ files: '++id' }, async (shop) => {
      for (let i = 0; i < 40; i += 1) await shop.files.add({ bytes: crypto.getRandomValues(new Uint8Array(2 ** (i % 16))), many: new Uint8Array(2 ** (i % 22)).fill(i) });
    });
    assert.deepEqual(after, before);
    checkedElsewhere(await pull(page));
  });

  test('six values of 20 MiB', async () => {
    const { before, after } = await roundTrip({ files: 'id' }, async (shop) => {
      for (let id = 0; id < 6; id += 1) await shop.files.add({ id, image: id % 2 ? new Blob([new Uint8Array(20 * 1024 * 1024).fill(id)]) : new Uint8Array(20 * 1024 * 1024).fill(id) });
    });
    assert.deepEqual(after, before);
    assert.equal(after.stores[0].count, 6);
  });

  const tooLarge = {
    'an ArrayBuffer of more than 32 MiB': { make: `new ArrayBuffer(${32 * MIB + 1})`, path: '/value' },
    'a Blob of more than 32 MiB': { make: `[new Blob([new Uint8Array(${32 * MIB + 1})])]`, path: '/value/0' },
    'arrays nested 2,500 deep': { code: 'UNSUPPORTED_VALUE', make: '(() => { let value = []; for (let i = 0; i < 2500; i += 1) value = [value]; return value; })()' },
  };
  for (const [name, { make, path, code = 'VALUE_TOO_LARGE' }] of Object.entries(tooLarge)) {
    test(`${name}: refused with its place`, async () => {
      const { before, after, error } = await page.evaluate(async (make) => {
        await e2e.createShop({ rows: 3 });
        await e2e.connect();
        await shop.customers.put({ id: 'large', email: 'large', value: (0, eval)(make) });
        const before = [await e2e.storedFiles(), await shop.customers.count()];
        const { error } = await e2e.outcome(client.createBackup());
        return { before, after: [await e2e.storedFiles(), await shop.customers.count()], error };
      }, make);
      assert.equal(error?.code, code, JSON.stringify(error));
      assert.deepEqual([error.context.table, error.context.key], ['customers', 'large']);
      if (path) assert.equal(error.context.path, path);
      assert.deepEqual(after, before);
    });
  }
});
