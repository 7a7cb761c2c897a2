// A restore into an origin that lacks the database creates it from the archive, whole or not at all.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { altered, pull, push } from '../lib/archive.js';
import { freshPages } from '../lib/browser.js';
import { serve } from '../lib/site.js';

/** A restore of it takes more than a second. */
const ORDERS = { rows: 15_000, scribbled: 300 };
const WHOLE = { records: true, nextKeys: true, indexEntries: true };

describe('a database that is not there', () => {
  let suite;
  let page;

  freshPages((fresh, its) => {
    page = fresh;
    suite = its;
  });

  const stores = (dump) => Object.fromEntries(dump.stores.map((store) => [store.name, store]));

  for (const maker of ['Dexie', 'idb', 'plain calls']) {
    test(`one made by ${maker} comes back as it was, and the app goes on with it`, async () => {
      const { before, plan, planned, restored, after, used, usedBefore } = await page.evaluate(async ([maker, whole]) => {
        const { make, use } = e2e.MAKERS[maker];
        await make('pos');
        await e2e.connect();
        const before = await e2e.dump('pos', whole);
        await e2e.backUp();
        // What the app does with the original is what it must be able to do with the copy.
        const usedBefore = await use('pos');
        await e2e.removeDatabase('pos');
        const plan = await client.planRestore(archive).result;
        const planned = await e2e.databases();
        const restored = await client.restore(archive).result;
        const after = await e2e.dump('pos', whole);
        return { before, plan, planned, restored, after, used: await use('pos'), usedBefore };
      }, [maker, WHOLE]);
      assert.deepEqual(after, before);
      assert.equal(plan.createsDatabase, true);
      assert.deepEqual(planned, {}, 'a plan creates nothing');
      const counts = Object.fromEntries(before.stores.map(({ name, count }) => [name, count]));
      assert.deepEqual(Object.fromEntries(plan.tables.map(({ table, add, delete: gone }) => [table, add - gone])), counts);
      assert.deepEqual(Object.fromEntries(restored.tables.map(({ table, records }) => [table, records])), counts);
      assert.deepEqual(used, usedBefore);
      assert.equal(used.upgraded, false);
      assert.equal(used.native, before.version);
      assert.ok(before.stores.some(({ indexes }) => indexes.some(({ entries }) => entries.length > 20)), 'there is something in indexes');
    });
  }

  for (const version of [2 ** 32, 1_795_000_000_000, Number.MAX_SAFE_INTEGER]) {
    test(`one of version ${version}`, async () => {
      const { metadata, restored, refused } = await page.evaluate(async (version) => {
        (await e2e.openDatabase('pos', version, (d) => d.createObjectStore('rows').put('row', 1))).close();
        await e2e.connect();
        const { metadata } = await e2e.backUp();
        await e2e.removeDatabase('pos');
        await client.restore(archive).result;
        const restored = await e2e.dump('pos', { records: true });
        // As a till of another version would be.
        await e2e.removeDatabase('pos');
        (await e2e.openDatabase('pos', version - 1, (d) => d.createObjectStore('rows'))).close();
        return { metadata, restored, refused: (await e2e.outcome(client.restore(archive))).error };
      }, version);
      assert.equal(metadata.schemaVersion, version);
      assert.deepEqual([restored.version, restored.stores[0].count], [version, 1]);
      assert.equal(refused.code, 'SCHEMA_TOO_NEW');
    });
  }

  test('a table and a file named __proto__', async () => {
    const { tables, planned, files, rows } = await page.evaluate(async () => {
      (await e2e.openDatabase('pos', 1, (d) => d.createObjectStore('__proto__').put('row', 1))).close();
      let files;
      await e2e.connect({}, { applyAssets: (assets) => (files = assets.files) });
      const { metadata } = await e2e.backUp({ files: Object.fromEntries([['__proto__', new Blob(['file'])]]) });
      const planned = (await client.planRestore(archive).result).metadata.tables;
      await e2e.removeDatabase('pos');
      await client.restore(archive).result;
      const names = (record) => JSON.stringify(Object.entries(record));
      return { tables: names(metadata.tables), planned: names(planned), files: Object.keys(files), rows: (await e2e.dump('pos', { records: true })).stores[0].count };
    });
    assert.deepEqual([tables, planned, files, rows], ['[["__proto__",1]]', '[["__proto__",1]]', ['__proto__'], 1]);
  });

  test('keys generated into values that lose them are refused, or left out on request', async () => {
    const outcomes = await page.evaluate(async () => {
      const outcomes = [];
      await e2e.connect();
      const values = { 'm.id': [{ m: new Map() }, { m: new Date(5) }, { m: new Set() }, { m: new Uint8Array(2) }, { m: new Blob(['x']) }, { m: new Error('x') }, { m: Object(5) }], id: [new Map()] };
      for (const [keyPath, records] of Object.entries(values)) {
        for (const record of records) {
          await e2e.removeDatabase('pos');
          const database = await e2e.openDatabase('pos', 1, (d) => d.createObjectStore('rows', { keyPath, autoIncrement: true }));
          const put = database.transaction('rows', 'readwrite');
          for (const value of [{}, {}, record]) put.objectStore('rows').put(value);
          put.objectStore('rows').delete(1);
          await new Promise((resolve, reject) => Object.assign(put, { oncomplete: resolve, onabort: reject }));
          database.close();
          const { error } = await e2e.outcome(client.createBackup());
          const { metadata } = await e2e.backUp({ onUnsupported: 'omit' });
          const before = await e2e.dump('pos', { records: true, nextKeys: true });
          const restored = await e2e.outcome(client.restore(archive));
          const after = await e2e.dump('pos', { records: true, nextKeys: true });
          outcomes.push([error?.code, error?.context.key, error?.context.path, metadata.omissions.map(({ key, path }) => [key, path]), restored.error, before.stores[0].count, after.stores[0].count, after.stores[0].nextKey]);
        }
      }
      return outcomes;
    });
    assert.equal(outcomes.length, 8);
    for (const outcome of outcomes) assert.deepEqual(outcome, ['UNSUPPORTED_VALUE', 3, '', [[3, '']], undefined, 2, 1, 4]);
  });

  test('names that no archive can write are refused', async () => {
    const errors = await page.evaluate(async () => {
      const errors = [];
      const make = async (upgrade) => {
        await e2e.removeDatabase('pos');
        (await e2e.openDatabase('pos', 1, upgrade)).close();
        errors.push((await e2e.outcome(client.createBackup())).error);
      };
      await e2e.connect();
      await make((d) => ['x\ud800', 'x\ufffd'].forEach((name) => d.createObjectStore(name)));
      await make((d) => d.createObjectStore('fine').createIndex('half \udc00', 'a'));
      return errors.map(({ code, message, context }) => [code, message, context.table, context.found]);
    });
    assert.deepEqual(errors, [
      ['UNSUPPORTED_VALUE', 'A table has a name with a lone surrogate, which no archive can write.', 'x\ufffd', '"x\\ud800"'],
      ['UNSUPPORTED_VALUE', 'An index has a name with a lone surrogate, which no archive can write.', 'fine', '"half \\udc00"'],
    ]);
  });

  test('an archive from another origin', async () => {
    await page.evaluate(async () => {
      await e2e.MAKERS['plain calls'].make('pos');
      await e2e.connect();
      await e2e.backUp();
    });
    const archive = await pull(page);
    const before = await page.evaluate((whole) => e2e.dump('pos', whole), WHOLE);
    const site = await serve();
    try {
      const elsewhere = await suite.browser.context.newPage();
      await elsewhere.goto(`${site.url}e2e/`);
      await elsewhere.waitForFunction('globalThis.e2e !== undefined');
      await push(elsewhere, archive);
      const { missing, after } = await elsewhere.evaluate(async (whole) => {
        const missing = await e2e.databases();
        await e2e.connect();
        await client.restore(archive).result;
        return { missing, after: await e2e.dump('pos', whole) };
      }, WHOLE);
      assert.deepEqual(missing, {});
      assert.deepEqual(after, before);
      await elsewhere.close();
    } finally {
      await site.close();
    }
  });

  test('`tables` creates all stores and fills only these', async () => {
    const { before, plan, after, key } = await page.evaluate(async (whole) => {
      await e2e.MAKERS['plain calls'].make('pos');
      localStorage.setItem('key', 'old');
      await e2e.connect();
      const before = await e2e.dump('pos', whole);
      await e2e.backUp();
      await e2e.removeDatabase('pos');
      localStorage.setItem('key', 'new');
      const tables = ['generated', 'compound'];
      const plan = await client.planRestore(archive, { tables }).result;
      await client.restore(archive, { tables }).result;
      return { before, plan, after: await e2e.dump('pos', whole), key: localStorage.getItem('key') };
    }, WHOLE);
    assert.equal(plan.createsDatabase, true);
    assert.deepEqual(plan.tables.map(({ table }) => table).sort(), ['compound', 'generated']);
    assert.equal(after.version, before.version);
    assert.equal(key, 'new');
    const [was, is] = [stores(before), stores(after)];
    assert.deepEqual(Object.keys(is), Object.keys(was));
    for (const [name, store] of Object.entries(is)) {
      if (['generated', 'compound'].includes(name)) assert.deepEqual(store, was[name]);
      else {
        const shape = ({ keyPath, autoIncrement, indexes }) => ({ keyPath, autoIncrement, indexes: indexes.map(({ entries: _, ...index }) => index) });
        assert.deepEqual(shape(store), shape(was[name]));
        assert.equal(store.count, 0);
      }
    }
  });

  test('an archive of some tables only is not enough', async () => {
    const { errors, left } = await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect();
      await e2e.backUp({ tables: ['customers', 'log'] });
      shop.close();
      await e2e.removeDatabase('pos');
      const before = await e2e.state();
      const errors = [];
      for (const [job, options] of [['planRestore', {}], ['restore', {}], ['restore', { tables: ['log'] }]]) {
        errors.push((await e2e.outcome(client[job](archive, options))).error);
      }
      return { errors, left: JSON.stringify(before) === JSON.stringify(await e2e.state()) };
    });
    for (const error of errors) {
      assert.equal(error?.code, 'DATABASE_NOT_FOUND', JSON.stringify(error));
      assert.equal(error.context.database, 'pos');
    }
    assert.ok(left, 'everything is as it was');
  });

  test('an archive of another database creates none, unless `anyDatabase` says so: then under the client\'s name', async () => {
    const { before, error, refused, plan, after, names } = await page.evaluate(async (whole) => {
      await e2e.MAKERS.idb.make('other');
      await e2e.connect({ database: 'other' });
      const before = await e2e.dump('other', whole);
      await e2e.backUp();
      await client.close();
      await e2e.connect();
      const { error } = await e2e.outcome(client.restore(archive));
      const refused = await e2e.databases();
      const plan = await client.planRestore(archive, { anyDatabase: true }).result;
      await client.restore(archive, { anyDatabase: true }).result;
      return { before, error, refused, plan, after: await e2e.dump('pos', whole), names: await e2e.databases() };
    }, WHOLE);
    assert.equal(error?.code, 'DATABASE_MISMATCH', JSON.stringify(error));
    assert.deepEqual(refused, { other: 3 });
    assert.equal(plan.createsDatabase, true);
    assert.deepEqual(after, before);
    assert.deepEqual(names, { other: 3, pos: 3 });
  });

  test('a database without stores', async () => {
    const { databases, key } = await page.evaluate(async () => {
      (await e2e.openDatabase('pos', 7)).close();
      localStorage.setItem('key', 'old');
      await e2e.connect();
      await e2e.backUp();
      await e2e.removeDatabase('pos');
      localStorage.setItem('key', 'new');
      await client.restore(archive).result;
      return { databases: await e2e.databases(), key: localStorage.getItem('key') };
    });
    assert.deepEqual(databases, { pos: 7 });
    assert.equal(key, 'old');
  });

  test('the other commands say that it is missing, and create none', async () => {
    const { errors, databases } = await page.evaluate(async () => {
      await e2e.MAKERS.idb.make('pos');
      await e2e.connect();
      await e2e.backUp();
      await e2e.removeDatabase('pos');
      const errors = { backup: (await e2e.outcome(client.createBackup())).error?.code };
      for (const job of ['verify', 'inspect']) errors[job] = (await e2e.outcome(client[job](archive))).error?.code;
      return { errors, databases: await e2e.databases() };
    });
    assert.deepEqual(errors, { backup: 'DATABASE_NOT_FOUND', verify: undefined, inspect: undefined });
    assert.deepEqual(databases, {});
  });

  const archives = new Map();
  const archiveOf = async (orders) => {
    const kind = JSON.stringify(orders);
    if (!archives.has(kind)) {
      await page.evaluate(async (orders) => {
        await e2e.createOrders(orders);
        localStorage.setItem('key', 'archived');
        await e2e.connect();
        await e2e.backUp();
        shop.close();
        await client.close();
      }, orders);
      archives.set(kind, await pull(page));
      await page.evaluate(() => e2e.wipe());
    }
    return archives.get(kind);
  };

  /** Gives the page an archive of orders, in an origin without the database; answers the state that must then stay. */
  const removeOrders = async (orders = ORDERS) => {
    await push(page, await archiveOf(orders));
    return page.evaluate(async () => {
      await e2e.connect();
      localStorage.setItem('key', 'present');
      return e2e.state();
    });
  };
  const untouched = async (state) => {
    assert.deepEqual(state.databases, {});
    assert.deepEqual(await page.evaluate(() => e2e.state()), state);
  };
  /** What was cancelled or failed goes well when tried again. */
  const again = async () => {
    const { error, count } = await page.evaluate(async () => {
      const { error } = await e2e.outcome(client.restore(archive));
      return { error, count: (await e2e.dump('pos')).stores.find(({ name }) => name === 'orders').count };
    });
    assert.equal(error, undefined);
    assert.ok(count > 0);
  };

  for (const percent of [5, 50, 90]) {
    test(`a cancel at ${percent} % leaves none`, async (t) => {
      const state = await removeOrders();
      const seen = await page.evaluate((progress) => e2e.cancelWhen(e2e.STARTS.restore, e2e.atProgress(progress)), percent / 100);
      t.diagnostic(`at ${(seen.cancelledAt * 100).toFixed(0)} %: told after ${seen.toldMs?.toFixed(1)} ms, cancelled after ${seen.endMs?.toFixed(1)} ms`);
      assert.equal(seen.code, 'CANCELLED');
      assert.ok(seen.cancelledAt < percent / 100 + 0.1, `cancelled at ${seen.cancelledAt}`);
      assert.equal(seen.statuses.some(({ phase }) => phase === 'rolling-back'), percent > 10, 'it had begun to write');
      assert.ok(seen.toldMs < 100, `a status said so after ${seen.toldMs} ms`);
      await untouched(state);
      await again();
    });
  }

  test('a cancel just when it is about to be created leaves none', async () => {
    const state = await removeOrders({ rows: 500 });
    // Now and a little later, so that one of them meets the moment between asking for it and having it.
    for (let ms = 0; ms < 12; ms += 1) {
      const code = await page.evaluate(async (ms) => {
        const job = client.restore(archive);
        const { promise, resolve } = Promise.withResolvers();
        job.addEventListener('status', ({ detail }) => detail.phase === 'writing' && resolve());
        await Promise.race([promise, job.result]);
        await e2e.sleep(ms);
        job.cancel();
        const code = await job.result.then(() => 'DONE', (error) => error.code);
        if (code === 'DONE') {
          await e2e.removeDatabase('pos');
          localStorage.setItem('key', 'present');
        }
        return code;
      }, ms);
      assert.ok(['CANCELLED', 'DONE'].includes(code), code);
      await untouched(state);
    }
  });

  test('a record that the browser refuses leaves none', async () => {
    const state = await removeOrders({ rows: 6000 });
    const { error, statuses } = await page.evaluate(async () => {
      await client.close();
      await e2e.connect({}, { worker: '/e2e/crashing-worker.js?how=throws&at=5000' });
      return e2e.outcome(client.restore(archive));
    });
    assert.equal(error?.code, 'DATABASE_FAILED', JSON.stringify(error));
    assert.match(error.message, /put has broken down/);
    assert.ok(statuses.some(({ phase }) => phase === 'rolling-back'));
    await untouched(state);
  });

  test('a worker that breaks down leaves none', async () => {
    await page.close();
    page = await suite.openPage({ quiet: true });
    const state = await removeOrders({ rows: 6000 });
    const error = await page.evaluate(async () => {
      await client.close();
      await e2e.connect({}, { worker: '/e2e/crashing-worker.js?how=trap&at=5000' });
      return (await e2e.outcome(client.restore(archive))).error;
    });
    assert.equal(error?.code, 'WORKER_FAILED', JSON.stringify(error));
    await page.evaluate(() => e2e.undone('pos'));
    await untouched(state);
  });

  test('a tab closed in the middle leaves none', async () => {
    const state = await removeOrders();
    const other = await suite.openPage();
    await push(other, await archiveOf(ORDERS));
    await other.evaluate(async () => {
      await e2e.connect();
      for await (const { phase, progress } of client.restore(archive)) if (phase === 'writing' && progress > 0.6) break;
    });
    await other.close();
    await page.evaluate(() => e2e.undone('pos'));
    await untouched(state);
    await again();
  });

  test('records that clash in a unique index leave none', async () => {
    const state = await removeOrders({ rows: 900 });
    await push(page, altered(await archiveOf({ rows: 900 }), {
      schema: ({ stores }) => {
        const payments = stores.find(({ name }) => name === 'payments');
        payments.indexes.push({ name: 'method', keyPath: 'method', unique: true, multiEntry: false });
      },
    }));
    const { error } = await page.evaluate(() => e2e.outcome(client.restore(archive)));
    assert.equal(error?.code, 'DATABASE_FAILED', JSON.stringify(error));
    assert.match(JSON.stringify(error), /ConstraintError/);
    assert.equal(error.context.table, 'payments');
    await untouched(state);
  });

  for (const rows of [0, 300]) {
    test(`assets that the page refuses leave none, with ${rows === 0 ? 'no stores' : 'stores'}`, async () => {
      const { before, after, error } = await page.evaluate(async (rows) => {
        if (rows === 0) (await e2e.openDatabase('pos', 7)).close();
        else {
          await e2e.createOrders({ rows });
          shop.close();
        }
        await e2e.connect();
        await e2e.backUp({ config: { a: 1 } });
        await e2e.removeDatabase('pos');
        const before = await e2e.state();
        const { error } = await e2e.outcome(client.restore(archive, { applyAssets: () => { throw new Error('printer on fire'); } }));
        return { before, after: await e2e.state(), error };
      }, rows);
      assert.equal(error?.code, 'ASSETS_NOT_APPLIED', JSON.stringify(error));
      assert.deepEqual(before.databases, {});
      assert.deepEqual(after, before);
    });
  }

  describe('another tab meanwhile', () => {
    let other;
    beforeEach(async () => {
      other = await suite.openPage();
    });
    const closeOther = () => other.close();

    /** Starts a restore and comes back once it does this; `ended` is then there. */
    const begin = (phase, progress = 0) =>
      page.evaluate(async ([phase, progress]) => {
        const job = client.restore(archive);
        globalThis.ended = e2e.outcome(job);
        for await (const status of job) if (status.phase === phase && status.progress >= progress) return;
        throw new Error(`it ended before: ${JSON.stringify(await ended)}`);
      }, [phase, progress]);
    const end = () => page.evaluate(async () => (await ended).error);

    for (const [name, version] of [['an older', 1], ['the same', 10], ['a newer', 30]]) {
      for (const holds of [false, true]) {
        test(`creates it in ${name} version${holds ? ' and holds on to it' : ''}: the restore fails and leaves it alone`, async () => {
          await removeOrders();
          await begin('checking');
          await other.evaluate(async ([version, holds]) => {
            const database = await e2e.openDatabase('pos', version, (database) => database.createObjectStore('theirs').put('value', 'key'));
            if (holds) database.onversionchange = null;
            else database.close();
            globalThis.database = database;
          }, [version, holds]);
          const theirs = await other.evaluate((whole) => e2e.dump('pos', whole), WHOLE);
          const error = await end();
          assert.equal(error?.code, 'DATABASE_FAILED', JSON.stringify(error));
          assert.match(error.message, /came to be/);
          assert.deepEqual(await other.evaluate((whole) => e2e.dump('pos', whole), WHOLE), theirs);
          assert.deepEqual(await page.evaluate(() => e2e.databases()), { pos: version });
          // Nothing of it hangs on in the worker: the tab that holds it may change it as it likes.
          const upgraded = await other.evaluate(async (version) => {
            database.close();
            const upgraded = await e2e.openDatabase('pos', version + 1);
            const names = [...upgraded.objectStoreNames];
            upgraded.close();
            return names;
          }, version);
          assert.deepEqual(upgraded, ['theirs']);
          assert.equal(await page.evaluate(() => localStorage.getItem('key')), 'present');
          await closeOther();
        });
      }
    }

    test('opens it while it is being created: it waits, and then has all of it', async () => {
      await removeOrders();
      await begin('writing', 0.5);
      const found = other.evaluate(async () => {
        const database = await e2e.openDatabase('pos');
        const count = await e2e.answerOf(database.transaction('orders').objectStore('orders').count());
        const { version } = database;
        database.close();
        return { version, count };
      });
      assert.equal(await end(), undefined);
      assert.deepEqual(await found, { version: 10, count: ORDERS.rows });
      await closeOther();
    });
  });
});
