import { createServer } from 'node:http';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { refusedValues } from './testing/refused.js';
import { keptValues } from './testing/values.js';

/** What Node cannot show: IndexedDB's own results, FileReaderSync, built-in base64, platform objects. */

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map((name) => `/usr/bin/${name}`);
const ARGUMENTS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const ROOT = join(import.meta.dirname, '../..');

let profile;
let server;
let context;
let results;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://localhost').pathname);
    response.setHeader('content-type', path.endsWith('.js') ? 'text/javascript' : 'text/html');
    response.end(path === '/' ? '' : await readFile(join(ROOT, path)).catch(() => undefined));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  profile = await mkdtemp(join(tmpdir(), 'pos-backup-codec-'));
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME ?? BROWSERS.find(existsSync),
    args: ARGUMENTS,
  });
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  results = await page.evaluate(() => new Promise((resolve, reject) => {
    const worker = new Worker('/worker/js/testing/in-browser.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
  }));
  if (results.failed !== undefined) throw new Error(results.failed);
});

afterAll(async () => {
  await context?.close();
  server?.close();
  await rm(profile, { recursive: true, force: true });
});

it('accepts and refuses the lines that Node does', () => {
  expect(results.lines.length).toBeGreaterThan(200);
  expect(results.lines.filter(({ expected, actual }) => actual !== expected)).toEqual([]);
});

it.each(Object.keys(keptValues()))('from IndexedDB comes back exactly: %s', (name) => {
  expect(new Map(results.kept).get(name)).toBe('identical');
});

it.each(Object.entries(refusedValues()).filter(([name]) => name !== 'an array of holes'))(
  'from IndexedDB is refused: %s',
  (name, [, path, found]) => {
    expect(new Map(results.refused).get(name)).toBe(`${path} ${found}`);
  },
);

it('from IndexedDB is refused: whatever else the platform stores there', () => {
  expect(results.platform.length).toBeGreaterThan(7);
  for (const [name, refusal] of results.platform) expect(refusal).toBe(` ${name}`);
});
