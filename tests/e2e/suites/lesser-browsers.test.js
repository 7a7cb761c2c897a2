// Browsers that lack what Chromium has: each is simulated by taking it away in the worker.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { entries, pull } from '../lib/archive.js';
import { freshPages } from '../lib/browser.js';

describe('lesser browsers', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
  });
  beforeEach(() => page.evaluate(() => e2e.createShop()));

  const connect = (without) => page.evaluate((without) => e2e.connect({}, { worker: `/e2e/lesser-worker.js?without=${without}` }), without);

  for (const without of ['getDirectory', 'createSyncAccessHandle', 'FileSystemFileHandle', 'navigator.storage', 'refusal']) {
    test(`without OPFS (${without}) the archive is a File in memory, and can be restored`, async () => {
      const { capabilities } = await connect(without);
      assert.equal(capabilities.opfs, false);
      const result = await page.evaluate(async () => {
        const before = await e2e.dump('pos', { records: true });
        const backup = await e2e.backUp({ files: { 'logo.png': new Blob(['logo']) } });
        await shop.transaction('rw', shop.tables, () => Promise.all(shop.tables.map((table) => table.clear())));
        const report = await client.verify(archive).result;
        await client.restore(archive).result;
        const byId = await e2e.outcome(client.verify({ backupId: backup.backupId }));
        return { before, after: await e2e.dump('pos', { records: true }), backup, report, files: await e2e.storedFiles(), byId: byId.error.code };
      });
      assert.equal(result.backup.stored, false);
      assert.match(result.backup.name, /\.zip$/);
      assert.equal(result.backup.type, 'application/zip');
      assert.equal(result.backup.size, result.backup.archiveBytes);
      assert.deepEqual(result.files, {});
      assert.equal(result.report.sealed, true);
      assert.equal(result.byId, 'BACKUP_NOT_FOUND');
      assert.deepEqual(result.after, result.before);
      assert.ok(entries(await pull(page)).some(({ name }) => name === 'files/logo.png'));
    });
  }

  test('without OPFS a cancelled backup leaves nothing, and the next one succeeds', async () => {
    await connect('createSyncAccessHandle');
    const { code, next, files } = await page.evaluate(async () => {
      const { code } = await e2e.cancelWhen(e2e.STARTS.backup, e2e.inPhase('reading'));
      return { code, next: (await e2e.backUp()).stored, files: await e2e.storedFiles() };
    });
    assert.deepEqual([code, next, files], ['CANCELLED', false, {}]);
  });

  test('without move() the archive is copied to its name', async () => {
    const { capabilities } = await connect('move');
    assert.equal(capabilities.opfs, true);
    const { backup, files, report } = await page.evaluate(async () => {
      const backup = await e2e.backUp();
      return { backup, files: await e2e.storedFiles(), report: await client.verify({ backupId: backup.backupId }).result };
    });
    assert.equal(backup.stored, true);
    assert.deepEqual(files, { [`pos-backup/db-pos/${backup.backupId}.zip`]: backup.archiveBytes });
    assert.equal(report.sealed, true);
  });

  for (const [without, what] of [['Worker', []], ['second worker', ['pack', 'isSound']]]) {
    test(`without a second worker that works (${without}) the first does all by itself`, async () => {
      await page.evaluate(() => e2e.wipe());
      await page.evaluate(() => e2e.createOrders({ rows: 20_000 }));
      await connect(without);
      const { before, after, broken, report } = await page.evaluate(async () => {
        const broken = [];
        const channel = new BroadcastChannel('second worker');
        channel.onmessage = ({ data }) => broken.push(data);
        const before = await e2e.dump('pos', { records: true });
        await e2e.backUp();
        const report = await client.verify(archive).result;
        await shop.orders.clear();
        await client.restore(archive).result;
        channel.close();
        return { before, after: await e2e.dump('pos', { records: true }), broken, report };
      });
      assert.equal(report.sealed, true);
      assert.deepEqual(after, before);
      assert.deepEqual(what.filter((each) => !broken.includes(each)), []);
    });
  }

  test('without Web Locks the worker still runs one job at a time', async () => {
    const { capabilities } = await connect('locks');
    assert.equal(capabilities.locks, false);
    const { codes, since, next } = await page.evaluate(async () => {
      const jobs = [client.createBackup(), client.createBackup()];
      const outcomes = await Promise.all(jobs.map(e2e.outcome));
      const codes = outcomes.map(({ error }) => error?.code ?? 'DONE');
      return { codes, since: outcomes[1].error?.context.since, next: (await e2e.backUp()).stored };
    });
    assert.deepEqual(codes, ['DONE', 'BACKUP_IN_PROGRESS']);
    assert.ok(Math.abs(Date.now() - since) < 60_000);
    assert.equal(next, true);
  });
});
