/**
 * The record codec beside the engine's own JSON, on rows of a till.
 *
 *     node bench/codec.mjs              in Node
 *     node bench/codec.mjs --chromium   in a worker of the installed Chromium (CHROME names another one)
 *
 * Both sides of a ratio start and end with the same things: rows as structured clone makes them and
 * UTF-8 bytes. Encoding is held against JSON.stringify of each row, decoding against JSON.parse of
 * each of the same lines. Runs alternate, and the medians are compared. `cargo xtask bench codec` runs it.
 */

const ROWS = 4000;
const ROUNDS = 31;
const WARM_UP_ROUNDS = 5;
const TARGETS = { encode: 1.5, decode: 2 };

const inWorker = typeof WorkerGlobalScope !== 'undefined';

if (inWorker) {
  const codec = await import('/worker/js/record.js');
  postMessage(measure(codec));
} else {
  const results = process.argv.includes('--chromium') ? await inChromium() : measure(await import('../worker/js/record.js'));
  report(results);
}

function measure({ RecordEncoder, RecordDecoder }) {
  const encodeRecords = (values) => new RecordEncoder(values, undefined, 'id', false).encode(Infinity, 4096);
  const decodeRecords = (bytes) => new RecordDecoder(bytes).decode(Infinity);
  const tables = makeTables(ROWS);
  const lists = (row) => ({ ...row, labels: [...row.labels], flags: [...row.flags] });
  return Object.entries(tables).map(([table, rows]) => {
    const values = structuredClone(rows);
    // JSON.stringify writes {} for a Map or Set: it is given the same members as arrays.
    const plain = table === 'settings' ? structuredClone(rows.map(lists)) : values;
    const { bytes } = encodeRecords(values);
    const [encode, stringify] = alternate(() => encodeRecords(values), () => stringifyRows(plain));
    const [decode, parse] = alternate(() => decodeRecords(bytes), () => parseLines(bytes));
    return { table, rows: rows.length, bytes: bytes.length, encode, stringify, decode, parse };
  });
}

function stringifyRows(rows) {
  let text = '';
  for (const row of rows) text += `${JSON.stringify(row)}\n`;
  return new TextEncoder().encode(text);
}

function parseLines(bytes) {
  const lines = new TextDecoder().decode(bytes).split('\n');
  lines.pop();
  return lines.map((line) => JSON.parse(line));
}

/** Median milliseconds of each. */
function alternate(...jobs) {
  const times = jobs.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    jobs.forEach((job, i) => {
      const start = performance.now();
      job();
      if (round >= 0) times[i].push(performance.now() - start);
    });
  }
  return times.map((list) => list.sort((a, b) => a - b)[ROUNDS >> 1]);
}

