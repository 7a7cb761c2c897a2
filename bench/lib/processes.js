// What the browser's processes take, sampled: the renderers, and all others.
import { readFileSync } from 'node:fs';
import { browserProcesses } from '../../tests/e2e/demo/processes.js';

const SAMPLE_MS = 50;
/** The kernel's USER_HZ, which is 100 on every Linux that a browser runs on. */
const TICK_MS = 10;

const isRenderer = (command) => command.includes('--type=renderer');

/** Bytes that are the process's own or shared with others of the browser; not those of the program's files. */
function ownBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
  return (kib('RssAnon') + kib('RssShmem')) * 1024;
}

function processorMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** What runs in the background of an idle browser takes less than this share of a processor. */
const AT_REST_SHARE = 0.04;
const AT_REST_WINDOW_MS = 400;
const AT_REST_LIMIT_MS = 120_000;

/** Waits until the browser does nothing: its storage goes on tidying up for a while after it has said that all is written. Fails when that does not come. */
export async function atRest() {
  const processors = () => browserProcesses(() => true).filter((pid) => pid !== process.pid).reduce((sum, pid) => sum + (state(pid)?.processorMs ?? 0), 0);
  const end = performance.now() + AT_REST_LIMIT_MS;
  for (let quiet = 0; quiet < 2; ) {
    if (performance.now() > end) throw new Error(`the browser has not been idle for a moment in ${AT_REST_LIMIT_MS / 1000} s`);
    const before = processors();
    await new Promise((resolve) => setTimeout(resolve, AT_REST_WINDOW_MS));
    quiet = processors() - before <= AT_REST_SHARE * AT_REST_WINDOW_MS ? quiet + 1 : 0;
  }
}

/** Of a process; `undefined` once it has ended. */
function state(pid) {
  try {
    return { bytes: ownBytes(pid), processorMs: processorMs(pid) };
  } catch {
    return undefined;
  }
}

/** Measures the browser's processes from now on. `stop()` answers, of the renderers and of the others, bytes and milliseconds over those at the start. */
export function watchProcesses() {
  const groups = {
    renderers: browserProcesses(isRenderer),
    others: browserProcesses((command) => !isRenderer(command)).filter((pid) => pid !== process.pid),
  };
  const pids = Object.values(groups).flat();
  const at = performance.now();
  const first = new Map(pids.map((pid) => [pid, state(pid)]));
  // One that ends meanwhile leaves its memory, and has taken the time that it had.
  const last = new Map(first);
  const samples = [];
  const sample = () => {
    for (const pid of pids) last.set(pid, state(pid) ?? { ...last.get(pid), bytes: 0 });
    const more = (group, key) => groups[group].reduce((sum, pid) => sum + last.get(pid)[key] - first.get(pid)[key], 0);
    samples.push({ ms: performance.now() - at, renderersBytes: more('renderers', 'bytes'), othersBytes: more('others', 'bytes') });
    return { renderersProcessorMs: more('renderers', 'processorMs'), othersProcessorMs: more('others', 'processorMs') };
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      const spent = sample();
      const peak = (key) => Math.max(0, ...samples.map((each) => each[key]));
      return { renderersPeakBytes: peak('renderersBytes'), othersPeakBytes: peak('othersBytes'), ...spent, samples };
    },
  };
}
