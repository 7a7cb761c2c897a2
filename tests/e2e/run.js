// Runs the suites: two at once, and then, one after another, those that assert times, memory or room in
// the storage. Each has a browser of its own. Arguments: names of suites (`cancel`), and options for
// Node's test runner (`--test-name-pattern=…`).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What other suites take of the machine would count in these. */
const ALONE = ['cancel', 'demo', 'large-values', 'migrations', 'quota', 'refusals', 'rehearse', 'undo'].map((suite) => `${suite}.test.js`);

const directory = join(import.meta.dirname, 'suites');
const args = process.argv.slice(2).filter((arg) => arg !== '--');
const options = args.filter((arg) => arg.startsWith('-'));
const names = args.filter((arg) => !arg.startsWith('-'));
const files = readdirSync(directory)
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
  .sort();

const unknown = ALONE.find((file) => !existsSync(join(directory, file)));
if (unknown) throw new Error(`ALONE names ${unknown}, which is not there`);
if (files.length === 0) {
  console.error(`no suite is called ${names.join(' or ')}`);
  process.exit(1);
}

let runner;
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopped = true;
    runner?.kill(signal);
  });
}

/** Runs these, so many at once; answers the runner's exit code. */
async function run(suites, concurrency) {
  if (suites.length === 0) return 0;
  const paths = suites.map((file) => join(directory, file));
  runner = spawn(
    process.execPath,
    ['--test', '--test-reporter=spec', ...options, `--test-concurrency=${concurrency}`, ...paths],
    { stdio: 'inherit' },
  );
  const [code, signal] = await once(runner, 'exit');
  // Node's runner ends by itself where it is told to.
  if (isStopped || signal !== null) process.exit(1);
  return code;
}

const codes = [
  await run(files.filter((file) => !ALONE.includes(file)), 2),
  await run(files.filter((file) => ALONE.includes(file)), 1),
];
process.exit(Math.max(...codes));
