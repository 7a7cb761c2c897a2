// Archives of older versions of an app are restored into its present one: as Dexie would have upgraded them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { push } from '../lib/archive.js';
import { freshPages } from '../lib/browser.js';

const older = (version) => readFileSync(join(import.meta.dirname, `../../fixtures/archives/till-${version}.zip`));

describe('an archive of an older version of the app', () => {
  let page;
  let suite;

  freshPages((fresh, its) => {
    page = fresh;
    suite = its;
  });
  beforeEach(async () => {
    await push(page, older(1), 'version1');
    await push(page, older(2), 'version2');
    await page.evaluate(() => {
      /** The present version, with other data in it. */
      globalThis.openPresent = async (config = {}, options = {}) => {
        await e2e.openTill(3);
        await e2e.changeTill();
        return e2e.connect({ ...e2e.TILL_CONFIG, ...config }, options);
      };
      /** Restores, and says whether everything is as before. */
      globalThis.refused = async (archive, options = {}) => {
        const before = JSON.stringify(await e2e.state());
        const { error } = await e2e.outcome(client.restore(archive, options));
        return { error, same: JSON.stringify(await e2e.state()) === before };
      };
    });
  });

  for (const version of [1, 2]) {
    test(`version ${version}: becomes what the app's own upgrade makes of it`, async () => {
      const { upgraded, live, planned, restored, result, open, native, rehearsed } = await page.evaluate(async (version) => {
        const archive = globalThis[`version${version}`];
        // The app's own way: the old database as it was, opened by the present version.
        await e2e.connect({ database: 'till', appVersion: '3.0.1' });
        await client.restore(archive).result;
        await client.close();
        await e2e.openTill(3);
        const upgraded = await e2e.dump('till', { records: true });
        await e2e.connect(e2e.TILL_CONFIG);
        const { live } = await client.verify(archive, { live: true }).result;
        // And ours: into the present version's database, which stays open in the page.
        await e2e.changeTill();
        const planned = await client.planRestore(archive).result;
        const result = await client.restore(archive, { validate: 'full' }).result;
        const restored = await e2e.dump('till', { records: true });
        const open = await till.orders.where('[status+at]').between(['open', e2e.Dexie.minKey], ['open', e2e.Dexie.maxKey]).count();
        const { rehearsedAt } = await client.verify(archive, { live: true, rehearse: true }).result;
        return { upgraded, live, planned, restored, result, open, native: till.backendDB().version, rehearsed: rehearsedAt };
      }, version);
      assert.deepEqual(live.tables.filter(({ add, change, delete: gone }) => add + change + gone > 0), [], 'the archive is current');
      assert.equal(live.current, true);
      assert.deepEqual(restored, upgraded);
      assert.equal(native, 30, 'the version is as it was');
      assert.equal(open, 300, 'the page goes on with its connection');
      assert.ok(rehearsed > 0);

      const { migration } = result;
      assert.deepEqual(planned.migration, migration);
      assert.deepEqual(migration.versions, version === 1 ? [10, 20, 30] : [20, 30]);
      const of = (name) => migration.tables.find(({ table, archived }) => table === name || archived === name);
      assert.deepEqual([of('orders').records, of('orders').changed, of('orders').removed], [900, 600, 300]);
      assert.deepEqual(of('orders').examples.removed, ['o-0002', 'o-0005', 'o-0008']);
      assert.deepEqual(of('pending').archived, 'actionQueue');
      if (version === 1) {
        assert.equal(of('drafts').table, undefined);
        assert.equal(of('customers').archived, undefined);
        assert.deepEqual([of('products').archived, of('products').records], ['items', 59]);
      }
      const numbers = ({ table, unchanged, add, change, delete: gone }) => ({ table, unchanged, add, change, gone });
      assert.deepEqual(result.tables.map(numbers), planned.tables.map(numbers));
      assert.deepEqual(planned.appVersion, { archive: `${version}.4.0`, app: '3.0.1', archiveIs: 'older' });
    });
  }

  test('comes with its localStorage, and can be undone', async () => {
    const { restored, undone, before } = await page.evaluate(async () => {
      localStorage.setItem('version', '3');
      await openPresent();
      const before = await e2e.dump('till', { records: true });
      await client.restore(version1).result;
      const restored = localStorage.getItem('version');
      await client.undoRestore().result;
      return { restored, undone: await e2e.dump('till', { records: true }), before };
    });
    assert.equal(restored, '1');
    assert.deepEqual(undone, before);
  });

  test('a step that is missing is named', async () => {
    const { error, same } = await page.evaluate(async () => {
      await openPresent({ migrations: e2e.MIGRATIONS.slice(0, 1) });
      return refused(version1);
    });
    assert.equal(error?.code, 'MIGRATION_MISSING', JSON.stringify(error));
    assert.match(error.message, /from schema version 20 towards 30/);
    assert.equal(same, true);
  });

  test('one of a newer version is refused, with the version that is needed', async () => {
    const { error, same } = await page.evaluate(async () => {
      await e2e.openTill(1);
      await e2e.connect({ database: 'till', appVersion: '1.4.0', migrations: e2e.MIGRATIONS });
      return refused(version2);
    });
    assert.equal(error?.code, 'SCHEMA_TOO_NEW', JSON.stringify(error));
    assert.equal(error.context.found, 'schema version 20 of app version 2.4.0');
    assert.equal(error.context.expected, 'schema version 10');
    assert.equal(same, true);
  });

  describe('a function that', () => {
    const moduleOf = (source) => `data:text/javascript,${encodeURIComponent(source)}`;
    const failing = {
      throws: ['export const migrate = ({ table, value }) => { if (table === "orders") value.nothing.x; return value; }', 'TypeError', 'o-0000'],
      'rejects later': ['export const migrate = async ({ key, value }) => { if (key === "o-0450") throw new RangeError("too far"); return value; }', 'RangeError', 'o-0450'],
      'gives what no database takes': ['export const migrate = ({ key, value }) => (key === "o-0007" ? () => {} : value)', 'DataCloneError', 'o-0007'],
      'is not there': ['export const other = 1', 'Error', undefined],
      'cannot be loaded': [null, 'TypeError', undefined],
    };
    for (const [name, [source, cause, key]] of Object.entries(failing)) {
      test(`${name} changes nothing`, async () => {
        const { error, same, next } = await page.evaluate(async (module) => {
          await openPresent({ migrations: [{ from: 10, to: 20, steps: e2e.MIGRATIONS[0].steps }, { ...e2e.MIGRATIONS[1], module }] });
          const { error, same } = await refused(version2);
          return { error, same, next: (await e2e.outcome(client.verify(version1))).error };
        }, source === null ? './nothing.js' : moduleOf(source));
        assert.equal(error?.code, 'MIGRATION_FAILED', JSON.stringify(error));
        assert.deepEqual(error.context.migration, { from: 20, to: 30 });
        assert.deepEqual([error.context.cause, error.context.key], [cause, key], JSON.stringify(error));
        assert.equal(same, true);
        assert.equal(next, undefined);
      });
    }

    test('takes away the key is told', async () => {
      const { error, same } = await page.evaluate(async (module) => {
        await openPresent({ migrations: [{ from: 20, to: 30, steps: e2e.MIGRATIONS[1].steps, module }] });
        return refused(version2);
      }, moduleOf('export const migrate = ({ table, value: { id, ...rest } }) => (table === "orders" ? rest : { id, ...rest })'));
      assert.equal(error?.code, 'MIGRATION_FAILED', JSON.stringify(error));
      assert.deepEqual([error.context.table, error.context.key, error.context.found], ['orders', 'o-0000', 'at id, where the table has its key: as a key, undefined']);
      assert.equal(same, true);
    });

    test('changes the order of the keys has its table written whole', async () => {
      const { ids, plan, validated } = await page.evaluate(async (module) => {
        await openPresent({ migrations: [{ from: 20, to: 30, steps: e2e.MIGRATIONS[1].steps, module }] });
        const plan = await client.planRestore(version2).result;
        const { error } = await e2e.outcome(client.restore(version2, { validate: 'full' }));
        return { ids: await till.orders.toCollection().primaryKeys(), plan: plan.tables.find(({ table }) => table === 'orders'), validated: error };
      }, moduleOf('export const migrate = ({ table, value }) => (table === "orders" ? { ...value, id: 1000 - Number(value.id.slice(2)) } : value)'));
      assert.equal(validated, undefined, JSON.stringify(validated));
      assert.deepEqual(ids, Array.from({ length: 900 }, (_, i) => 101 + i));
      assert.deepEqual([plan.unchanged, plan.add, plan.change], [0, 900, 0]);
    });

    test('never ends is no hindrance to a cancel', async () => {
      const { code, took, same } = await page.evaluate(async (module) => {
        await openPresent({ migrations: [{ from: 20, to: 30, steps: e2e.MIGRATIONS[1].steps, module }] });
        const before = JSON.stringify(await e2e.state());
        const job = client.restore(version2);
        for await (const { phase } of job) if (phase === 'migrating') break;
        const begun = performance.now();
        job.cancel();
        const { error } = await e2e.outcome(job);
        return { code: error?.code, took: performance.now() - begun, same: JSON.stringify(await e2e.state()) === before };
      }, moduleOf('export const migrate = ({ key, value }) => (key === "o-0300" ? new Promise(() => {}) : value)'));
      assert.equal(code, 'CANCELLED');
      assert.ok(took < 500, `${took} ms`);
      assert.equal(same, true);
    });
  });

  test('migrations that are none are refused at the start', async () => {
    const cases = {
      '/config/migrations/0/to': [{ from: 2, to: 2 }],
      '/config/migrations/1/from': [{ from: 1, to: 2 }, { from: 1, to: 3 }],
      '/config/migrations/0/steps/0/field': [{ from: 1, to: 2, steps: [{ type: 'drop-field', table: 't', field: 'price' }] }],
      '/config/migrations/0/steps/0/values': [{ from: 1, to: 2, steps: [{ type: 'map-values', table: 't', field: '/a', values: [[{}, 1]] }] }],
      '/config/migrations/0/steps/1': [{ from: 1, to: 2, steps: [{ type: 'drop-table', table: 't' }, { type: 'drop', table: 't' }] }],
      '/config/migrations/0/module': [{ from: 1, to: 2, module: '' }],
    };
    for (const [path, migrations] of Object.entries(cases)) {
      const error = await page.evaluate((migrations) => e2e.connect({ ...e2e.TILL_CONFIG, migrations }).then(() => null, e2e.details), migrations);
      assert.equal(error?.code, 'INVALID_MESSAGE', path);
      assert.ok(error.context.path.startsWith(path), `${path}: ${error.context.path}`);
    }
    const dated = await page.evaluate(() => {
      const steps = [{ type: 'add-field', table: 't', field: '/at', default: new Date() }];
      return e2e.connect({ ...e2e.TILL_CONFIG, migrations: [{ from: 1, to: 2, steps }] }).then(() => null, e2e.details);
    });
    assert.deepEqual([dated?.code, dated?.context.path], ['UNSUPPORTED_VALUE', '/config/migrations/0/steps/0/default']);
  });

  test('what a closed tab was making of it is removed', async () => {
    const other = await suite.openPage();
    await push(other, older(2), 'version2');
    await other.evaluate(async (module) => {
      await e2e.openTill(3);
      await e2e.connect({ ...e2e.TILL_CONFIG, migrations: [{ ...e2e.MIGRATIONS[1], module }] });
      for await (const { phase } of client.restore(version2)) if (phase === 'migrating') break;
      // The file is made just then.
      await e2e.sleep(300);
    }, `data:text/javascript,${encodeURIComponent('export const migrate = ({ key, value }) => (key === "o-0300" ? new Promise(() => {}) : value)')}`);
    const left = await page.evaluate(() => e2e.storedFiles());
    assert.equal(Object.keys(left).length, 1, JSON.stringify(left));
    await other.close();
    const { files, removed, finished } = await page.evaluate(async () => {
      const { recovered } = await openPresent();
      return { files: await e2e.storedFiles(), removed: recovered.removedPartFiles, finished: (await e2e.outcome(client.restore(version2))).error };
    });
    assert.deepEqual(files, {});
    assert.equal(removed.length, 1);
    assert.equal(finished, undefined);
  });
});

describe('a database that cannot be recreated', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
  });

  test('while another tab holds the one that is being removed', async () => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.waitForFunction('globalThis.e2e !== undefined');
    await page.evaluate(async () => {
      await e2e.createOrders({ rows: 10 });
      await e2e.connect();
      await e2e.backUp();
      shop.close();
    });
    await other.evaluate(async () => {
      globalThis.held = await e2e.answerOf(indexedDB.open('pos'));
    });
    const { error } = await page.evaluate(async () => {
      globalThis.removing = e2e.removeDatabase('pos');
      const { error } = await e2e.outcome(client.restore(archive));
      return { error };
    });
    assert.equal(error?.code, 'DATABASE_BLOCKED', JSON.stringify(error));
    assert.match(error.hint, /Close the other tabs/);
    assert.equal(error.retryable, true);
    await other.evaluate(() => held.close());
    const { again, rows } = await page.evaluate(async () => {
      await removing;
      const { error } = await e2e.outcome(client.restore(archive));
      await shop.open();
      return { again: error, rows: await shop.orders.count() };
    });
    assert.deepEqual([again, rows], [undefined, 10]);
  });
});
