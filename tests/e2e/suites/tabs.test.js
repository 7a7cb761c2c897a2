// Two tabs of one app: one backup at a time, and what a closed tab leaves behind is cleared away.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { launchSuite } from '../lib/browser.js';

/** A backup of it takes more than a second. */
const SHOP = { rows: 14_000, scribbled: 900 };

describe('tabs', () => {
  let suite;
  let first;
  let second;

  before(async () => {
    suite = await launchSuite();
    const page = await suite.openPage();
    await page.evaluate((shop) => e2e.createOrders(shop), SHOP);
    await page.close();
  });
  after(() => suite?.close());

  beforeEach(async () => {
    [first, second] = await Promise.all([suite.openPage(), suite.openPage()]);
    await Promise.all([first, second].map((page) => page.evaluate(() => e2e.connect())));
  });
  afterEach(() => Promise.all([first, second].map((page) => page.close())));

  /** Starts a job in a page and waits until it is under way; `job` is then there. */
  const begin = (page, kind) =>
    page.evaluate(async (kind) => {
      globalThis.job = e2e.STARTS[kind](client);
      globalThis.ended = e2e.outcome(job);
      for await (const status of job) {
        if (['reading', 'planning', 'writing'].includes(status.phase) && status.progress > 0) return status.timestamp;
      }
      throw new Error(`it ended: ${JSON.stringify((await ended).error)}`);
    }, kind);
  const end = (page) =>
    page.evaluate(async () => {
      const { result, error } = await ended;
      globalThis.archive = result?.file;
      return { error, records: result?.metadata.tables.orders, files: await e2e.storedFiles() };
    });
  const attempt = (page, kind) => page.evaluate(async (kind) => (await e2e.outcome(e2e.STARTS[kind](client))).error, kind);

  test('a second tab\'s backup is refused while one runs, with the time since when', async () => {
    const before = Date.now();
    await begin(first, 'backup');
    const started = Date.now();
    const error = await attempt(second, 'backup');
    assert.equal(error?.code, 'BACKUP_IN_PROGRESS');
    assert.equal(error.retryable, true);
    assert.equal(error.context.database, 'pos');
    assert.ok(error.context.since >= before - 1 && error.context.since <= started + 1, `${before} ≤ ${error.context.since} ≤ ${started}`);
    const { error: undisturbed, records, files } = await end(first);
    assert.equal(undisturbed, undefined);
    assert.equal(records, SHOP.rows);
    assert.equal(Object.keys(files).filter((name) => name.endsWith('.part')).length, 0);
    assert.equal(await attempt(second, 'backup'), undefined, 'the lock is free at once');
  });

  test('a restore is refused while a backup runs, and a backup while a restore runs', async () => {
    await begin(first, 'backup');
    await end(first);
    await second.evaluate(async (name) => {
      const [backupId] = Object.keys(await e2e.storedFiles()).filter((path) => path.endsWith('.zip'));
      globalThis.archive = { backupId: backupId.replace(/.*\//, '').replace('.zip', '') };
    });
    await begin(first, 'backup');
    assert.equal((await attempt(second, 'restore'))?.code, 'BACKUP_IN_PROGRESS');
    assert.equal((await end(first)).error, undefined);
    await begin(first, 'restore');
    assert.equal((await attempt(second, 'backup'))?.code, 'BACKUP_IN_PROGRESS');
    assert.equal(await attempt(second, 'verify'), undefined, 'what only reads an archive needs no lock');
    await first.evaluate(() => job.cancel());
    { const ended = await end(first); assert.equal(ended.error?.code, 'CANCELLED', JSON.stringify(ended)); }
    assert.equal(await attempt(second, 'backup'), undefined);
  });

  test('a backup of another database runs beside it', async () => {
    await second.evaluate(async () => {
      await e2e.createShop({ name: 'other' });
      await client.close();
      await e2e.connect({ database: 'other' });
    });
    await begin(first, 'backup');
    assert.equal(await attempt(second, 'backup'), undefined);
    assert.equal((await end(first)).error, undefined);
  });

  test('the second job in one tab is refused too', async () => {
    await begin(first, 'backup');
    assert.equal((await attempt(first, 'backup'))?.code, 'BACKUP_IN_PROGRESS');
    assert.equal((await end(first)).error, undefined);
  });

  test('connecting during a backup leaves its .part file alone', async () => {
    await begin(first, 'backup');
    const { recovered, parts } = await second.evaluate(async () => {
      const { recovered } = await e2e.reconnect();
      return { recovered, parts: Object.keys(await e2e.storedFiles()).filter((name) => name.endsWith('.part')) };
    });
    assert.equal(parts.length, 1, 'the backup was still running');
    assert.deepEqual(recovered.removedPartFiles, []);
    const { error, files } = await end(first);
    assert.equal(error, undefined);
    assert.ok(parts[0].replace('.part', '') in files);
  });

  test('a tab closed in the middle of a backup leaves a .part file, which the next connection removes', async () => {
    const before = await second.evaluate(() => e2e.storedFiles());
    await begin(first, 'backup');
    await first.close();
    const left = await second.evaluate(() => e2e.storedFiles());
    const parts = Object.keys(left).filter((name) => name.endsWith('.part'));
    assert.equal(parts.length, 1);
    const recovered = await second.evaluate(async () => {
      // The lock of a page that is gone is given back when the browser gets to it.
      for (let tries = 0; tries < 100; tries += 1) {
        const { held } = await navigator.locks.query();
        if (held.length === 0) break;
        await e2e.sleep(20);
      }
      return (await e2e.reconnect()).recovered;
    });
    assert.deepEqual(recovered.removedPartFiles.map((name) => `pos-backup/db-pos/${name}`), parts);
    assert.deepEqual(await second.evaluate(() => e2e.storedFiles()), before);
    assert.equal(await attempt(second, 'backup'), undefined, 'the lock is free');
    const again = await second.evaluate(() => e2e.reconnect());
    assert.deepEqual(again.recovered.removedPartFiles, []);
  });

  test('a tab that is changing the database\'s version makes jobs wait, but not for ever', async () => {
    await first.evaluate(async () => {
      const open = (version) =>
        new Promise((resolve, reject) => {
          const request = indexedDB.open('pos', version);
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      globalThis.stubborn = await open();
      // It does not let go when asked, so the upgrade waits, and whoever opens the database after it.
      stubborn.onversionchange = () => {};
      globalThis.upgrading = open(99).then(
        (database) => database.close(),
        () => {},
      );
    });
    const error = await attempt(second, 'backup');
    assert.equal(error?.code, 'DATABASE_BLOCKED');
    assert.equal(error.retryable, true);
    // The upgrade itself is aborted: the database stays as it is.
    await first.evaluate(async () => {
      stubborn.close();
      await upgrading;
    });
    assert.equal(await attempt(second, 'backup'), undefined);
  });

  test('a job, and a tab that changes the database\'s version between two of its openings, do not wait for each other', async () => {
    const { codes, upgraded } = await first.evaluate(async () => {
      const version = async () => (await indexedDB.databases()).find(({ name }) => name === 'pos').version;
      const codes = [];
      const before = await version();
      for (const opening of [1, 2, 3]) {
        await client.close();
        await e2e.connect({}, { worker: `/e2e/upgrading-worker.js?${opening}` });
        const backup = e2e.outcome(client.createBackup()).then(({ error }) => error?.code ?? 'DONE');
        codes.push(await Promise.race([backup, e2e.sleep(20_000).then(() => 'for ever')]));
      }
      return { codes, upgraded: (await version()) > before };
    });
    for (const code of codes) assert.ok(['DONE', 'DATABASE_FAILED'].includes(code), codes.join());
    assert.ok(upgraded);
  });

  test('a tab closed in the middle of a restore leaves the old data', async () => {
    await begin(first, 'backup');
    await end(first);
    const before = await second.evaluate(async () => {
      const shop = new e2e.Dexie('pos');
      await shop.open();
      await shop.table('orders').update(1, { note: `changed at ${Date.now()}` });
      shop.close();
      return e2e.dump('pos');
    });
    await begin(first, 'restore');
    await first.close();
    const after = await second.evaluate(() => e2e.dump('pos'));
    assert.deepEqual(after, before);
    assert.equal(await attempt(second, 'backup'), undefined);
  });
});
