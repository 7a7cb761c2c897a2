// Gathers what the npm package holds: the client, built afresh, and the worker's files out of the
// repository's dist/, which `cargo xtask build` makes.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const WORKER_FILES = ['worker.js', 'pos_backup_worker_bg.wasm'];

const here = dirname(fileURLToPath(import.meta.url));
const built = resolve(here, '../../dist');
const packed = resolve(here, 'dist');

const missing = WORKER_FILES.filter((name) => !existsSync(resolve(built, name)));
if (missing.length > 0) {
  console.error(`${missing.join(' and ')} not found in ${built}: run \`cargo xtask build\` first.`);
  process.exit(1);
}
rmSync(packed, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [resolve(here, 'build.mjs'), packed], { stdio: 'inherit' });
if (status !== 0) {
  process.exit(status ?? 1);
}
for (const name of WORKER_FILES) {
  copyFileSync(resolve(built, name), resolve(packed, name));
}
