// Databases that are unlike a till's: without stores, with very many, with very large values.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkedElsewhere, pull } from '../lib/archive.js';
import { freshPages } from '../lib/browser.js';

describe('extremes', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
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

  // Near the limits of a worker's stack: whatever a backup takes, a restore gives back.
  for (const [kind, from, to] of [['arrays', 1700, 1900], ['objects', 1180, 1300], ['maps', 2400, 2700]]) {
    test(`${kind} nested ${from} deep and deeper, until they are refused`, async () => {
      const results = await page.evaluate(
        async ([kind, from, to]) => {
          const nest = { arrays: (value) => [value], objects: (value) => ({ value }), maps: (value) => new Map([[0, value]]) }[kind];
          const inside = { arrays: ([value]) => value, objects: ({ value }) => value, maps: (value) => value.get(0) }[kind];
          await e2e.createShop({ rows: 3 });
          await e2e.connect();
          const results = [];
          for (let depth = from; depth <= to; depth += (to - from) / 10) {
            let value = null;
            for (let i = 0; i < depth; i += 1) value = nest(value);
            await shop.customers.put({ id: 'deep', email: 'deep', value });
            const { file, error } = await client.createBackup().result.catch((error) => ({ error }));
            if (file === undefined) {
              results.push(error.code);
              continue;
            }
            await shop.customers.clear();
            await client.restore(file).result;
            let kept = 0;
            // The dump's own walk is not made for so many levels.
            for (let at = (await shop.customers.get('deep')).value; at !== null; at = inside(at)) kept += 1;
            results.push(kept - depth);
          }
          return results;
        },
        [kind, from, to],
      );
      const refused = results.indexOf('UNSUPPORTED_VALUE');
      assert.ok(refused > 0, `${results}`);
      assert.deepEqual(new Set(results.slice(0, refused)), new Set([0]));
      assert.deepEqual(new Set(results.slice(refused)), new Set(['UNSUPPORTED_VALUE']));
    });
  }

  test('arrays nested so deep that a worker cannot store them again: refused with their place, or left out', async () => {
    const { error, omissions, kept } = await page.evaluate(async () => {
      await e2e.createShop({ rows: 3 });
      await e2e.connect();
      let value = [];
      for (let i = 1; i < 2450; i += 1) value = [value];
      await shop.customers.put({ id: 'deep', email: 'deep', value });
      const { code, context } = await client.createBackup().result.catch((error) => error);
      const { file, metadata } = await client.createBackup({ onUnsupported: 'omit' }).result;
      const before = await shop.customers.count();
      await client.restore(file).result;
      return { error: { code, context }, omissions: metadata.omissions, kept: [before, await shop.customers.count()] };
    });
    const { table, key, path, found } = error.context;
    assert.deepEqual([error.code, table, key, path], ['UNSUPPORTED_VALUE', 'customers', 'deep', '']);
    assert.deepEqual(omissions, [{ table, key, path, found }]);
    assert.equal(kept[1], kept[0] - 1);
  });

  test('six values of 20 MiB', async () => {
    const { before, after } = await roundTrip({ files: 'id' }, async (shop) => {
      for (let id = 0; id < 6; id += 1) await shop.files.add({ id, image: id % 2 ? new Blob([new Uint8Array(20 * 1024 * 1024).fill(id)]) : new Uint8Array(20 * 1024 * 1024).fill(id) });
    });
    assert.deepEqual(after, before);
    assert.equal(after.stores[0].count, 6);
  });
});
