import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const packageDir = resolve(dirname(fileURLToPath(import.meta.url)), '..');

let built: string;

beforeEach(() => {
  built = mkdtempSync(join(tmpdir(), 'pos-backup-built-'));
});

afterEach(() => {
  rmSync(built, { recursive: true, force: true });
});

function pack(): { status: number | null; stderr: string } {
  return spawnSync('npm', ['pack', '--pack-destination', built], {
    cwd: packageDir,
    env: { ...process.env, POS_BACKUP_DIST: built },
    encoding: 'utf8',
  });
}

it('packs the client, the worker and the licences', () => {
  for (const name of ['worker.js', 'pos_backup_worker_bg.wasm']) {
    writeFileSync(join(built, name), 'of the worker');
  }
  expect(pack()).toMatchObject({ status: 0 });
  const [archive] = readdirSync(built).filter((name) => name.endsWith('.tgz'));
  const { stdout } = spawnSync('tar', ['-tzf', archive!], { cwd: built, encoding: 'utf8' });
  const packed = stdout.split('\n').map((name) => name.replace(/^package\//, ''));
  expect(packed).toEqual(expect.arrayContaining([
    'dist/client.js',
    'dist/client.d.ts',
    'dist/worker.js',
    'dist/pos_backup_worker_bg.wasm',
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
  ]));
}, 60_000);

it('packs nothing before the worker is built, and says what builds it', () => {
  const { status, stderr } = pack();
  expect(status).not.toBe(0);
  expect(stderr).toContain('run `cargo xtask build` first');
}, 60_000);
