// What the driver watches in the page while it drives it: the main thread's pulse, and the messages of
// the backup worker. It only listens.

import { waitedForProcessorMs } from './processes.js';

/** How often the main thread is asked to show that it is free, in milliseconds. */
const TICK_MS = 5;

/** Begins to watch a page that has not loaded yet. */
export async function observe(page) {
  await page.addInitScript((tickMs) => {
    const watch = { longestGapMs: 0, gapAt: 0, longTasks: [], ended: [], waiting: [], running: false, progress: 0 };
    globalThis.demoWatch = watch;

    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      if (now - last > watch.longestGapMs) Object.assign(watch, { longestGapMs: now - last, gapAt: watch.progress });
      last = now;
    }, tickMs);
    new PerformanceObserver((list) => watch.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });

    globalThis.Worker = class extends Worker {
      constructor(...args) {
        super(...args);
        if (args[1]?.name !== 'pos-backup') return;
        this.addEventListener('message', ({ data: { type, status, result, error } }) => {
          if (type === 'STATUS') {
            watch.running = true;
            watch.progress = status.progress;
          } else if (['DONE', 'FAILED', 'CANCELLED'].includes(type)) {
            watch.running = false;
            const { file: _, ...plain } = result ?? {};
            watch.ended.push({ type, error, result: plain });
            for (const wake of watch.waiting.splice(0)) wake();
          }
        });
      }
    };
  }, TICK_MS);
}

let waitedBeforeMs = 0;

/**
 * Since the last call: the longest gap and the job's progress at that moment, every long task, and how
 * long the main thread has waited for a processor in all, for on a busy machine that makes gaps too.
 */
export async function takePulse(page) {
  const pulse = await page.evaluate(() => {
    const { longestGapMs, gapAt, longTasks } = demoWatch;
    Object.assign(demoWatch, { longestGapMs: 0, longTasks: [] });
    return { longestGapMs, gapAt, longTasks };
  });
  const waitedMs = waitedForProcessorMs();
  pulse.waitedMs = waitedMs - waitedBeforeMs;
  waitedBeforeMs = waitedMs;
  return pulse;
}

/** How the job that runs, or the one that is about to, ends. Nothing else is asked of the page meanwhile. */
export async function jobsEnd(page) {
  const ended = await page.evaluate(async () => {
    while (demoWatch.ended.length === 0) await new Promise((wake) => demoWatch.waiting.push(wake));
    return demoWatch.ended.shift();
  });
  if (ended.type !== 'DONE') {
    throw new Error(`the job ended with ${ended.type}: ${JSON.stringify(ended.error)}`);
  }
  return ended.result;
}

/** Progress of the running job, 0 to 1; null when none runs. */
export function progressNow(page) {
  return page.evaluate(() => (demoWatch.running ? demoWatch.progress : null));
}
