// What a restore replaces is kept, and an undo brings it back.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { checkedElsewhere, pull } from '../lib/archive.js';
import { freshPages } from '../lib/browser.js';

describe('undo', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
  });
  /** A shop of every kind of value whose data lies everywhere, a backup of it, and other data since. */
  beforeEach(() => page.evaluate(async () => {
    await e2e.createShop();
    await e2e.setAll('new');
    await e2e.connectShop();
    await e2e.backUp();
    globalThis.changeAll = async () => {
      await shop.products.update(3, { name: 'changed' });
      await shop.products.bulkDelete([5, 6]);
      await shop.products.update(9, { value: new Blob([new Uint8Array(3 << 20).fill(9)], { type: 'image/png' }) });
      await shop.customers.clear();
      await shop.settings.put(new Map([[1n, -0]]), 'added');
      await shop.actionQueue.add({ type: 'later' });
      await e2e.setAll('old');
    };
  }));

  test('brings everything back, and can be undone', async () => {
    const { states, safety, undoable, files } = await page.evaluate(async () => {
      const states = { archived: await e2e.shopState() };
      await changeAll();
      states.changed = await e2e.shopState();
      const { safetyBackup } = await client.restore(archive).result;
      states.restored = await e2e.shopState();
      await client.close();
      await e2e.connectShop();
      const undoable = client.undoable;
      await client.undoRestore().result;
      states.undone = await e2e.shopState();
      await client.undoRestore().result;
      states.redone = await e2e.shopState();
      const { file, ...safety } = safetyBackup;
      globalThis.safetyFile = file;
      return { states, safety, undoable, files: await e2e.storedFiles() };
    });
    assert.deepEqual(states.restored, states.archived);
    assert.deepEqual(states.undone, states.changed);
    assert.deepEqual(states.redone, states.archived);
    assert.notDeepEqual(states.changed, states.archived);
    assert.equal(safety.stored, true);
    assert.equal(undoable.backupId, safety.backupId);
    assert.equal(typeof undoable.at, 'number');
    assert.equal(Object.keys(files).length, 2, 'the backup, and what the last undo replaced');
  });

  test('leaves keys alone that were chosen away for the call', async () => {
    const { before, after } = await page.evaluate(async () => {
      localStorage.setItem('token', 'mine');
      await changeAll();
      await client.restore(archive, { localStorage: (key) => key !== 'token' }).result;
      const before = { ...localStorage };
      await client.undoRestore().result;
      return { before, after: { ...localStorage } };
    });
    assert.equal(after.token, 'mine');
    assert.deepEqual(Object.keys(after).sort(), Object.keys(before).sort());
  });

  test('the copy is an archive like any other', async () => {
    await page.evaluate(async () => {
      await changeAll();
      globalThis.safety = (await client.restore(archive).result).safetyBackup.file;
      await client.verify(safety).result;
    });
    const { tables } = checkedElsewhere(await pull(page, 'safety'));
    assert.ok(tables.products.records > 10, JSON.stringify(tables));
    assert.equal(tables.customers.records, 0);
  });

  test('there is nothing to undo where nothing was kept', async () => {
    const { errors, undoable, files } = await page.evaluate(async () => {
      const errors = [(await e2e.outcome(client.undoRestore())).error];
      await changeAll();
      await client.restore(archive).result;
      const first = client.undoable.backupId;
      await changeAll();
      await client.restore(archive, { safetyBackup: false }).result;
      if (client.undoable !== null) throw new Error(`${first} is not what the last restore replaced`);
      errors.push((await e2e.outcome(client.undoRestore())).error);
      await client.close();
      await e2e.connectShop();
      return { errors, undoable: client.undoable, files: await e2e.storedFiles() };
    });
    for (const error of errors) {
      assert.equal(error?.code, 'BACKUP_NOT_FOUND', JSON.stringify(error));
      assert.match(error.hint, /safetyBackup/);
    }
    assert.equal(undoable, null);
    assert.equal(Object.keys(files).length, 1);
  });

  test('a restore that fails or is cancelled keeps nothing, and what was kept before stays', async () => {
    const { before, failed, cancelled, after, files, undone, changed } = await page.evaluate(async () => {
      await changeAll();
      const changed = await e2e.shopState();
      await client.restore(archive).result;
      await client.close();
      await e2e.connectShop();
      const before = client.undoable;
      await shop.products.update(3, { name: 'changed again' });
      const refuse = { applyAssets: () => { throw new Error('printer on fire'); } };
      const { file } = await client.createBackup({ config: 1 }).result;
      await shop.products.update(3, { name: 'and again' });
      const failed = (await e2e.outcome(client.restore(file, refuse))).error;
      const slow = { applyAssets: () => e2e.sleep(300) };
      const seen = await e2e.cancelWhen((client) => client.restore(file, slow), e2e.inPhase('applying-assets'));
      await client.close();
      await e2e.connectShop();
      const after = client.undoable;
      const files = await e2e.storedFiles();
      await client.undoRestore().result;
      return { before, failed, cancelled: seen.code, after, files, undone: await e2e.shopState(), changed };
    });
    assert.equal(failed?.code, 'ASSETS_NOT_APPLIED');
    assert.equal(cancelled, 'CANCELLED');
    assert.deepEqual(after, before);
    assert.equal(Object.keys(files).length, 3, JSON.stringify(files));
    assert.deepEqual(undone, changed);
  });

  test('the plan says what the copy takes, and when the storage is too short for it', async () => {
    const plan = () => page.evaluate(async () => {
      const { safetyBackup, warnings } = await client.planRestore(archive).result;
      return { safetyBackup, codes: warnings.map(({ code }) => code) };
    });
    await page.evaluate(() => changeAll());
    const roomy = await plan();
    assert.equal(roomy.safetyBackup.fits, true);
    assert.ok(roomy.safetyBackup.bytes > 3 << 20, 'at least the picture');
    const devtools = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    const { usage } = await devtools.send('Storage.getUsageAndQuota', { origin });
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: usage + (1 << 20) });
    const short = await plan();
    assert.equal(short.safetyBackup.fits, false);
    assert.deepEqual(short.codes, ['QUOTA_EXCEEDED']);
    const { error, files, changed, after } = await page.evaluate(async () => {
      const changed = await e2e.shopState();
      const { error } = await e2e.outcome(client.restore(archive));
      return { error, files: await e2e.storedFiles(), changed, after: await e2e.shopState() };
    });
    assert.equal(error?.code, 'QUOTA_EXCEEDED', JSON.stringify(error));
    assert.match(error.hint, /safetyBackup: false/);
    assert.deepEqual(after, changed);
    assert.equal(Object.keys(files).length, 1);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    const declined = await page.evaluate(async () => (await client.planRestore(archive, { safetyBackup: false }).result).safetyBackup);
    assert.equal(declined, undefined);
  });
});
