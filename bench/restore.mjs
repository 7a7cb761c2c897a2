/**
 * Restores beside the limits of the browser: reading every record once, and putting every record.
 *
 *     node bench/restore.mjs [--rows N] [--rounds N]
 *
 * A bare worker reads all stores in turn in one transaction, and puts all records, into an empty database of the same shape and over
 * records that are there, with a window of 2,000 puts; the client restores the same records, without and with a copy of what
 * is replaced. All of it in one Chromium, in turn, and the medians are compared. Memory is that of all of the browser's
 * processes. `cargo xtask bench restore` builds what it needs and runs it.
 */
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { whileMeasuring } from '../tests/e2e/demo/processes.js';
import { launchSuite } from '../tests/e2e/lib/browser.js';

const { values: options } = parseArgs({ options: { rows: { type: 'string', default: '30000' }, rounds: { type: 'string', default: '3' } } });
const ROWS = Number(options.rows);
const ROUNDS = Number(options.rounds);
const MIB = 1024 * 1024;

/** What is held against what, and how much more it may take. */
const RATIOS = [
  ['unchanged', 'read', undefined],
  ['1 % changed', 'read', 2],
  ['empty', 'put', 1.15],
  ['all changed', 'put', 1.15],
  ['all changed', 'put over', 1.15],
  ['unchanged, copy', 'read', undefined],
  ['1 %, copy', 'read', undefined],
];

const suite = await launchSuite();
const page = await suite.openPage();
page.setDefaultTimeout(600_000);

/** Runs a function of a bare worker, which is given the open database, and answers what it does. */
await page.evaluate(async (rows) => {
  globalThis.inWorker = (name, run, ...args) => new Promise((resolve, reject) => {
    const code = `onmessage = async ({ data: [name, args] }) => {
      const open = indexedDB.open(name);
      const database = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
      const answer = await (${run})(database, ...args);
      database.close();
      postMessage(answer);
    }`;
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    worker.onerror = reject;
    worker.onmessage = ({ data }) => {
      worker.terminate();
      resolve(data);
    };
    worker.postMessage([name, args]);
  });
  await e2e.createOrders({ rows });
  shop.close();
  await e2e.connect();
  globalThis.archive = (await client.createBackup().result).file;
}, ROWS);

/** The milliseconds of reading every record of every store, one store after the other. */
const READ = String(async (database) => {
  const start = performance.now();
  const names = [...database.objectStoreNames];
  const transaction = database.transaction(names);
  for (const name of names) {
    await new Promise((resolve, reject) => {
      const store = transaction.objectStore(name);
      const next = (after) => {
        const request = store.getAllKeys(after && IDBKeyRange.lowerBound(after, true), 512);
        const values = store.getAll(after && IDBKeyRange.lowerBound(after, true), 512);
        values.onerror = () => reject(values.error);
        values.onsuccess = () => (request.result.length < 512 ? resolve() : next(request.result.at(-1)));
      };
      next();
    });
  }
  return performance.now() - start;
});

/** The milliseconds of putting all records of another database, a window of them at a time. */
const PUT = String(async (database, from) => {
  const open = indexedDB.open(from);
  const source = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
  const answer = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
  const tables = [];
  for (const name of source.objectStoreNames) {
    const store = source.transaction(name).objectStore(name);
    tables.push([name, store.keyPath === null, await answer(store.getAll()), await answer(store.getAllKeys())]);
  }
  source.close();
  const start = performance.now();
  const transaction = database.transaction([...database.objectStoreNames], 'readwrite');
  for (const [name, outOfLine, records, keys] of tables) {
    const store = transaction.objectStore(name);
    let [next, waiting] = [0, 0];
    await new Promise((resolve, reject) => {
      const more = () => {
        while (next < records.length && waiting < 2000) {
          const put = outOfLine ? store.put(records[next], keys[next]) : store.put(records[next]);
          next += 1;
          waiting += 1;
          put.onerror = () => reject(put.error);
          put.onsuccess = () => {
            waiting -= 1;
            more();
          };
        }
        if (waiting === 0) resolve();
      };
      more();
    });
  }
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  return performance.now() - start;
});

