// Values of half a gigabyte pass through in bounded memory, equal ones are kept once, many small ones are not slow.
import assert from 'node:assert/strict';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { whileMeasuring } from '../demo/processes.js';
import { checkedElsewhere, entries, pull } from '../lib/archive.js';
import { launchSuite } from '../lib/browser.js';

const MIB = 1024 * 1024;
const AT_ONCE_MS = 100;
/**
 * What the renderers may take beyond what they take with the client connected and idle: less than the value, though
 * more than the pieces that are in use, since the collector takes its time with those that were.
 */
const RENDERER_BYTES = 400 * MIB;

describe('large values', () => {
  let suite;
  let page;

  before(async () => {
    suite = await launchSuite();
  });
  after(() => suite?.close());

  const fresh = async () => {
    await page?.close();
    page = await suite.openPage();
    page.setDefaultTimeout(300_000);
  };
  beforeEach(async () => {
    await fresh();
    await page.evaluate(() => e2e.wipe());
  });

  /** The files in which Chromium keeps large records and Blobs. */
  const blobFiles = () => readdirSync(suite.browser.profile, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.parentPath.includes('.indexeddb.blob'))
    .map((file) => join(file.parentPath, file.name));

  /** Runs something in the page, says what it took, and asserts the bound. */
  async function bounded(t, name, run) {
    const began = performance.now();
    const { startBytes, peakBytes, result } = await whileMeasuring(() => page.evaluate(run));
    t.diagnostic(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s, ${((peakBytes - startBytes) / MIB).toFixed(0)} MiB beyond ${(startBytes / MIB).toFixed(0)} MiB idle`);
    assert.ok(peakBytes - startBytes < RENDERER_BYTES, `${name} took ${((peakBytes - startBytes) / MIB).toFixed(0)} MiB`);
    return result;
  }

  /** A database with one large Blob in a record, seen by a page that has never held it. */
  async function createLarge(mib, random) {
    const digest = await page.evaluate(async ([mib, random]) => {
      const video = await e2e.largeBlob(mib, { random });
      await e2e.createWith({ videos: [['one', { title: 'Large', video }]], notes: [['a', 'note']] });
      await (await navigator.storage.getDirectory()).removeEntry('large');
      return e2e.digestOf((await e2e.valueOf('videos', 'one')).video);
    }, [mib, random]);
    await fresh();
    await page.evaluate(() => e2e.connect());
    return digest;
  }
  const stored = () => page.evaluate(async () => {
    const { title, video } = await e2e.valueOf('videos', 'one');
    return { title, type: video.type, digest: await e2e.digestOf(video) };
  });

  for (const [mib, random] of [[512, true], [64, false]]) {
    test(`a Blob of ${mib} MiB of ${random ? 'random bytes, stored' : 'text, deflated'}`, async (t) => {
      const digest = await createLarge(mib, random);
      const size = await bounded(t, 'backup', async () => (await e2e.backUp()).size);
      const share = size / (mib * MIB);
      if (random) assert.ok(share >= 1 && share < 1.001, `stored as it is: ${share}`);
      else assert.ok(share < 0.05, `deflated: ${share}`);
      await bounded(t, 'verify', () => client.verify(archive).result.then(() => null));
      await page.evaluate(() => e2e.clearAll('pos'));
      await bounded(t, 'restore', () => client.restore(archive).result.then(() => null));
      assert.deepEqual(await stored(), { title: 'Large', type: 'video/mp4', digest });
    });
  }

  for (const [size, name] of [[3000, 'small'], [7000, 'large']]) {
    test(`a ${name} Blob that the browser has lost`, async () => {
      await page.evaluate(async (size) => {
        const rows = [1, 2, 3].map((n) => [n, { n, blob: new Blob([String(n).repeat(size + n)]) }]);
        await e2e.createWith({ rows });
      }, size);
      await suite.browser.restart();
      const second = blobFiles().find((path) => statSync(path).size === size + 2);
      rmSync(second);
      page = await suite.openPage({ quiet: true });
      const outcomes = await page.evaluate(async () => {
        await e2e.connect();
        const outcome = async (options) => {
          const { error, result } = await e2e.outcome(client.createBackup(options));
          return error ? [error.code, error.context.table, error.context.key, error.context.path] : [result.metadata.tables, result.metadata.omissions];
        };
        return [await outcome({}), await outcome({ onUnsupported: 'omit' })];
      });
      const [failed, [tables, [omission, ...others]]] = outcomes;
      assert.deepEqual(failed, ['UNSUPPORTED_VALUE', 'rows', 2, '/blob']);
      assert.deepEqual([tables, others], [{ rows: 3 }, []]);
      assert.match(omission.found, /^a Blob that cannot be read \(Not(Readable|Found)Error\)$/);
      assert.deepEqual(omission, { table: 'rows', key: 2, path: '/blob', found: omission.found });
    });
  }

  for (const consistency of ['snapshot', 'table', 'batch']) {
    test(`a large record that the browser has lost, consistency '${consistency}'`, async () => {
      await page.evaluate(async () => {
        const database = await e2e.openDatabase('pos', 1, (d) => {
          d.createObjectStore('inline', { keyPath: 'id' });
          d.createObjectStore('outOfLine');
          d.createObjectStore('other');
        });
        const put = database.transaction(['inline', 'outOfLine', 'other'], 'readwrite');
        for (let id = 1; id <= 5; id++) {
          // Beyond 64 KiB Chromium keeps a record in a file of its own, when it does not shrink.
          const bytes = crypto.getRandomValues(new Uint8Array(65_536));
          const size = id === 3 ? 3 : 2;
          put.objectStore('inline').put({ id, bytes: Array(size).fill().map(() => bytes.slice()) });
          put.objectStore('outOfLine').put(Array(size).fill().map(() => bytes.slice()), `key ${id}`);
          put.objectStore('other').put(id, id);
        }
        await new Promise((resolve, reject) => Object.assign(put, { oncomplete: resolve, onabort: reject }));
        database.close();
      });
      await suite.browser.restart();
      // Chromium compresses what it keeps, so that only the third one is larger than 150,000 bytes.
      const lost = blobFiles().filter((path) => statSync(path).size > 150_000);
      assert.equal(lost.length, 2);
      for (const path of lost) rmSync(path);
      page = await suite.openPage({ quiet: true });
      const [failed, { result }, restored] = await page.evaluate(async (consistency) => {
        await e2e.connect();
        const failed = (await e2e.outcome(client.createBackup({ consistency }))).error;
        const omitted = await e2e.outcome(client.createBackup({ consistency, onUnsupported: 'omit' }));
        await client.restore(omitted.result.file).result;
        return [failed, omitted, await e2e.dump('pos')];
      }, consistency);
      const found = failed.context.found;
      assert.match(found, /^a record that the browser cannot read \(\w+\)$/);
      assert.deepEqual([failed.code, failed.context.path], ['UNSUPPORTED_VALUE', '']);
      assert.ok(['inline 3', 'outOfLine key 3'].includes(`${failed.context.table} ${failed.context.key}`));
      assert.deepEqual(result.metadata.tables, { inline: 4, other: 5, outOfLine: 4 });
      const omissions = result.metadata.omissions.toSorted((a, b) => (a.table < b.table ? -1 : 1));
      assert.deepEqual(omissions, [{ table: 'inline', key: 3, path: '', found }, { table: 'outOfLine', key: 'key 3', path: '', found }]);
      assert.deepEqual(restored.stores.map(({ count }) => count), [4, 5, 4]);
    });
  }

  test('a cancel while a large value passes through is heard at once', async (t) => {
    await createLarge(512, true);
    const before = await page.evaluate(() => e2e.storedFiles());
    for (const ms of [200, 700, 1500]) {
      const seen = await page.evaluate((ms) => e2e.cancelWhen((client) => client.createBackup(), e2e.afterMs(ms)), ms);
      t.diagnostic(`after ${ms} ms, ${seen.statuses.at(-3)?.phase}: told after ${seen.toldMs?.toFixed(1)} ms, cancelled after ${seen.endMs?.toFixed(1)} ms`);
      assert.equal(seen.code, 'CANCELLED');
      assert.ok(seen.toldMs < AT_ONCE_MS, `a status said so after ${seen.toldMs} ms`);
      assert.ok(seen.endMs < AT_ONCE_MS, `cancelled after ${seen.endMs} ms`);
      assert.deepEqual(await page.evaluate(() => e2e.storedFiles()), before);
    }
  });

  for (const consistency of ['snapshot', 'batch']) {
    test(`another tab writes while a large value passes through, consistency '${consistency}'`, async (t) => {
      const digest = await createLarge(256, true);
      const other = await suite.openPage();
      await other.evaluate(async () => {
        globalThis.writer = await e2e.writeOn('notes');
      });
      const { metadata } = await page.evaluate((consistency) => e2e.backUp({ consistency }), consistency);
      const { written, longestMs } = await other.evaluate(() => writer.stop());
      t.diagnostic(`${written} written, the longest took ${longestMs.toFixed(0)} ms; ${metadata.tables.notes - 1} of them in the archive`);
      await other.close();
      assert.ok(written > metadata.tables.notes - 1, 'it went on writing after its table was read');
      await page.evaluate(async () => {
        await e2e.clearAll('pos');
        await client.restore(archive).result;
      });
      assert.equal((await stored()).digest, digest);
      assert.deepEqual(await page.evaluate((last) => e2e.valueOf('notes', e2e.writtenKey(last)), metadata.tables.notes - 2), { n: metadata.tables.notes - 2 });
      assert.equal(await page.evaluate((last) => e2e.valueOf('notes', e2e.writtenKey(last)), metadata.tables.notes - 1), undefined, 'what was written later is not there');
    });
  }

  for (const consistency of ['snapshot', 'table', 'batch']) {
    test(`several tables with large values side by side, consistency '${consistency}'`, async () => {
      const seen = await page.evaluate(async (consistency) => {
        const records = (table) => Array.from({ length: 40 }, (_, i) => [i, i % 3 === 0 ? new Uint8Array(2 * 1024 * 1024).fill(i + 40 * table) : { i }]);
        await e2e.createWith({ a: records(0), b: records(1), c: records(2) });
        await e2e.connect();
        await e2e.backUp({ consistency });
        const { records: verified } = await client.verify(archive).result;
        await client.restore(archive).result;
        const [first, last] = [await e2e.valueOf('a', 3), await e2e.valueOf('c', 39)];
        return { verified, bytes: [first.length, first[0], last.length, last.at(-1)] };
      }, consistency);
      assert.deepEqual(seen, { verified: 120, bytes: [2 * MIB, 3, 2 * MIB, 119] });
      checkedElsewhere(await pull(page));
    });
  }

  test('a null that is overwritten during the backup is kept as the null that it was', async () => {
    const seen = await page.evaluate(async () => {
      await e2e.createWith({ keyval: [['cart', null], ['other', 1]], large: [[1, new Uint8Array(64 * 1024 * 1024)]] });
      await e2e.connect();
      const job = client.createBackup();
      const written = (async () => {
        const database = await e2e.openDatabase('pos', undefined);
        const transaction = database.transaction('keyval', 'readwrite');
        transaction.objectStore('keyval').put({ items: [1] }, 'cart');
        await new Promise((resolve) => (transaction.oncomplete = resolve));
        database.close();
      });
      for await (const { recordsDone } of job) {
        if (recordsDone > 0) break;
      }
      await written();
      const { file, metadata, warnings } = await job.result;
      await client.restore(file).result;
      return { omissions: metadata.omissions, warnings, cart: await e2e.valueOf('keyval', 'cart') };
    });
    assert.deepEqual(seen, { omissions: [], warnings: seen.warnings, cart: null });
    assert.ok(seen.warnings.every(({ code }) => code !== 'UNSUPPORTED_VALUE'), JSON.stringify(seen.warnings));
  });

  test('equal bytes in many records and tables are kept once', async () => {
    const { before, after } = await page.evaluate(async () => {
      const [random, text] = [e2e.randomBytes(100_000), 'a line of text\n'.repeat(5000)];
      const value = (i) => ({ i, photo: new Blob([random], { type: `image/${i % 3}` }), bytes: random.slice().buffer, file: new File([text], `${i}.txt`, { lastModified: i }), own: new Blob(['own', String(i).padStart(8, '0'), random]) });
      const records = (from) => Array.from({ length: 20 }, (_, i) => [i, value(from + i)]);
      await e2e.createWith({ one: records(0), two: records(20), three: records(0) });
      await e2e.connect();
      const before = await e2e.dump('pos');
      await e2e.backUp();
      await e2e.clearAll('pos');
      await client.restore(archive).result;
      return { before, after: await e2e.dump('pos') };
    });
    assert.deepEqual(after, before);
    const file = await pull(page);
    const blobs = entries(file).filter(({ name }) => name.startsWith('blobs/'));
    // Random, text, and forty of their own.
    assert.equal(blobs.length, 42);
    assert.equal(blobs.filter(({ content }) => content.length === 75_000).length, 1);
    assert.ok(file.length < 41 * 101_000 + 100_000, `random bytes are stored, text is deflated: ${file.length}`);
    assert.ok(file.length > 41 * 100_000);
    checkedElsewhere(file);
  });

  test('ten thousand records with images of 5 KB, beside as many of 3 KB, which are kept in their lines', async (t) => {
    const times = {};
    for (const kb of [3, 5]) {
      await fresh();
      await page.evaluate(async (kb) => {
        await e2e.wipe();
        await e2e.createWith({ products: Array.from({ length: 10_000 }, (_, i) => [i, { i, name: `Product ${i}`, image: e2e.randomBytes(kb * 1000).buffer }]) });
      }, kb);
      await fresh();
      await page.evaluate(() => e2e.connect());
      const before = await page.evaluate(() => e2e.dump('pos'));
      const began = performance.now();
      const { entries } = await bounded(t, `backup of ${kb} KB images`, async () => {
        await e2e.backUp();
        const { entries } = await client.verify(archive).result;
        return { entries };
      });
      const backedUp = performance.now();
      t.diagnostic(`${entries} entries`);
      await page.evaluate(() => e2e.clearAll('pos'));
      const cleared = performance.now();
      await bounded(t, `restore of ${kb} KB images`, () => client.restore(archive).result.then(() => null));
      times[kb] = { backupMs: backedUp - began, restoreMs: performance.now() - cleared };
      assert.deepEqual(await page.evaluate(() => e2e.dump('pos')), before);
    }
    t.diagnostic(`5 KB take ${(times[5].backupMs / times[3].backupMs).toFixed(1)} times as long to back up and verify, ${(times[5].restoreMs / times[3].restoreMs).toFixed(1)} to restore`);
  });

  test('an ArrayBuffer of 100 MiB', async () => {
    const { before, after } = await page.evaluate(async () => {
      const buffer = new Uint8Array(100 * 1024 * 1024);
      for (let at = 0; at < buffer.length; at += 8 * 1024 * 1024) buffer.set(e2e.randomBytes(1024 * 1024), at);
      await e2e.createWith({ buffers: [['one', { buffer: buffer.buffer, view: new Float64Array(buffer.buffer, 8, 5) }]] });
      const read = async () => {
        const { buffer, view } = await e2e.valueOf('buffers', 'one');
        return [await e2e.digestOf(new Blob([buffer])), view.buffer === buffer, view.byteOffset, view.length];
      };
      const before = await read();
      await e2e.connect();
      await e2e.backUp();
      await e2e.clearAll('pos');
      await client.restore(archive).result;
      return { before, after: await read() };
    });
    assert.deepEqual(after, before);
    assert.equal(before[1], true);
  });
});
