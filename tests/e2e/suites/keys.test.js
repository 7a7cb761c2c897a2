// Keys of every kind come back as they were, in the same order, wherever batches and parts end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { checkedElsewhere, pull } from '../lib/archive.js';
import { launchSuite } from '../lib/browser.js';

/** Records of most stores; see page/keys.js. */
const ROWS = 3000;

describe('keys', () => {
  let suite;
  let page;
  let original;

  before(async () => {
    suite = await launchSuite();
    page = await suite.openPage();
    original = await page.evaluate(async () => {
      await e2e.createKeys();
      await e2e.connect();
      return e2e.dump('pos', { records: true, nextKeys: true });
    });
  });
  after(() => suite?.close());

  /** Each store by itself: what differs is then short enough to be read. */
  function assertSame(dump) {
    assert.deepEqual(dump.stores.map(({ name }) => name), original.stores.map(({ name }) => name));
    for (const [i, { records, ...store }] of dump.stores.entries()) {
      const { records: expected, ...was } = original.stores[i];
      const first = expected.findIndex((record, n) => record !== records[n]);
      assert.equal(first, -1, `${was.name}, record ${first}: ${records[first]?.slice(0, 200)} in place of ${expected[first]?.slice(0, 200)}`);
      assert.deepEqual(store, was);
    }
  }

  test('there are thousands of each kind', () => {
    for (const { name, count } of original.stores) assert.ok(count >= (name === 'a length' ? 600 : ROWS / 2), `${name}: ${count}`);
    assert.equal(original.stores.length, 30);
  });

  for (const consistency of ['snapshot', 'table', 'batch']) {
    test(`in an archive of consistency '${consistency}'`, async () => {
      const { verified, dump } = await page.evaluate(async (consistency) => {
        await e2e.backUp({ consistency });
        const verified = await client.verify(archive).result;
        await e2e.clearAll('pos');
        await client.restore(archive).result;
        return { verified, dump: await e2e.dump('pos', { records: true, nextKeys: true }) };
      }, consistency);
      assertSame(dump);
      assert.equal(verified.records, original.stores.reduce((sum, { count }) => sum + count, 0));
    });
  }

  test('in a database that is created', async () => {
    const dump = await page.evaluate(async () => {
      await e2e.removeDatabase('pos');
      await client.restore(archive).result;
      return e2e.dump('pos', { records: true, nextKeys: true });
    });
    assertSame(dump);
  });

  test('in parts that a reader in another language finds in order', async () => {
    const report = checkedElsewhere(await pull(page));
    const counts = Object.fromEntries(original.stores.map(({ name, count }) => [name, count]));
    assert.deepEqual(Object.fromEntries(Object.entries(report.tables).map(([name, { records }]) => [name, records])), counts);
  });
});
