// What the browser refuses in the middle of a restore: each has its code, names what it was, and leaves the old data whole.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { freshPages } from '../lib/browser.js';

describe('what a restore cannot write', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
  });
  beforeEach(() => page.evaluate(() => {
    /** Restores, and says whether everything is as before, the files too. */
    globalThis.refused = async (options = {}, archive = globalThis.archive) => {
      const before = JSON.stringify(await e2e.state());
      const { error } = await e2e.outcome(client.restore(archive, options));
      return { error, same: JSON.stringify(await e2e.state()) === before, next: (await e2e.outcome(client.verify(archive))).error };
    };
  }));

  function assertRefused({ error, same, next }, code, context) {
    assert.equal(error?.code, code, JSON.stringify(error));
    for (const [name, value] of Object.entries(context)) assert.deepEqual(error.context[name], value, name);
    assert.ok(error.hint.length > 0);
    assert.equal(same, true, 'not everything is as it was');
    assert.equal(next, undefined, 'the worker goes on');
  }

  test('a record whose unique value another one has that stays', async () => {
    assertRefused(
      await page.evaluate(async () => {
        await e2e.createOrders({ rows: 2000 });
        await e2e.connect();
        await e2e.backUp();
        await shop.orders.delete(1500);
        await shop.orders.add({ ...e2e.order(1499), id: 9000 });
        return refused({ mode: 'merge' });
      }),
      'DATABASE_FAILED',
      { table: 'orders', key: 1500, cause: 'ConstraintError' },
    );
  });

  test('a record that a store of another make rejects', async () => {
    assertRefused(
      await page.evaluate(async () => {
        const fill = (unique) => e2e.openDatabase('pos', 1, (database) => {
          const store = database.createObjectStore('codes', { keyPath: 'id' });
          store.createIndex('code', 'code', { unique });
          database.createObjectStore('others', { autoIncrement: true });
        });
        const put = (database, records) => new Promise((resolve, reject) => {
          const transaction = database.transaction('codes', 'readwrite');
          for (const record of records) transaction.objectStore('codes').put(record);
          transaction.oncomplete = resolve;
          transaction.onabort = () => reject(transaction.error);
        });
        let database = await fill(false);
        await put(database, [1, 2, 3].map((id) => ({ id, code: id === 3 ? 'same' : id === 2 ? 'same' : 'other' })));
        database.close();
        await e2e.connect();
        await e2e.backUp();
        await e2e.removeDatabase('pos');
        database = await fill(true);
        await put(database, [{ id: 7, code: 'kept' }]);
        database.close();
        return refused();
      }),
      'DATABASE_FAILED',
      { table: 'codes', key: 3, cause: 'ConstraintError' },
    );
  });

  test('an archive of another database', async () => {
    assertRefused(
      await page.evaluate(async () => {
        await e2e.createOrders({ name: 'other', rows: 10 });
        await e2e.createOrders({ rows: 20 });
        await e2e.connect({ database: 'other' });
        const { file } = await client.createBackup().result;
        await client.close();
        await e2e.connect();
        return refused({}, file);
      }),
      'DATABASE_MISMATCH',
      { expected: 'pos', found: 'other' },
    );
  });

  test('a writer in another tab that never stops', async () => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.waitForFunction('globalThis.e2e !== undefined');
    await page.evaluate(async () => {
      await e2e.createOrders({ rows: 2000 });
      await e2e.connect();
      await e2e.backUp();
      await shop.orders.update(7, { note: 'since the backup' });
      shop.close();
    });
    await other.evaluate(async () => {
      const database = await e2e.openDatabase('pos');
      const store = database.transaction(['orders', 'payments', 'settings', 'actionQueue'], 'readwrite').objectStore('orders');
      globalThis.writing = true;
      await new Promise((begun) => {
        const next = () => {
          begun();
          if (writing) store.get(1).onsuccess = next;
          else database.close();
        };
        next();
      });
    });
    const { error, took, cancelled } = await page.evaluate(async () => {
      const begun = performance.now();
      const { error } = await e2e.outcome(client.restore(archive));
      const took = performance.now() - begun;
      const seen = await e2e.cancelWhen((client) => client.restore(archive), e2e.afterMs(2000));
      return { error, took, cancelled: seen.code };
    });
    assert.equal(error?.code, 'DATABASE_BLOCKED', JSON.stringify(error));
    assert.equal(error.context.database, 'pos');
    assert.match(error.hint, /tabs/);
    assert.ok(took > 29_000 && took < 45_000, `after ${took} ms`);
    assert.equal(cancelled, 'CANCELLED');
    await other.evaluate(() => { globalThis.writing = false; });
    const { note, files, afterwards } = await page.evaluate(async () => {
      await shop.open();
      const { note } = await shop.orders.get(7);
      const files = Object.keys(await e2e.storedFiles()).length;
      return { note, files, afterwards: (await e2e.outcome(client.restore(archive))).error };
    });
    assert.deepEqual([note, files], ['since the backup', 1]);
    assert.equal(afterwards, undefined);
  });
});
