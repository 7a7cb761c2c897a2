import { readFileSync, readdirSync } from 'node:fs';
import { openSession } from './lib/session.js';
import { browserProcesses } from '../tests/e2e/demo/processes.js';
const [name, scale = '1', n = '2'] = process.argv.slice(2);
const s = await openSession(Number(scale), console.error);
const snap = () => { const m = new Map(); for (const pid of browserProcesses(() => true)) { if (pid === process.pid) continue; for (const tid of readdirSync(`/proc/${pid}/task`)) { try { const st = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8'); const nm = st.slice(st.indexOf('(') + 1, st.lastIndexOf(')')); const f = st.slice(st.lastIndexOf(')') + 2).split(' '); m.set(pid + ':' + tid + ' ' + nm, (Number(f[11]) + Number(f[12])) * 10); } catch {} } } return m; };
for (let k = 0; k < Number(n); k++) {
const page = await s.openPage();
await page.evaluate(([n, scale]) => bench.prepare(n, {scale}), [name, s.scale]);
await new Promise(r => setTimeout(r, 1000));
const a = snap();
let last = a; const iv = setInterval(() => { last = new Map([...last, ...snap()]); }, 50);
const r = await page.evaluate(() => bench.run());
clearInterval(iv);
const b = new Map([...last, ...snap()]);
console.log(name, r.ms.toFixed(0), 'written', r.writtenMs?.toFixed(0));
const d = [...b].map(([k, v]) => [k, v - (a.get(k) ?? 0)]).filter(([, v]) => v >= 20).sort((x, y) => y[1] - x[1]);
console.log('  total', d.reduce((q, x) => q + x[1], 0), d.map(([k, v]) => `${k.replace(/^\d+:\d+ /, '')} ${v}`).join(', '));
await page.evaluate(() => bench.finish()); await page.close();
}
await s.close();
