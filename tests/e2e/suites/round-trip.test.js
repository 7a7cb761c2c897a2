// Backup, wipe, restore: everything comes back, of the same type, beside the app's open connection.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { altered, checkedElsewhere, pull, push } from '../lib/archive.js';
import { freshPages } from '../lib/browser.js';

describe('round trip', () => {
  let page;

  freshPages((fresh) => {
    page = fresh;
  });

  test('every kind of store and value comes back as it was', async () => {
    const { before, cleared, after, report, restored } = await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect();
      const before = await e2e.dump('pos', { records: true });
      await e2e.backUp();
      const report = await client.verify(archive).result;
      await shop.transaction('rw', shop.tables, () => Promise.all(shop.tables.map((table) => table.clear())));
      const cleared = (await e2e.dump('pos')).stores.map((store) => store.count);
      const restored = await client.restore(archive).result;
      return { before, cleared, after: await e2e.dump('pos', { records: true }), report, restored };
    });
    assert.deepEqual(after, before);
    assert.ok(cleared.every((count) => count === 0));
    const counts = Object.fromEntries(before.stores.map(({ name, count }) => [name, count]));
    assert.deepEqual(Object.fromEntries(restored.tables.map(({ table, records }) => [table, records])), counts);
    assert.equal(report.records, Object.values(counts).reduce((sum, count) => sum + count, 0));
    assert.equal(report.sealed, true);
    assert.ok(counts.products > 70, 'the shop holds every kind of value');
  });

  test('random records under random keys come back as they were', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const { records, difference } = await page.evaluate(async (seed) => {
      const { createRandom, readRandom, randomDifference } = await import('/e2e/random.js');
      await createRandom(seed, 1000);
      await e2e.connect();
      const before = await readRandom();
      await e2e.backUp();
      await e2e.removeDatabase('pos');
      const { tables } = await client.restore(archive).result;
      return { records: tables.reduce((sum, { records }) => sum + records, 0), difference: randomDifference(await readRandom(), before) };
    }, seed);
    assert.equal(difference, undefined, `of the records of seed ${seed}`);
    assert.ok(records > 1000, `${records} records`);
    checkedElsewhere(await pull(page));
  });

  test('a reader in another language, written from docs/format.md, finds the archive whole', async () => {
    const counts = await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect();
      await e2e.backUp({ config: { a: 1 }, files: { 'Beleg "1"/2.txt': 'Grüße' } });
      return Object.fromEntries((await e2e.dump('pos')).stores.map(({ name, count }) => [name, count]));
    });
    const archive = await pull(page);
    const report = checkedElsewhere(archive);
    assert.deepEqual(Object.fromEntries(Object.entries(report.tables).map(([name, { records }]) => [name, records])), counts);
    assert.equal(report.sealed, true);
    // It must be able to find fault, too.
    const flipped = Buffer.from(archive);
    flipped[Math.floor(flipped.length / 2)] ^= 0xff;
    assert.throws(() => checkedElsewhere(flipped), /WRONG/);
    assert.throws(() => checkedElsewhere(altered(archive, { metadata: (document) => ({ ...document, size: document.size + 1 }) })), /metadata.size/);
    assert.throws(() => checkedElsewhere(altered(archive, { manifestAfter: (document) => ({ ...document, checksum: '0'.repeat(64) }) })), /manifest.checksum/);
    const swap = (all) => {
      const part = all.find(({ name }) => name.includes('customers'));
      part.content = Buffer.from(part.content.toString().split('\n').slice(0, -1).reverse().join('\n') + '\n');
    };
    assert.throws(() => checkedElsewhere(altered(archive, { parts: swap })), /order|firstKey/);
  });

  test('that reader knows a line that is valid from one that is not', () => {
    const directory = join(import.meta.dirname, '..');
    execFileSync('python3', [join(directory, 'check_lines.py'), join(directory, '../fixtures/records.json')]);
  });

  test('the key generators go on where they were', async () => {
    const keys = await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect();
      const next = async () => ({ products: await shop.products.add({ sku: 'next' }), log: await shop.log.add('next'), nothing: await shop.nothing.add({}) });
      const undo = (keys) => Promise.all(Object.entries(keys).map(([table, key]) => shop.table(table).delete(key)));
      await undo(await next());
      await e2e.backUp();
      await shop.delete({ disableAutoOpen: false });
      await shop.open();
      await client.restore(archive).result;
      const highest = await shop.products.toCollection().lastKey();
      return { highest, next: await next() };
    });
    assert.ok(keys.next.products > keys.highest);
    // Each gave one key before the backup, whose record is gone.
    assert.deepEqual(keys.next, { products: keys.highest + 3, log: 42, nothing: 2 });
  });

  test('a key generator that has given its last key has no more', async () => {
    const refused = await page.evaluate(async () => {
      const upgrade = (database) => {
        const store = database.createObjectStore('items', { autoIncrement: true });
        store.put('the last', 2 ** 53);
        store.delete(2 ** 53);
      };
      (await e2e.openDatabase('pos', 1, upgrade)).close();
      await e2e.connect();
      await e2e.backUp();
      await e2e.removeDatabase('pos');
      await client.restore(archive).result;
      const database = await e2e.openDatabase('pos', 1);
      return e2e.answerOf(database.transaction('items', 'readwrite').objectStore('items').add(1)).then(String, (error) => error.name);
    });
    assert.equal(refused, 'ConstraintError');
  });

  test('a record that lacks its key gets none from the generator: it is refused, and nothing restored', async () => {
    await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect();
      await e2e.backUp();
      await shop.nothing.add({ since: 'the backup' });
      globalThis.before = await e2e.dump('pos', { records: true });
    });
    const strip = (all) => {
      const part = all.find(({ name }) => name.startsWith('database/products/'));
      const [first, ...rest] = part.content.toString().split('\n');
      const { v, ...line } = JSON.parse(first);
      delete v.id;
      part.content = Buffer.from([JSON.stringify({ v, ...line }), ...rest].join('\n'));
    };
    await push(page, altered(await pull(page), { parts: strip }));
    const { error, unchanged } = await page.evaluate(async () => {
      const { error } = await e2e.outcome(client.restore(archive));
      return { error, unchanged: JSON.stringify(await e2e.dump('pos', { records: true })) === JSON.stringify(before) };
    });
    assert.equal(error?.code, 'RECORD_INVALID', JSON.stringify(error));
    assert.equal(error.context.table, 'products');
    assert.ok(unchanged);
  });

  test('records whose keys are of their Files', async () => {
    const { before, after } = await page.evaluate(async () => {
      const whole = { records: true, indexEntries: true };
      const paths = ['f.name', 'f.size', 'f.type', 'f.lastModified', 'f.lastModifiedDate'];
      const upgrade = (database) => {
        for (const path of paths) {
          const store = database.createObjectStore(path, { keyPath: path });
          for (let i = 1; i < 20; i += 1) store.put({ f: new File(['x'.repeat(i)], `n${i}`, { type: `a/${i}`, lastModified: i }) });
        }
      };
      (await e2e.openDatabase('pos', 1, upgrade)).close();
      await e2e.connect();
      const before = await e2e.dump('pos', whole);
      await e2e.backUp();
      await e2e.removeDatabase('pos');
      await client.restore(archive).result;
      return { before, after: await e2e.dump('pos', whole) };
    });
    assert.deepEqual(after, before);
    assert.equal(before.stores.reduce((sum, { count }) => sum + count, 0), 5 * 19);
    checkedElsewhere(await pull(page));
  });

  test('localStorage and sessionStorage come back to the last code unit, and our own keys stay out of it', async () => {
    const result = await page.evaluate(async () => {
      await e2e.createShop({ rows: 1 });
      const entries = { plain: 'value', 'lone \ud800': '\udc00\ud800 x', '': 'empty key', __proto__x: '1', 'a/b~"\n': '\u0000\ufeff' };
      for (const [key, value] of Object.entries(entries)) {
        localStorage.setItem(key, value);
        sessionStorage.setItem(key, `session ${value}`);
      }
      localStorage.setItem('__proto__', 'own');
      const read = (storage) => Object.entries(Object.fromEntries(Array.from({ length: storage.length }, (_, i) => [storage.key(i), storage.getItem(storage.key(i))]))).sort();
      await e2e.connect();
      const before = [read(localStorage), read(sessionStorage)];
      await e2e.backUp();
      const noted = localStorage.getItem('backup_metadata');
      localStorage.clear();
      localStorage.setItem('backup_metadata', noted);
      localStorage.setItem('plain', 'changed');
      localStorage.setItem('new', 'since');
      sessionStorage.clear();
      await client.restore(archive).result;
      const after = [read(localStorage), read(sessionStorage)];
      const text = await (await e2e.entryOf(archive, 'files/localStorage.json')).text();
      return { before, after, noted, text };
    });
    const [local, session] = result.after;
    assert.deepEqual(session, result.before[1]);
    const own = ['backup_metadata', 'backup_restored'];
    assert.deepEqual(local.filter(([key]) => !own.includes(key)), result.before[0]);
    assert.deepEqual(local.filter(([key]) => key === 'backup_metadata'), [['backup_metadata', result.noted]]);
    assert.ok(!result.text.includes('backup_metadata'));
    assert.ok(result.before[0].some(([key]) => key === '__proto__'), 'a key of that name is kept too');
  });

  test('config and files are handed back, byte for byte', async () => {
    const { given, handed, metadata, warnings } = await page.evaluate(async () => {
      await e2e.createShop({ rows: 1 });
      await e2e.connect();
      const bytes = crypto.getRandomValues(new Uint8Array(65_000));
      const config = { taxRate: 0.19, 'lone \ud800': ['\udc00', null, -0.5], __proto__x: {} };
      const { metadata } = await e2e.backUp({ config, files: { 'logo.png': new Blob([bytes]), 'Beleg "1"/2.txt': 'Grüße', empty: new Blob([]) } });
      let handed;
      const applyAssets = async ({ config, files }) => {
        handed = { config, files: {} };
        for (const [name, file] of Object.entries(files)) handed.files[name] = await e2e.toBase64(file);
      };
      await client.restore(archive, { applyAssets }).result;
      const { warnings } = await client.restore(archive).result;
      const files = { 'logo.png': await e2e.toBase64(new Blob([bytes])), 'Beleg "1"/2.txt': await e2e.toBase64(new Blob(['Grüße'])), empty: '' };
      return { given: { config, files }, handed, metadata, warnings };
    });
    assert.deepEqual(handed, given);
    assert.equal(metadata.config, true);
    assert.deepEqual([...metadata.fileAssets].sort(), ['Beleg "1"/2.txt', 'empty', 'localStorage.json', 'logo.png', 'sessionStorage.json']);
    assert.equal(warnings.length, 1, 'nobody took over config and files');
  });

  test('assets that the page refuses undo the whole restore', async () => {
    const { before, after, error } = await page.evaluate(async () => {
      await e2e.createShop();
      localStorage.setItem('key', 'old');
      await e2e.connect();
      await e2e.backUp({ config: { a: 1 } });
      localStorage.setItem('key', 'new');
      await shop.customers.update('k-0', { name: 'changed since' });
      const before = await e2e.state();
      const { error } = await e2e.outcome(client.restore(archive, { applyAssets: () => { throw new Error('printer on fire'); } }));
      return { before, after: await e2e.state(), error };
    });
    assert.equal(error.code, 'ASSETS_NOT_APPLIED');
    assert.equal(error.context.found, 'printer on fire');
    assert.deepEqual(after, before);
  });

  test('the page goes on reading and writing through its own connection', async () => {
    const { readDuring, wroteDuring, afterwards, expected } = await page.evaluate(async () => {
      await e2e.createOrders({ rows: 8000 });
      await e2e.connect();
      let [readDuring, wroteDuring, running] = [0, 0, true];
      const till = (async () => {
        while (running) {
          if ((await shop.orders.get(1)) !== undefined) readDuring += 1;
          await shop.settings.put(wroteDuring, 'counter');
          wroteDuring += 1;
        }
      })();
      await e2e.backUp();
      running = false;
      await till;
      await shop.orders.update(1, { note: 'changed' });
      const restore = client.restore(archive);
      await restore.result;
      const { note } = await shop.orders.get(1);
      await shop.orders.add({ number: 'after the restore' });
      return { readDuring, wroteDuring, afterwards: { note, orders: await shop.orders.count() }, expected: { note: 'No onions, please 😀', orders: 8001 } };
    });
    assert.ok(readDuring > 0 && wroteDuring > 0);
    assert.deepEqual(afterwards, expected);
  });

  test('`tables` backs up and restores only these, and leaves the rest and the assets alone', async () => {
    const result = await page.evaluate(async () => {
      await e2e.createShop();
      localStorage.setItem('key', 'old');
      await e2e.connect();
      const some = await e2e.backUp({ tables: ['customers', 'moves'] });
      const someFile = archive;
      await e2e.backUp();
      const before = await e2e.dump('pos');
      const change = async () => {
        await shop.customers.clear();
        await shop.moves.clear();
        await shop.log.clear();
        localStorage.setItem('key', 'new');
      };
      await change();
      const changed = await e2e.dump('pos');
      const plan = await client.planRestore(someFile).result;
      await client.restore(someFile, { tables: ['moves'] }).result;
      const one = await e2e.dump('pos');
      const key = localStorage.getItem('key');
      await client.restore(someFile).result;
      const two = await e2e.dump('pos');
      await change();
      await client.restore(archive, { tables: ['customers', 'log'] }).result;
      const ofAll = await e2e.dump('pos');
      return { some, plan, before, changed, one, two, ofAll, key, lastKey: localStorage.getItem('key') };
    });
    const pick = (dump, names) => dump.stores.map((store) => (names.includes(store.name) ? store : null));
    const mix = (restored) => result.before.stores.map((store, i) => (restored.includes(store.name) ? store : result.changed.stores[i]));
    assert.deepEqual(Object.keys(result.some.metadata.tables).sort(), ['customers', 'moves']);
    assert.equal(result.some.metadata.actionQueueCount, 0);
    assert.deepEqual(result.plan.tables.map(({ table, add, delete: gone }) => [table, add, gone]), [['customers', 40, 0], ['moves', 40, 0]]);
    assert.deepEqual(result.one.stores, mix(['moves']));
    assert.equal(result.key, 'new', 'a restore of some tables touches nothing outside the database');
    assert.deepEqual(result.two.stores, mix(['customers', 'moves']));
    assert.deepEqual(pick(result.ofAll, ['customers', 'log']), pick(result.before, ['customers', 'log']));
    assert.equal(result.ofAll.stores.find(({ name }) => name === 'moves').count, 0);
    assert.equal(result.lastKey, 'new');
  });

  test('`anyDatabase` restores an archive of another database into this one', async () => {
    const { from, into, untouched } = await page.evaluate(async () => {
      await e2e.createShop({ name: 'other' });
      await e2e.connect({ database: 'other' });
      await e2e.backUp();
      const from = await e2e.dump('other');
      await client.close();
      await e2e.createShop({ name: 'pos', rows: 2 });
      await e2e.connect();
      await client.restore(archive, { anyDatabase: true, safetyBackup: false }).result;
      return { from, into: await e2e.dump('pos'), untouched: await e2e.dump('other') };
    });
    assert.deepEqual(into, from);
    assert.deepEqual(untouched, from);
  });

  test('a stored backup is restored by its id', async () => {
    const { before, after, inspection, planned, files } = await page.evaluate(async () => {
      await e2e.createShop();
      await e2e.connect();
      const { backupId } = await e2e.backUp();
      const before = await e2e.dump('pos');
      await shop.products.clear();
      const inspection = await client.inspect({ backupId }).result;
      const planned = await client.planRestore({ backupId }).result;
      await client.verify({ backupId }).result;
      await client.restore({ backupId }).result;
      return { before, after: await e2e.dump('pos'), inspection, planned, files: Object.keys(await e2e.storedFiles()), backupId };
    });
    assert.deepEqual(after, before);
    assert.equal(inspection.schema.stores.length, before.stores.length);
    assert.equal(planned.tables.find(({ table }) => table === 'products').delete, 0);
    assert.equal(files.length, 2, 'it, and the copy of what was replaced');
  });

  for (const consistency of ['snapshot', 'table', 'batch']) {
    test(`an archive of consistency '${consistency}' says so and restores everything`, async () => {
      const { before, after, metadata } = await page.evaluate(async (consistency) => {
        await e2e.createOrders({ rows: 4000 });
        await e2e.connect();
        const before = await e2e.dump('pos');
        const { metadata } = await e2e.backUp({ consistency });
        await shop.orders.clear();
        await client.restore(archive).result;
        return { before, after: await e2e.dump('pos'), metadata };
      }, consistency);
      assert.equal(metadata.consistency, consistency);
      assert.deepEqual(after, before);
    });
  }

  const unsupported = {
    'a CryptoKey that cannot be exported': {
      make: 'crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt"])',
      path: '/value',
      found: 'CryptoKey',
    },
  };
  for (const [name, { make, path, found }] of Object.entries(unsupported)) {
    test(`${name} is refused with its place, and no backup comes to be`, async () => {
      const { before, after, error } = await page.evaluate(async (make) => {
        await e2e.createShop();
        await e2e.connect();
        await e2e.backUp();
        await shop.customers.put({ id: 'bad', email: 'bad', value: await (0, eval)(make) });
        const before = await e2e.state();
        const { error } = await e2e.outcome(client.createBackup());
        return { before, after: await e2e.state(), error };
      }, make);
      assert.equal(error.code, "UNSUPPORTED_VALUE", JSON.stringify(error));
      assert.deepEqual({ table: error.context.table, key: error.context.key, path: error.context.path }, { table: 'customers', key: 'bad', path });
      assert.match(error.context.found, new RegExp(found));
      assert.deepEqual(after, before);
      assert.equal(Object.keys(after.files).length, 1);
    });
  }
});
