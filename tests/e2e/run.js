// Runs the suites, one file after another: each has a browser of its own, and timings are asserted.
// Arguments: names of suites (`cancel`), and options for Node's test runner (`--test-name-pattern=…`).
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const directory = join(import.meta.dirname, 'suites');
const args = process.argv.slice(2).filter((arg) => arg !== '--');
const options = args.filter((arg) => arg.startsWith('-'));
const names = args.filter((arg) => !arg.startsWith('-'));
const files = readdirSync(directory)
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
  .sort();

if (files.length === 0) {
  console.error(`no suite is called ${names.join(' or ')}`);
  process.exit(1);
}
const runner = spawn(
  process.execPath,
  ['--test', '--test-concurrency=1', '--test-reporter=spec', ...options, ...files.map((file) => join(directory, file))],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => runner.kill(signal));
}
runner.on('exit', (code) => process.exit(code ?? 1));
