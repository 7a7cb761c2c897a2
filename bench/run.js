/**
 * pos-backup beside the browser's limits and beside what people use now: one Chromium, one data set, each case in a page of its own, in turn
 * and several times. `cargo xtask bench` builds what it needs and runs it; `--help` says what there is to choose.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { summary } from './lib/numbers.js';
import { plots } from './lib/plots.js';
import { report } from './lib/report.js';
import { folder, openSession } from './lib/session.js';
import { measureSizes, workerDigest } from './lib/sizes.js';
import { measureCancels, measureReady, measureWaits } from './lib/waiting.js';

const HELP = `Usage: cargo xtask bench [-- options]

  --scale N     the size of the data: 1 is 250,000 records, 100 MB as JSON  [default: 1]
  --rounds N    how often each case is run  [default: 3]
  --quick       scale 0.1, one round: under three minutes
  --only TEXT   only the cases whose names contain this; may be given several times
  --out FOLDER  where results.json and the plots go  [default: target/bench]`;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: {
    scale: { type: 'string' }, rounds: { type: 'string' }, quick: { type: 'boolean' }, only: { type: 'string', multiple: true },
    out: { type: 'string', default: folder }, help: { type: 'boolean' },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const scale = Number(values.scale ?? (values.quick ? 0.1 : 1));
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const isWanted = (name) => values.only?.some((text) => name.includes(text)) ?? true;

const started = performance.now();
const say = (text) => console.error(`${((performance.now() - started) / 1000).toFixed(0).padStart(5)} s  ${text}`);

const session = await openSession(scale, say);
const page = await session.openPage();
const cases = (await page.evaluate(() => bench.cases())).filter(({ name }) => isWanted(name));
const cancelKinds = (await page.evaluate(() => bench.cancelKinds()));
await page.close();

const results = { browser: session.version, scale, rounds, records: session.records, bytes: session.bytes, cases: [] };
const runs = new Map(cases.map(({ name }) => [name, []]));
if (isWanted('ready')) results.ready = await measureReady(session, say);
// What writes comes last: what it leaves in the browser's storage makes reading slower long after.
for (const writes of [false, true]) {
  if (writes && isWanted('waits')) results.waits = await measureWaits(session, say);
  for (let round = 0; round < rounds; round += 1) {
    for (const each of cases.filter((each) => each.writes === writes)) {
      const run = await session.runCase(each);
      runs.get(each.name).push(run);
      say(`${each.name}: ${run.ms.toFixed(0)} ms`);
    }
  }
}
for (const { name, kind } of cases) {
  const all = runs.get(name);
  const { samples } = all[0];
  const keys = Object.keys(all[0]).filter((key) => typeof all[0][key] === 'number');
  results.cases.push({ name, kind, ...Object.fromEntries(keys.map((key) => [key, summary(all.map((run) => run[key]))])), samples });
}
if (isWanted('cancel')) results.cancels = await measureCancels(session, cancelKinds, values.quick ? 4 : 20, say);
results.sizes = measureSizes();
results.worker = workerDigest();
await session.checkData();
await session.close();

mkdirSync(values.out, { recursive: true });
const write = (name, text) => writeFileSync(join(values.out, name), text);
write('results.json', `${JSON.stringify(results, null, 1)}\n`);
// For the plot over scales, of this browser and this very worker. A part of the cases replaces only its own.
const readScales = () => readdirSync(values.out)
  .filter((name) => /^results-.*\.json$/.test(name))
  .map((name) => JSON.parse(readFileSync(join(values.out, name), 'utf8')))
  .filter((each) => each.browser === results.browser && each.worker === results.worker);
const kept = readScales().find((each) => each.scale === scale);
const others = (kept?.cases ?? []).filter(({ name }) => !runs.has(name));
write(`results-${scale}.json`, `${JSON.stringify({ ...kept, ...results, cases: [...others, ...results.cases] }, null, 1)}\n`);
const ofScales = readScales();
for (const [name, svg] of Object.entries(plots(results, ofScales))) write(name, svg);
console.log(report(results, ofScales));
