// When the browser's storage is full a job fails with QUOTA_EXCEEDED, and all is as before.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { launchSuite } from '../lib/browser.js';

const KIB = 1024;
const MIB = KIB * KIB;

/** About 8 MB in the database, and archives of more than 3 MB. */
const SHOP = { rows: 6_000, scribbled: 800 };

describe('quota', () => {
  let suite;
  let page;
  let devtools;
  let untouched;

  before(async () => {
    suite = await launchSuite();
    page = await suite.openPage();
    devtools = await suite.browser.context.newCDPSession(page);
    untouched = await page.evaluate(async (shop) => {
      await e2e.createOrders(shop);
      await e2e.connect();
      await e2e.backUp();
      return e2e.state();
    }, SHOP);
  });
  after(() => suite?.close());
  afterEach(() => setQuota());

  /** Leaves this many bytes of room; without an argument, what the browser would. */
  async function setQuota(roomBytes) {
    const origin = new URL(suite.url).origin;
    const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin });
    await devtools.send('Storage.overrideQuotaForOrigin', roomBytes === undefined ? { origin } : { origin, quotaSize: usage + roomBytes });
  }

  const attempt = (kind) =>
    page.evaluate(async (kind) => {
      const { error, result } = await e2e.outcome(e2e.STARTS[kind](client));
      return { error, backupId: result?.backupId };
    }, kind);
  const unchanged = async () => assert.deepEqual(await page.evaluate(() => e2e.state()), untouched);

  const rooms = { 'no room at all': 0, 'room for a little': 300 * KIB, 'room for half of the archive': 1.5 * MIB };
  for (const [name, bytes] of Object.entries(rooms)) {
    test(`a backup with ${name}`, async () => {
      await setQuota(bytes);
      const { error } = await attempt('backup');
      assert.equal(error?.code, 'QUOTA_EXCEEDED', JSON.stringify(error));
      assert.equal(error.retryable, true);
      await setQuota();
      await unchanged();
    });
  }

  test('a restore with no room for what it writes', async () => {
    const { name } = await page.evaluate(async () => {
      await shop.orders.update(3, { note: 'since the backup' });
      return { name: archive.name };
    });
    untouched = await page.evaluate(() => e2e.state());
    // Chromium remembers for a while how much room there was for a database that is open.
    await suite.browser.restart();
    page = await suite.openPage();
    devtools = await suite.browser.context.newCDPSession(page);
    await setQuota(MIB / 2);
    await page.evaluate(async (name) => {
      await e2e.connect();
      const ours = await (await navigator.storage.getDirectory()).getDirectoryHandle('pos-backup');
      const handle = await (await ours.getDirectoryHandle('db-pos')).getFileHandle(name);
      globalThis.archive = await handle.getFile();
    }, name);
    const { error } = await attempt('restore');
    assert.equal(error?.code, 'QUOTA_EXCEEDED', JSON.stringify(error));
    await setQuota();
    // What belongs to a session ends with the browser.
    untouched.sessionStorage = {};
    await unchanged();
  });

  test('once there is room again, both succeed', async () => {
    assert.equal((await attempt('restore')).error, undefined);
    assert.equal(await page.evaluate(async () => (await new e2e.Dexie('pos').open().then((shop) => shop.table('orders').get(3))).note), '');
    assert.equal((await attempt('backup')).error, undefined);
  });
});
