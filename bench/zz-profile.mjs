import { writeFileSync } from 'node:fs';
import { openSession } from './lib/session.js';
const name = process.argv[2];
const s = await openSession(Number(process.argv[3] ?? 0.25), console.error);
const page = await s.openPage();
await page.evaluate(([n, scale]) => bench.prepare(n, {scale}), [name, s.scale]);
await new Promise(r => setTimeout(r, 1500));
const cdp = await page.context().newCDPSession(page);
const events = [];
cdp.on('Tracing.dataCollected', ({ value }) => events.push(...value));
await cdp.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['disabled-by-default-v8.cpu_profiler', '__metadata', 'toplevel'] } });
const r = await page.evaluate(() => bench.run());
const done = new Promise(r => cdp.once('Tracing.tracingComplete', r));
await cdp.send('Tracing.end'); await done;
await page.evaluate(() => bench.finish());
await s.close();
console.log(r.ms, r.writtenMs);
const threads = new Map(events.filter(e => e.name === 'thread_name').map(e => [e.pid + ':' + e.tid, e.args.name]));
const profiles = new Map();
for (const e of events) {
  if (e.name !== 'Profile' && e.name !== 'ProfileChunk') continue;
  const key = e.pid + ':' + e.id;
  const p = profiles.get(key) ?? profiles.set(key, { nodes: new Map(), self: new Map(), t: 0, tids: new Set() }).get(key);
  if (e.name === 'Profile') p.tid = e.pid + ':' + e.tid;
  const c = e.args.data.cpuProfile;
  for (const n of c?.nodes ?? []) p.nodes.set(n.id, n);
  const deltas = e.args.data.timeDeltas ?? [];
  (c?.samples ?? []).forEach((id, i) => p.self.set(id, (p.self.get(id) ?? 0) + deltas[i]));
}
for (const [key, p] of profiles) {
  const by = new Map();
  for (const [id, us] of p.self) { const n = p.nodes.get(id); if (!n) continue; const k = n.callFrame.functionName + ' ' + (n.callFrame.url ?? '').split('/').pop(); by.set(k, (by.get(k) ?? 0) + us); }
  const total = [...by.values()].reduce((a, b) => a + b, 0);
  console.log('\n', key, threads.get(p.tid), (total / 1000).toFixed(0), 'ms');
  for (const [k, us] of [...by].sort((a, b) => b[1] - a[1]).slice(0, 45)) console.log((us / 1000).toFixed(1).padStart(8), k.slice(0, 130));
}
