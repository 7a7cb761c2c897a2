// The main job in a real browser, on the built demo page: sell while a backup runs, check the archive by
// other means, wipe, restore, compare every record.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch, target } from './lib/browser.js';
import { dump, mereReading } from './demo/workers.js';
import { whileMeasuring } from './demo/processes.js';
import { jobsEnd, observe, progressNow, takePulse } from './demo/observe.js';
import { count, mb, ms, pulseCells, say, table } from './demo/report.js';
import { checkSales } from './demo/sales.js';
import { Till } from './demo/till.js';

const HELP = `Backs up, wipes and restores the demo till in a headless browser.

  --small     2,500 records instead of 250,000
  --out DIR   where the archives and the screenshot go; target/demo by default

POS_BACKUP_URL names the page, as \`cargo xtask serve\` serves it; CHROME the browser.`;

const SALES_BEFORE = 3;
const SALES_AT_LEAST = 1;
const PHOTOGRAPHED_AT = 0.3;
const QUIET_MS = 2000;
const MEMORY_LIMIT_BYTES = 64e6;
/** The client's own note of the last backup; no part of any backup. */
const OWN_KEYS = ['backup_metadata', 'backup_in_progress', 'backup_restored'];

const { values: options } = parseArgs({ options: { small: { type: 'boolean' }, out: { type: 'string' }, help: { type: 'boolean' } } });
if (options.help) {
  console.log(HELP);
} else {
  await main().catch((error) => {
    console.error(error.stack);
    console.log(`demo: failed: ${error.message.split('\n')[0]}`);
    process.exitCode = 1;
  });
}

async function main() {
  const out = options.out ?? join(target, 'demo');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const url = process.env.POS_BACKUP_URL;
  if (!url) throw new Error('POS_BACKUP_URL is not set: run `cargo xtask demo`');
  const browser = await launch({ viewport: { width: 1280, height: 860 }, acceptDownloads: true });
  try {
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    page.on('pageerror', (error) => console.error(`page: ${error.stack}`));
    await observe(page);
    await page.goto(url);
    await run(page, out);
  } finally {
    await browser.close();
  }
}

/** @param {import('playwright-core').Page} page */
async function run(page, out) {
  const till = new Till(page);
  const pulses = {};

  say(`filling the till (${options.small ? 'small' : 'full'})`);
  say(await till.fill(options.small ? 'Small' : 'Full'));

  say('backing up, and selling meanwhile');
  const { firstNewId, sold } = await sellDuringBackup(page, till, out, pulses);
  const selling = await till.download(out);
  say(`${sold} sales were rung up and paid while the backup ran`);
  checkArchive(selling);
  const before = checkSales(selling, firstNewId);
  say(`its ${before} new orders are there with payments, stock moves and actions, and the grand total is theirs`);

  const expected = await everything(page);
  const records = sum(expected.pos.stores.map((store) => store.count));
  say(`the till now holds ${count(records)} records in ${expected.pos.stores.length} tables`);

  await startAnew(page);
  const read = await whileMeasuring(() => mereReading(page, 'pos'));
  if (read.result !== records) throw new Error(`${read.result} records were read`);

  say('backing up once more, in quiet');
  await startAnew(page);
  await takePulse(page);
  await page.waitForTimeout(QUIET_MS);
  pulses['nothing running'] = await takePulse(page);
  const backup = await whileMeasuring(async () => {
    await till.backUp();
    await takePulse(page);
    return jobsEnd(page);
  });
  pulses['backup'] = await takePulse(page);
  await till.result('Backup complete');
  const path = await till.download(out);
  const checked = checkArchive(path);

  say('wiping everything');
  await till.wipe();
  const wiped = await everything(page);
  if (sum(wiped.pos.stores.map((store) => store.count)) !== 0) throw new Error('the till is not empty');

  say('restoring from the downloaded file');
  await till.chooseFile(path);
  await jobsEnd(page);
  await till.checkFile();
  const verified = await jobsEnd(page);
  await till.planRestore();
  await jobsEnd(page);
  await till.confirmRestore();
  await takePulse(page);
  const restore = await jobsEnd(page);
  pulses['restore'] = await takePulse(page);
  await till.result('Restore complete');

  say('comparing every record');
  const found = await everything(page);
  report({ checked, backup, read, verified, restore, pulses, archiveBytes: statSync(path).size });
  compare(found, expected);
  const more = backup.peakBytes - backup.startBytes - (read.peakBytes - read.startBytes);
  if (more > MEMORY_LIMIT_BYTES) throw new Error(`the backup took ${mb(more)} more memory than reading`);
  console.log(`demo: ${expected.pos.stores.length} tables, ${records} records, identical after restore`);
}

/** A backup with sales before, while it runs, and after. */
async function sellDuringBackup(page, till, out, pulses) {
  await till.show('Till');
  const { stores } = await dump(page, 'pos');
  const firstNewId = stores.find(({ name }) => name === 'orders').nextKey;
  let number = 0;
  const sell = () => till.sell((number += 1));
  await takePulse(page);
  for (let i = 0; i < SALES_BEFORE; i += 1) await sell();
  pulses['selling, nothing running'] = await takePulse(page);
  await till.lastSaleSaved();

  await till.backUp();
  await screenshot(page, join(out, 'backup-manager.png'));
  await till.show('Till');
  await takePulse(page);
  let sold = 0;
  while ((await progressNow(page)) !== null) {
    await sell();
    sold += 1;
  }
  pulses['backup, and selling'] = await takePulse(page);
  await jobsEnd(page);
  if (sold < SALES_AT_LEAST && !options.small) throw new Error('the backup was over before anything was sold');
  await sell();
  await till.lastSaleSaved();
  await till.show('Backup');
  await till.result('Backup complete');
  return { firstNewId, sold };
}

