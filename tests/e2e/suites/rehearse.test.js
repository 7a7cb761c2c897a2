// Whether a backup is current, and whether it can really be restored here.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { freshPages } from '../lib/browser.js';

const SCRATCH = 'pos-backup-rehearsal:pos';

describe('rehearsals', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
  });
  beforeEach(() => page.evaluate(() => {
    globalThis.scratchIsThere = async (name) => (await indexedDB.databases()).some((database) => database.name === name);
  }));

  test('a backup is current until something changes', async () => {
    const { fresh, changed, back } = await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect();
      await e2e.backUp();
      const live = async () => (await client.verify(archive, { live: true }).result).live;
      const fresh = await live();
      await shop.customers.update('k-1', { points: -1 });
      const changed = await live();
      await shop.customers.update('k-1', { points: 1 / 3 });
      return { fresh, changed, back: await live() };
    });
    assert.equal(fresh.current, true, JSON.stringify(fresh.tables));
    assert.equal(changed.current, false);
    assert.deepEqual(changed.tables.find(({ table }) => table === 'customers').examples.change, ['k-1']);
    assert.equal(back.current, true);
  });

  test('every kind of value is rehearsed; nothing is left, and it is remembered', async () => {
    const { before, report, later, reconnected, unlike, scratch, after } = await page.evaluate(async (name) => {
      await e2e.createShop();
      await e2e.connect();
      const before = (await client.verify((await client.createBackup().result).file).result).rehearsedAt;
      await e2e.backUp();
      const untouched = await e2e.dump('pos');
      const report = await client.verify(archive, { rehearse: true }).result;
      const later = (await client.inspect(archive).result).rehearsedAt;
      await e2e.reconnect();
      const reconnected = (await client.verify(archive).result).rehearsedAt;
      await shop.customers.clear();
      const unlike = (await client.verify((await client.createBackup().result).file).result).rehearsedAt;
      const after = JSON.stringify(await e2e.dump('pos')) !== JSON.stringify(untouched);
      return { before, report, later, reconnected, unlike, scratch: await scratchIsThere(name), after };
    }, SCRATCH);
    assert.equal(before, undefined);
    assert.ok(Math.abs(report.rehearsedAt - Date.now()) < 60_000);
    assert.equal(later, report.rehearsedAt);
    assert.equal(reconnected, report.rehearsedAt);
    assert.equal(unlike, undefined, 'another backup is not proven by it');
    assert.equal(scratch, false);
    assert.equal(after, true);
  });

  test('a FileList, which only the page can make, is rehearsed too', async () => {
    const error = await page.evaluate(async () => {
      await e2e.createOrders({ rows: 3 });
      const transfer = new DataTransfer();
      transfer.items.add(new File(['a'], 'a.txt', { lastModified: 5 }));
      await shop.settings.put(transfer.files, 'files');
      await e2e.connect();
      await e2e.backUp();
      return (await e2e.outcome(client.verify(archive, { rehearse: true }))).error;
    });
    assert.equal(error, undefined, JSON.stringify(error));
  });

  test('a cancelled one leaves nothing, and its worker goes on', async () => {
    const { codes, scratch, next } = await page.evaluate(async (name) => {
      await e2e.createOrders({ rows: 4000 });
      await e2e.connect();
      await e2e.backUp();
      const codes = [];
      for (const phase of ['checking', 'writing', 'planning']) {
        const seen = await e2e.cancelWhen((client) => client.verify(archive, { rehearse: true }), e2e.inPhase(phase));
        codes.push(seen.code);
      }
      return { codes, scratch: await scratchIsThere(name), next: (await e2e.outcome(client.verify(archive, { rehearse: true }))).error };
    }, SCRATCH);
    assert.deepEqual(codes, ['CANCELLED', 'CANCELLED', 'CANCELLED']);
    assert.equal(scratch, false);
    assert.equal(next, undefined);
  });

  test('what a page that was closed in the middle of one has left goes at the next start', async () => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    await other.waitForFunction('globalThis.e2e !== undefined');
    await other.evaluate(async () => {
      await e2e.createOrders({ rows: 8000 });
      await e2e.connect();
      await e2e.backUp();
      const job = client.verify(archive, { rehearse: true });
      for await (const { phase } of job) if (phase === 'planning') break;
    });
    await other.close();
    const left = await page.evaluate(async (name) => {
      const begun = performance.now();
      await e2e.connect();
      while (performance.now() - begun < 20_000) {
        if (!(await scratchIsThere(name))) return false;
        await e2e.sleep(100);
      }
      return true;
    }, SCRATCH);
    assert.equal(left, false);
  });

  test('a record that does not come back as it was fails it', async () => {
    const { error, rehearsedAt, scratch } = await page.evaluate(async (name) => {
      await e2e.createShop();
      await e2e.connect({}, { worker: '/e2e/altering-worker.js' });
      await e2e.backUp();
      const { error } = await e2e.outcome(client.verify(archive, { rehearse: true }));
      return { error, rehearsedAt: (await client.verify(archive).result).rehearsedAt, scratch: await scratchIsThere(name) };
    }, SCRATCH);
    assert.equal(error?.code, 'VALIDATION_FAILED', JSON.stringify(error));
    assert.equal(error.context.table, 'customers');
    assert.equal(rehearsedAt, undefined);
    assert.equal(scratch, false);
  });
});
