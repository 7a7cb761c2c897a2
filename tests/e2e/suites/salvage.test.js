// What is whole of a damaged archive is brought back, and what is missing is listed, before and after.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { entries, pull, push } from '../lib/archive.js';
import { freshPages } from '../lib/browser.js';

/** Where an entry's data is in the file. */
function dataOf(file, name) {
  const at = file.indexOf(name, 0, 'latin1');
  const header = at - 30;
  return { start: at + file.readUInt16LE(header + 26) + file.readUInt16LE(header + 28), bytes: file.readUInt32LE(header + 18) };
}

/** The archive with an entry's data broken in the middle. */
function broken(file, name) {
  const copy = Buffer.from(file);
  const { start, bytes } = dataOf(file, name);
  copy[start + Math.floor(bytes / 2)] ^= 0xff;
  return copy;
}

describe('salvage', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
  });

  const idsOf = (text) => text.trim().split('\n').map((line) => JSON.parse(line).v.id);

  async function orders() {
    await page.evaluate(async () => {
      await e2e.createOrders({ rows: 6000, scribbled: 400 });
      await e2e.connect();
      await e2e.backUp();
      // Of the live orders one in a thousand is another one, one is gone, and ten came since.
      await shop.orders.where('id').noneOf([]).modify((order) => { if (order.id % 1000 === 7) order.note = 'since'; });
      await shop.orders.bulkDelete([2000]);
      await shop.orders.bulkAdd(Array.from({ length: 10 }, (_, i) => e2e.order(7000 + i)));
    });
    return pull(page);
  }

  const restored = (options = {}) => page.evaluate(async (options) => {
    const plan = await client.planRestore(archive, { salvage: true, ...options }).result;
    const result = await client.restore(archive, { salvage: true, validate: 'full', ...options }).result;
    const numbers = ({ table, unchanged, add, change, delete: gone }) => ({ table, unchanged, add, change, gone });
    return {
      plan: { salvage: plan.salvage, tables: plan.tables.map(numbers) },
      result: { salvage: result.salvage, tables: result.tables.map(numbers), warnings: result.warnings },
      notes: Object.fromEntries((await shop.orders.where('id').anyOf([7, 1007, 2007, 3007, 4007, 5007]).toArray()).map(({ id, note }) => [id, note])),
      ids: await shop.orders.toCollection().primaryKeys(),
    };
  }, options);

  test('a part in the middle is lost', async () => {
    const file = await orders();
    const parts = entries(file).filter(({ name }) => name.startsWith('database/orders/'));
    assert.ok(parts.length >= 4, 'there are several parts');
    const lost = parts[1];
    const ids = idsOf(lost.content.toString());
    await push(page, broken(file, lost.name));
    const { plain, same } = await page.evaluate(async () => {
      const before = JSON.stringify(await e2e.state());
      const { error } = await e2e.outcome(client.restore(archive));
      return { plain: error?.code, same: JSON.stringify(await e2e.state()) === before };
    });
    assert.deepEqual([plain, same], ['CHECKSUM_MISMATCH', true], 'never by default');

    const { plan, result, notes, ids: held } = await restored();
    assert.deepEqual(plan.salvage, result.salvage);
    assert.deepEqual(plan.tables, result.tables);
    const [missing, ...more] = result.salvage.missing;
    assert.deepEqual(more, []);
    assert.equal(result.salvage.complete, true);
    assert.deepEqual(
      [missing.entry, missing.table, missing.records, missing.firstKey, missing.lastKey, missing.error.code],
      [lost.name, 'orders', ids.length, ids[0], ids.at(-1), 'CHECKSUM_MISMATCH'],
    );
    for (const [id, note] of Object.entries(notes)) {
      assert.equal(note === 'since', ids.includes(Number(id)), `order ${id}`);
    }
    // What came since is gone, as the table ends on a part that is whole; the order that was deleted is back, unless it is in the lost part.
    assert.equal(Math.max(...held), 6000);
    assert.equal(held.includes(2000), !ids.includes(2000));
  });

  test('the file is cut off', async () => {
    const file = await orders();
    const parts = entries(file).filter(({ name }) => name.startsWith('database/orders/'));
    await push(page, file.subarray(0, dataOf(file, parts[2].name).start + 100));
    const { result, notes, ids: held } = await restored();
    assert.equal(result.salvage.complete, false);
    const whole = parts.slice(0, 2).flatMap(({ content }) => idsOf(content.toString()));
    const entriesMissing = result.salvage.missing.map(({ entry }) => entry);
    assert.ok(['manifest.json', 'metadata.json'].every((name) => entriesMissing.includes(name)), entriesMissing.join());
    for (const [id, note] of Object.entries(notes)) {
      assert.equal(note === 'since', !whole.includes(Number(id)), `order ${id}`);
    }
    assert.equal(Math.max(...held), 6010, 'what came since stays: nobody knows where the archive ended');
    assert.equal(held.length, whole.includes(2000) ? 6010 : 6009);
  });

  test('a large value is lost', async () => {
    await page.evaluate(async () => {
      await e2e.createShop();
      await shop.products.update(1, { value: new Uint8Array(9000).fill(1) });
      await shop.products.update(2, { value: new Blob([new Uint8Array(9001).fill(2)], { type: 'image/png' }) });
      await e2e.connect();
      await e2e.backUp();
      await shop.products.bulkUpdate([1, 2, 3].map((key) => ({ key, changes: { name: 'since' } })));
    });
    const file = await pull(page);
    const lost = entries(file).find(({ name, content }) => name.startsWith('blobs/') && content.length === 9001);
    await push(page, broken(file, lost.name));
    const { salvage, names } = await page.evaluate(async () => {
      const { salvage } = await client.restore(archive, { salvage: true }).result;
      return { salvage, names: (await shop.products.bulkGet([1, 2, 3])).map(({ name }) => name) };
    });
    assert.deepEqual(salvage.missing.map(({ entry, key }) => [entry, key]), [[lost.name, undefined], ['database/products/000000.ndjson', 2]]);
    assert.deepEqual(names.map((name) => name === 'since'), [false, true, false]);
  });

  test('localStorage and a file are lost: what the page has of them stays', async () => {
    const taken = await page.evaluate(async () => {
      await e2e.createOrders({ rows: 10 });
      localStorage.setItem('mode', 'archived');
      sessionStorage.setItem('cart', 'archived');
      await e2e.connect();
      await e2e.backUp({ files: { 'a.txt': 'archived a', 'b.txt': 'archived b' }, config: { archived: true } });
      return true;
    });
    assert.ok(taken);
    let file = await pull(page);
    for (const name of ['files/localStorage.json', 'files/b.txt']) file = broken(file, name);
    await push(page, file);
    const { missing, storages, files, config } = await page.evaluate(async () => {
      localStorage.setItem('mode', 'mine');
      sessionStorage.setItem('cart', 'mine');
      let given;
      const applyAssets = async (assets) => { given ??= assets; };
      const gatherAssets = () => ({ config: null, files: { 'b.txt': 'my b', 'c.txt': 'my c' } });
      const { salvage } = await client.restore(archive, { salvage: true, applyAssets, gatherAssets }).result;
      const files = {};
      for (const [name, blob] of Object.entries(given.files)) files[name] = await blob.text();
      return { missing: salvage.missing.map(({ entry }) => entry), storages: [localStorage.mode, sessionStorage.cart], files, config: given.config };
    });
    assert.deepEqual(missing.sort(), ['files/b.txt', 'files/localStorage.json']);
    assert.deepEqual(storages, ['mine', 'archived']);
    assert.deepEqual(files, { 'a.txt': 'archived a', 'b.txt': 'my b' });
    assert.deepEqual(config, { archived: true });
  });

  test('of what is no archive nothing is', async () => {
    const codes = await page.evaluate(async () => {
      await e2e.createOrders({ rows: 10 });
      await e2e.connect();
      const files = [new Blob(['no archive']), new Blob([]), new Blob([new Uint8Array(500_000)])];
      return Promise.all(files.map(async (file) => (await e2e.outcome(client.planRestore(file, { salvage: true }))).error?.code));
    });
    assert.deepEqual(codes, ['NOT_AN_ARCHIVE', 'NOT_AN_ARCHIVE', 'NOT_AN_ARCHIVE']);
  });
});
