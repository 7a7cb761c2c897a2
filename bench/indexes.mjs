// Whether a database is created faster with its indexes before its rows or after them, in one versionchange transaction.
//
//     node bench/indexes.mjs              Chromium (CHROME names another one)
//     node bench/indexes.mjs --firefox    Firefox (FIREFOX names another one)
import { createServer } from 'node:http';
import puppeteer from 'puppeteer-core';

const ROWS = 60_000;
const ROUNDS = 5;

/** Runs in the page. Milliseconds from the opening to its success, by where the indexes are created. */
async function measure(rows, rounds) {
  const INDEXES = [['number', 'number', { unique: true }], ['openedAt', 'openedAt', {}], ['customer', 'customer', {}], ['[status+openedAt]', ['status', 'openedAt'], {}]];
  const order = (i) => ({
    id: i + 1,
    number: `HL-${String(i).padStart(6, '0')}`,
    openedAt: new Date(1.7e12 + i * 60_000),
    customer: `k-${(i * 7919) % 500}`,
    status: i % 20 === 0 ? 'open' : 'paid',
    lines: Array.from({ length: 1 + (i % 4) }, (_, n) => ({ product: (i * 7 + n) % 900, qty: 1 + (n % 3), price: 199 + ((i * 13) % 5000), name: `Product ${(i * 7 + n) % 900}` })),
    total: 12.5 + i / 4,
  });
  const index = (store) => INDEXES.forEach((each) => store.createIndex(...each));
  const create = (name, before) =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const request = indexedDB.open(name, 1);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        request.result.close();
        resolve(performance.now() - began);
      };
      request.onupgradeneeded = () => {
        const store = request.result.createObjectStore('orders', { keyPath: 'id', autoIncrement: true });
        if (before) index(store);
        let next = 0;
        // As a restore does it: a window of puts that are not yet answered.
        const put = () => {
          let last;
          for (const end = Math.min(next + 1000, rows); next < end; next += 1) last = store.put(order(next));
          last.onsuccess = () => (next < rows ? put() : before || index(store));
        };
        put();
      };
    });
  const remove = (name) =>
    new Promise((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = resolve;
    });
  const times = { before: [], after: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const when of round % 2 ? ['after', 'before'] : ['before', 'after']) {
      times[when].push(await create('bench', when === 'before'));
      await remove('bench');
    }
  }
  return times;
}

const firefox = process.argv.includes('--firefox');
const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>'));
await new Promise((listening) => server.listen(0, 'localhost', listening));
const browser = await puppeteer.launch({
  browser: firefox ? 'firefox' : 'chrome',
  executablePath: firefox ? (process.env.FIREFOX ?? '/usr/bin/firefox-esr') : (process.env.CHROME ?? '/usr/bin/chromium'),
  args: firefox ? [] : ['--no-sandbox'],
  protocolTimeout: 600_000,
});
try {
  const page = await browser.newPage();
  await page.goto(`http://localhost:${server.address().port}/`);
  const times = await page.evaluate(measure, ROWS, ROUNDS);
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const [before, after] = [median(times.before), median(times.after)];
  console.log(`${await browser.version()}, ${ROWS} rows, 4 indexes, medians of ${ROUNDS}:`);
  console.log(`  indexes before the rows  ${before.toFixed(0)} ms`);
  console.log(`  indexes after the rows   ${after.toFixed(0)} ms  (${(after / before).toFixed(2)} of it)`);
} finally {
  await browser.close();
  server.close();
}