function makeTables(count) {
  const random = mulberry32(1);
  const whole = (below) => Math.floor(random() * below);
  const pick = (list) => list[whole(list.length)];
  const words = 'Espresso Cappuccino Bagel Croissant Veltliner Käse Brötchen Wasser Apfelsaft Tee Honig Salat'.split(' ');
  const name = () => `${pick(words)} ${pick(words)} ${whole(1000)}`;
  const cents = (below) => whole(below * 100) / 100;
  const moment = () => 1_700_000_000_000 + whole(1e9);
  const list = (length, make) => Array.from({ length }, (_, i) => make(i));
  return {
    products: list(count, (i) => ({
      id: i + 1, sku: `SKU-${String(i).padStart(6, '0')}`, barcode: String(4e12 + i * 7), name: name(),
      category: pick(words), price: cents(100), cost: cents(50), taxRate: pick([0, 0.1, 0.2]), stock: whole(500),
      active: random() < 0.9, description: random() < 0.3 ? null : `${name()}, ${name()}, ${name()}`, updatedAt: moment(),
    })),
    orders: list(count, (i) => ({
      id: `o-${i}-${whole(1e9).toString(36)}`, number: i, status: pick(['open', 'paid', 'void']),
      createdAt: new Date(moment()), closedAt: random() < 0.9 ? new Date(moment()) : null,
      customerId: random() < 0.4 ? whole(9999) : undefined, cashier: pick(words),
      lines: list(1 + whole(6), (line) => ({
        line: line + 1, productId: whole(8000), name: name(), quantity: 1 + whole(4), unitPrice: cents(100),
        discount: random() < 0.1 ? 0.1 : 0, note: random() < 0.1 ? name() : '',
      })),
      subtotal: cents(1000), tax: cents(100), total: cents(1100),
    })),
    payments: list(count, (i) => ({
      id: i, orderId: `o-${whole(count)}`, method: pick(['cash', 'card', 'voucher']), amount: cents(1000),
      tendered: { currency: 'EUR', amount: cents(1000), change: cents(10) },
      card: random() < 0.6
        ? { brand: pick(['visa', 'mc', 'amex']), last4: String(1000 + whole(8999)), auth: { code: whole(1e6).toString(16), terminal: `T${whole(9)}`, approved: true } }
        : null,
      takenAt: new Date(moment()),
    })),
    settings: list(count / 20, (i) => ({
      id: `setting-${i}`, labels: new Map(list(5, (key) => [`label-${key}`, name()])),
      flags: new Set(list(3, (flag) => `flag-${flag}`)),
      options: { theme: 'dark', scale: 1 + whole(4) / 4, since: new Date(moment()), order: [1, 2, 3, whole(9)] },
    })),
  };
}

function mulberry32(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function report(results) {
  const total = { table: 'all', rows: 0, bytes: 0, encode: 0, stringify: 0, decode: 0, parse: 0 };
  for (const result of results) for (const key of Object.keys(total)) if (key !== 'table') total[key] += result[key];
  console.log('table      rows   bytes/row  encode µs  stringify µs  ratio   decode µs  parse µs  ratio');
  for (const { table, rows, bytes, encode, stringify, decode, parse } of [...results, total]) {
    const micros = (ms) => ((ms / rows) * 1000).toFixed(2);
    console.log(
      table.padEnd(9), String(rows).padStart(6), (bytes / rows).toFixed(0).padStart(10),
      micros(encode).padStart(10), micros(stringify).padStart(13), (encode / stringify).toFixed(2).padStart(7),
      micros(decode).padStart(11), micros(parse).padStart(9), (decode / parse).toFixed(2).padStart(6),
    );
  }
  const mbPerSecond = (ms) => (total.bytes / ms / 1000).toFixed(0);
  console.log(`encode ${mbPerSecond(total.encode)} MB/s, decode ${mbPerSecond(total.decode)} MB/s`);
  const against = (ratio, target) => `${ratio.toFixed(2)} (target: at most ${target}, ${ratio <= target ? 'met' : 'MISSED'})`;
  console.log(`over all: encode / JSON.stringify ${against(total.encode / total.stringify, TARGETS.encode)}`);
  console.log(`          decode / JSON.parse     ${against(total.decode / total.parse, TARGETS.decode)}`);
}

async function inChromium() {
  const { createServer } = await import('node:http');
  const { mkdtemp, readFile, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const { join, normalize } = await import('node:path');
  const { fileURLToPath } = await import('node:url');
  const { chromium } = await import('playwright-core');
  const root = fileURLToPath(new URL('..', import.meta.url));
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://localhost').pathname);
    response.setHeader('content-type', path.endsWith('js') ? 'text/javascript' : 'text/html');
    if (path === '/') return response.end('<!doctype html><link rel="icon" href="data:,">');
    const body = await readFile(join(root, path)).catch(() => undefined);
    if (body === undefined) response.statusCode = 404;
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const profile = await mkdtemp(join(tmpdir(), 'pos-backup-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME ?? '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await page.evaluate(() => new Promise((resolve, reject) => {
      const worker = new Worker('/bench/codec.mjs', { type: 'module' });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message || 'the worker failed'));
    }));
  } finally {
    await context.close();
    server.close();
    await rm(profile, { recursive: true, force: true });
  }
}
