// Who waits, and for how long: writers, whoever cancels, and a page that loads.
import assert from 'node:assert/strict';
import { summary } from './numbers.js';
import { atRest } from './processes.js';

const CONSISTENCIES = ['snapshot', 'table', 'batch'];
const LOADS = 10;

/** How long a sale waits that another tab writes during a backup, in milliseconds. */
export async function measureWaits(session, say) {
  const waits = {};
  for (const consistency of CONSISTENCIES) {
    const [till, page] = [await session.openPage(), await session.openPage()];
    await till.evaluate(() => bench.startSales());
    const [from, to] = await page.evaluate((consistency) => bench.backUp(consistency), consistency);
    const list = await till.evaluate(([from, to]) => bench.stopSales(from, to), [from, to]);
    await page.evaluate(() => bench.removeBackups());
    await Promise.all([till.close(), page.close()]);
    waits[consistency] = { sales: list.length, ...summary(list) };
    say(`waits, ${consistency}: worst of ${list.length} sales ${waits[consistency].max.toFixed(0)} ms`);
  }
  return waits;
}

/** How long a cancel takes, at moments of a job spread over all of it, in milliseconds. */
export async function measureCancels(session, kinds, moments, say) {
  const cancels = {};
  for (const kind of kinds) {
    const page = await session.openPage();
    const whole = await page.evaluate((kind) => bench.prepareCancels(kind), kind);
    const runs = [];
    for (let moment = 0; moment < moments; moment += 1) {
      runs.push(await page.evaluate((ms) => bench.cancelAfter(ms), (whole * (moment + 0.5)) / moments));
    }
    await page.evaluate(() => bench.endCancels());
    await page.close();
    for (const { end } of runs) assert(['CANCELLED', 'DONE'].includes(end), `${kind}: a cancel made it fail with ${end}`);
    // One that came to its end before the cancel says nothing of it.
    const cancelled = runs.filter(({ end }) => end === 'CANCELLED');
    assert(cancelled.length >= moments / 2, `${kind}: only ${cancelled.length} of ${moments} were cancelled before their end`);
    cancels[kind] = {
      cancelled: cancelled.length,
      told: summary(cancelled.map(({ toldMs }) => toldMs)),
      ended: summary(cancelled.map(({ endMs }) => endMs)),
    };
    say(`cancel, ${kind}: worst of ${cancelled.length} ${cancels[kind].ended.max.toFixed(0)} ms, said after ${cancels[kind].told.max.toFixed(0)} ms`);
  }
  return cancels;
}

/** From the start of a page's loading to READY, in milliseconds. */
export async function measureReady(session, say) {
  const times = [];
  for (let load = 0; load < LOADS; load += 1) {
    await atRest();
    const page = await session.openPage('bench/ready.html');
    times.push(await page.evaluate(() => readyMs));
    await page.close();
  }
  const ready = summary(times);
  say(`ready: ${ready.median.toFixed(0)} ms`);
  return ready;
}
