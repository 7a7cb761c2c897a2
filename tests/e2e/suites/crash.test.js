// The worker breaks down in the middle of a restore: the old data stands, and the page is told.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { launchSuite } from '../lib/browser.js';

const ROWS = 8000;

describe('a crash in the middle of a restore', () => {
  let suite;
  let page;
  let untouched;

  before(async () => {
    suite = await launchSuite();
    page = await suite.openPage({ quiet: true });
    untouched = await page.evaluate(async (rows) => {
      await e2e.createOrders({ rows });
      localStorage.setItem('key', 'old');
      await e2e.connect();
      await e2e.backUp();
      // All of it is to be written.
      await shop.orders.toCollection().modify({ note: 'since the backup' });
      await shop.payments.toCollection().modify({ method: 'cheque' });
      await shop.payments.delete('p-0000007');
      localStorage.setItem('key', 'since the backup');
      return e2e.state();
    }, ROWS);
  });
  after(() => suite?.close());
  afterEach(() => page.evaluate(() => e2e.reconnect()));

  const expected = {
    throws: { code: 'DATABASE_FAILED', message: /put has broken down/, alive: true },
    uncaught: { code: 'WORKER_FAILED', message: /a bolt from the blue/, alive: false },
    rejected: { code: 'DATABASE_FAILED', message: /abort/i, alive: true },
    trap: { code: 'WORKER_FAILED', message: /the clock has stopped/, alive: false },
  };
  for (const [how, { code, message, alive }] of Object.entries(expected)) {
    for (const at of [1, 5000]) {
      test(`${how}, at put ${at}`, async () => {
        const { error, statuses, next } = await page.evaluate(async ([how, at]) => {
          await client.close();
          await e2e.connect({}, { worker: `/e2e/crashing-worker.js?how=${how}&at=${at}` });
          const { error, statuses } = await e2e.outcome(client.restore(archive));
          const next = await e2e.outcome(client.verify(archive));
          return { error, statuses: statuses.map(({ status, phase }) => `${status} ${phase}`), next: next.error?.code };
        }, [how, at]);
        assert.equal(error?.code, code, JSON.stringify(error));
        assert.match(error.message, message);
        assert.equal(statuses.at(-1), 'failed ended');
        assert.equal(next, alive ? undefined : 'WORKER_FAILED', 'a worker that has failed takes no more jobs');
        // What a dead worker has left is removed at the next start.
        await page.evaluate(() => e2e.reconnect());
        assert.deepEqual(await page.evaluate(() => e2e.state()), untouched);
        assert.equal(await page.evaluate(() => sessionStorage.getItem('backup_in_progress')), null);
      });
    }
  }

  test('a new client then restores at once', async () => {
    const { error, note, key } = await page.evaluate(async () => {
      const { error } = await e2e.outcome(client.restore(archive));
      return { error, note: (await shop.orders.get(2)).note, key: localStorage.getItem('key') };
    });
    assert.equal(error, undefined);
    assert.deepEqual([note, key], ['', 'old']);
  });

  test('a worker whose script is missing is told as such', async () => {
    const error = await page.evaluate(() => e2e.connect({}, { worker: '/e2e/nowhere.js' }).then(() => null, e2e.details));
    assert.equal(error?.code, 'WORKER_FAILED');
    assert.deepEqual(await page.evaluate(() => e2e.connect().then(({ recovered }) => recovered.removedPartFiles)), []);
  });
});