/** Loads the page anew, without the worker, and without what the last one has left in memory. */
async function startAnew(page) {
  await page.goto(new URL('#/settings', page.url()).href);
  await page.reload();
  await page.getByRole('region', { name: 'Demo data' }).waitFor();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.detach();
  await page.waitForTimeout(QUIET_MS);
}

/** Taken while the progress bar moves: it is seen to move before and after. */
async function screenshot(page, path) {
  const bar = page.getByRole('progressbar', { name: 'Backup progress' });
  const beyond = async (progress) => {
    for (;;) {
      const now = Number(await bar.getAttribute('value', { timeout: 2000 }));
      if (now > progress) return now;
    }
  };
  try {
    const before = await beyond(PHOTOGRAPHED_AT);
    await page.screenshot({ path });
    await beyond(before);
  } catch (error) {
    // A small backup is over before it can be photographed in the middle.
    if (!options.small) throw error;
    await page.screenshot({ path });
  }
}

/** By Info-ZIP, and by a reader that shares no code with the writer; answers what it found. */
function checkArchive(path) {
  const tested = execFileSync('unzip', ['-tqq', path], { encoding: 'utf8' });
  say(`unzip -t: ${tested.trim() || 'no errors'}`);
  const lines = execFileSync('python3', [join(import.meta.dirname, 'check_archive.py'), path], { encoding: 'utf8' }).trim().split('\n');
  say(`check_archive.py: ${lines[0].replace(`${path}: `, '')}`);
  return JSON.parse(lines.at(-1));
}

/** All that the app keeps: every record of its databases with its types, and both storages. */
async function everything(page) {
  const pos = await dump(page, 'pos');
  // The page's files are raw bytes in an archive: their media types are the page's own affair.
  const shop = await dump(page, 'pos-shop', { mediaTypes: false });
  const all = await page.evaluate(() => [localStorage, sessionStorage].map((storage) => Object.entries(storage).sort()));
  const storages = all.map((entries) => entries.filter(([key]) => !OWN_KEYS.includes(key)));
  return { pos, shop, storages };
}

function compare(found, expected) {
  for (const database of ['pos', 'shop']) {
    for (const [index, store] of expected[database].stores.entries()) {
      const other = found[database].stores[index];
      if (JSON.stringify(other) === JSON.stringify(store)) continue;
      const batch = store.batches.findIndex((digest, i) => digest !== other?.batches[i]);
      const { batches: _, ...shape } = store;
      const { batches: __, ...otherShape } = other ?? {};
      throw new Error(`${store.name} is not as it was, from batch ${batch} on: ${JSON.stringify(otherShape)} for ${JSON.stringify(shape)}`);
    }
  }
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`not as it was: ${JSON.stringify(found.storages)} for ${JSON.stringify(expected.storages)}`);
  }
}

function report({ checked, backup, read, verified, restore, pulses, archiveBytes }) {
  const { result } = backup;
  const rows = restore.tables.map(({ table, records, durationMs }) => {
    const { bytes } = checked.tables[table];
    return [table, count(records), mb(bytes), ms(durationMs), `${(bytes / 1e3 / durationMs).toFixed(1)} MB/s`];
  });
  const bytes = sum(Object.values(checked.tables).map((table) => table.bytes));
  const line = (name, durationMs) => [name, count(checked.records), mb(bytes), ms(durationMs), `${(bytes / 1e3 / durationMs).toFixed(1)} MB/s`];
  console.log('');
  table([
    ['table', 'records', 'JSON', 'restored in', ''],
    ...rows,
    line('restore, in all', restore.durationMs),
    line('backup, in all', result.durationMs),
    line('check, in all', verified.durationMs),
  ]);
  console.log(`\n  the archive has ${mb(archiveBytes)}\n`);
  console.log('  The main thread, by a tick of 5 ms:');
  table([
    ['while', 'longest gap', 'at', 'tasks of 50 ms', 'waited for a processor'],
    ...Object.entries(pulses).map(([name, pulse]) => [name, ...pulseCells(pulse)]),
  ]);
  const [reading, backingUp] = [read, backup].map(({ startBytes, peakBytes }) => peakBytes - startBytes);
  console.log('\n  Memory of the renderer, from a page without the worker to the peak:');
  table([
    ['merely reading the tables', mb(reading), `${mb(read.startBytes)} to ${mb(read.peakBytes)}`],
    ['backup, worker and all', mb(backingUp), `${mb(backup.startBytes)} to ${mb(backup.peakBytes)}`],
    ['more than reading', mb(backingUp - reading), `limit ${mb(MEMORY_LIMIT_BYTES)}`],
  ]);
  console.log('');
}

function sum(numbers) {
  return numbers.reduce((sum, number) => sum + number, 0);
}
