// Gathers what the npm package holds: the client, built afresh, the repository's licences, and the
// worker's files out of dist/ (or POS_BACKUP_DIST), which `cargo xtask build` makes.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const LICENCES = ['LICENSE-APACHE', 'LICENSE-MIT'];
const WORKER_FILES = ['worker.js', 'pos_backup_worker_bg.wasm'];

const here = dirname(fileURLToPath(import.meta.url));
const repository = resolve(here, '../..');
const built = resolve(process.env.POS_BACKUP_DIST ?? resolve(repository, 'dist'));
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
for (const name of LICENCES) {
  copyFileSync(resolve(repository, name), resolve(here, name));
}
