// The browser's processes, as /proc tells of them: their memory, and how long they wait for a processor.
import { readFileSync, readdirSync } from 'node:fs';

const SAMPLE_MS = 50;
const PAGE_BYTES = 4096;
const NS_PER_MS = 1e6;

function processes() {
  const all = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      all.set(Number(pid), { parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') });
    } catch {
      // It has ended meanwhile.
    }
  }
  return all;
}

/** The processes of this process's browser whose command line is wanted; this process among them. */
export function browserProcesses(isWanted) {
  const all = processes();
  const isOurs = (pid) => {
    for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) {
      if (at === process.pid) return true;
    }
    return false;
  };
  return [...all].filter(([pid, { command }]) => isWanted(command) && isOurs(pid)).map(([pid]) => pid);
}

const renderers = () => browserProcesses((command) => command.includes('--type=renderer'));
const everyProcess = () => browserProcesses(() => true).filter((pid) => pid !== process.pid);

/** Resident bytes of these processes. */
function residentBytes(pids) {
  return pids.reduce((sum, pid) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
    } catch {
      return sum;
    }
  }, 0);
}

/** How long the renderers' main threads have waited for a processor since they began, in milliseconds. */
export function waitedForProcessorMs() {
  return renderers().reduce((sum, pid) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / NS_PER_MS, 0);
}

/** Measures the renderers, or all processes, while `work` runs: `{ peakBytes, startBytes, result }`. */
export async function whileMeasuring(work, { all = false } = {}) {
  const pids = all ? everyProcess() : renderers();
  const startBytes = residentBytes(pids);
  let peakBytes = startBytes;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentBytes(pids));
  }, SAMPLE_MS);
  try {
    const result = await work();
    return { startBytes, peakBytes, result };
  } finally {
    clearInterval(timer);
  }
}
