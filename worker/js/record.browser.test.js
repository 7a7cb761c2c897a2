import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keptValues } from './testing/values.js';

/** What Node cannot show: IndexedDB's own results, FileReaderSync, built-in base64, platform objects. */

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => `/usr/bin/${name}`);
const ARGUMENTS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const ROOT = join(import.meta.dirname, '../..');
/** A module that a worker cannot load as it is: it takes fast-check from npm. */
const PROPERTIES = '/worker/js/testing/properties-in-browser.js';

let profile;
let server;
let context;
let page;
let results;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://localhost').pathname);
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
    if (path === '/') response.end();
    else response.end(path === PROPERTIES ? await bundle(path) : await readFile(join(ROOT, path)).catch(() => undefined));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  profile = await mkdtemp(join(tmpdir(), 'pos-backup-codec-'));
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME ?? BROWSERS.find(existsSync),
    args: ARGUMENTS,
  });
  page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  results = await page.evaluate(() => new Promise((resolve, reject) => {
    const worker = new Worker('/worker/js/testing/in-browser.js', { type: 'module' });
    worker.onmessage = ({ data }) => {
      if (data.files === undefined) return resolve(data);
      const transfer = new DataTransfer();
      for (const file of data.files) transfer.items.add(file);
      worker.postMessage(transfer.files);
    };
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
  }));
  if (results.failed !== undefined) throw new Error(results.failed);
});

async function bundle(path) {
  const built = await rolldown({ input: join(ROOT, path) });
  const { output } = await built.generate({ format: 'esm' });
  return output[0].code;
}

afterAll(async () => {
  await context?.close();
  server?.close();
  await rm(profile, { recursive: true, force: true });
});

it('accepts and refuses the lines that Rust does, and those that only a browser can judge', () => {
  const lines = [...results.lines, ...results.listed.map(([, result]) => result)];
  expect(lines.length).toBeGreaterThan(700);
  expect(lines.filter(({ expected, actual }) => actual !== expected)).toEqual([]);
});

it('writes the lines that it has read', () => {
  expect(results.canonical).toEqual([]);
});

it('brings all values back from IndexedDB', () => {
  const names = results.whole.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(keptValues())));
  expect(names).toEqual(expect.arrayContaining(['points', 'image data of floats', 'keys of all algorithms', 'a list of files', 'an image']));
  expect(results.whole.filter(([, result]) => result !== 'identical')).toEqual([]);
});

it('brings all values back from IndexedDB whose binary parts are kept apart', () => {
  expect(results.apart.length).toBe(results.whole.length);
  expect(results.apart.filter(([, result]) => result !== 'identical')).toEqual([]);
});

it('refuses, or leaves out, whatever else the platform stores', () => {
  expect(results.refused.length).toBeGreaterThan(5);
  for (const [name, refusal] of results.refused) expect(refusal).toBe(`"key" /value ${name}`);
});

it('refuses, or leaves out, a key that the platform does not make again', () => {
  const refusal = '"key" /value CryptoKey that cannot be made again';
  expect(results.remade).toEqual([refusal, refusal]);
});

it('brings random records under random keys back from IndexedDB, from stores of every kind of key', async () => {
  const found = await page.evaluate((url) => new Promise((resolve, reject) => {
    const worker = new Worker(url, { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
  }), PROPERTIES);
  expect(found).toBeUndefined();
});