/** Changes every `nth` record. */
const CHANGE = String(async (database, nth) => {
  for (const name of ['orders', 'payments']) {
    const transaction = database.transaction(name, 'readwrite');
    const store = transaction.objectStore(name);
    const all = await new Promise((resolve) => (store.getAll().onsuccess = ({ target }) => resolve(target.result)));
    all.forEach((record, i) => i % nth === 0 && store.put({ ...record, changed: i }));
    await new Promise((resolve) => (transaction.oncomplete = resolve));
  }
});

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

const NAMES = ['read', 'put', 'put over', 'unchanged', '1 % changed', 'empty', 'all changed', 'unchanged, copy', '1 %, copy'];
const times = Object.fromEntries(NAMES.map((name) => [name, []]));
const memory = {};

/** A restore, and what the database must have been like: the numbers of records that were written. */
async function restore(name, expected, safetyBackup = false) {
  const { result, peakBytes, startBytes } = await whileMeasuring(() => page.evaluate(async (safetyBackup) => {
    const start = performance.now();
    const { tables } = await client.restore(archive, { safetyBackup }).result;
    const sum = (key) => tables.reduce((total, table) => total + table[key], 0);
    return { ms: performance.now() - start, written: sum('add') + sum('change') };
  }, safetyBackup), { all: true });
  assert.equal(result.written, expected, `${name}: ${result.written} records were written`);
  times[name].push(result.ms);
  memory[name] = Math.max(memory[name] ?? 0, peakBytes - startBytes);
}

const RECORDS = 2 * ROWS + 2;

/** What was written keeps the browser's storage busy for a while after it says that it is done. */
const atRest = () => new Promise((resolve) => setTimeout(resolve, 2000));

for (let round = 0; round < ROUNDS; round += 1) {
  // What was written in the round before keeps the browser's storage busy for a while: the first of these waits for it.
  const reads = [];
  for (let time = 0; time < 3; time += 1) reads.push(await page.evaluate((run) => inWorker('pos', run), READ));
  times.read.push(median(reads));
  await restore('unchanged', 0);
  await restore('unchanged, copy', 0, true);
  await page.evaluate((run) => inWorker('pos', run, 100), CHANGE);
  await restore('1 % changed', 2 * Math.ceil(ROWS / 100));
  await page.evaluate((run) => inWorker('pos', run, 100), CHANGE);
  await restore('1 %, copy', 2 * Math.ceil(ROWS / 100), true);
  await page.evaluate((run) => inWorker('pos', run, 1), CHANGE);
  await atRest();
  await restore('all changed', 2 * ROWS);
  await page.evaluate(() => e2e.clearAll('pos'));
  await atRest();
  await restore('empty', RECORDS);
  await atRest();
  times.put.push(await page.evaluate(async (run) => {
    const { stores } = await e2e.dump('pos');
    (await e2e.openDatabase('limit', 1, (database) => {
      for (const { name, keyPath, autoIncrement, indexes } of stores) {
        const store = database.createObjectStore(name, { keyPath, autoIncrement });
        for (const { name, keyPath, unique, multiEntry } of indexes) store.createIndex(name, keyPath, { unique, multiEntry });
      }
    })).close();
    return inWorker('limit', run, 'pos');
  }, PUT));
  await page.evaluate((run) => inWorker('limit', run, 1), CHANGE);
  await atRest();
  times['put over'].push(await page.evaluate(async (run) => {
    const ms = await inWorker('limit', run, 'pos');
    await e2e.removeDatabase('limit');
    return ms;
  }, PUT));
}
await suite.close();

console.log(`${RECORDS} records, medians of ${ROUNDS}`);
for (const [name, list] of Object.entries(times)) {
  const range = `${Math.min(...list).toFixed(0)}–${Math.max(...list).toFixed(0)}`;
  const more = memory[name] === undefined ? '' : `, ${(memory[name] / MIB).toFixed(0)} MiB more memory`;
  console.log(`  ${name.padEnd(15)} ${median(list).toFixed(0).padStart(7)} ms  (${range})${more}`);
}
for (const [name, limit, most] of RATIOS) {
  const ratio = median(times[name]) / median(times[limit]);
  const target = most === undefined ? '' : `  (at most ${most})`;
  console.log(`  ${name} ÷ ${limit}: ${ratio.toFixed(2)}${target}`);
}
