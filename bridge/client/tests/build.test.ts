import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const packageDir = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');

let outDir: string;

beforeAll(() => {
  outDir = mkdtempSync(join(tmpdir(), 'pos-backup-client-'));
  writeFileSync(join(outDir, 'worker.js'), '// of the worker');
  run(join(packageDir, 'build.mjs'), outDir);
});

afterAll(() => {
  rmSync(outDir, { recursive: true, force: true });
});

function run(script: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: outDir, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** The compiler's verdict on a page that uses the built package. */
function compile(page: string): { status: number | null; output: string } {
  writeFileSync(join(outDir, 'package.json'), '{"type":"module"}');
  writeFileSync(join(outDir, 'page.ts'), page);
  return run(
    join(dirname(typescript), 'bin/tsc'),
    ...['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--lib', 'es2022,dom'],
    ...['--module', 'nodenext', '--types', '', 'page.ts'],
  );
}

it('leaves what else is in the directory', () => {
  expect(readFileSync(join(outDir, 'worker.js'), 'utf8')).toBe('// of the worker');
});

it('writes one module, which names the worker as bundlers look for it', () => {
  const client = readFileSync(join(outDir, 'client.js'), 'utf8');
  expect(client).toMatch(/new Worker\(new URL\(["']\.\/worker\.js["'], import\.meta\.url\), \{\s*type: "module"/);
  expect(client).not.toMatch(/^\s*import\b(?!\.meta)/m);
  expect(readdirSync(outDir).filter((name) => name.endsWith('.js'))).toEqual(['client.js', 'worker.js']);
});

it('exports the client and its error', async () => {
  const client: object = await import(/* @vite-ignore */ pathToFileURL(join(outDir, 'client.js')).href);
  expect(Object.keys(client).sort()).toEqual([
    'BACKUP_IN_PROGRESS_KEY',
    'BACKUP_METADATA_KEY',
    'BackupClient',
    'BackupError',
    'PROTOCOL_VERSION',
  ]);
});

it('declares what a page needs, without any help of the page', () => {
  const { status, output } = compile(`
    import { BackupClient, BackupError, type BackupStatus, type Job, type RestorePlan } from './client.js';
    import type { BackupManifest, DatabaseSchema, EntryType, IndexSchema, KeyPath, StoreSchema } from './client.js';
    const client = await BackupClient.connect({ database: 'pos', actionQueue: 'actionQueue', appVersion: '2.3.0' });
    const job = client.createBackup({ tables: ['orders'], consistency: 'table', files: { a: 'b', c: new Blob([]) } });
    job.addEventListener('status', (event) => { const status: BackupStatus = event.detail; console.log(status.etaMs); });
    for await (const status of job) console.log(status.progress);
    const { file, metadata, warnings } = await job.result;
    const name: string = file.name, count: number = metadata.actionQueueCount, text: string | undefined = warnings[0]?.message;
    const plan: RestorePlan = await client.planRestore(file, { anyDatabase: true }).result;
    const any: Job<unknown> = client.restore({ backupId: 'b1' }, { applyAssets: async ({ files, config }) => ({ config, files: files ?? {} }) });
    client.addEventListener('message', ({ detail }) => console.log(detail.direction, detail.message.type));
    any.result.catch((error: unknown) => error instanceof BackupError && error.code === 'DATABASE_MISMATCH');
    await client[Symbol.asyncDispose]();
    const { schema } = await client.inspect(file).result;
    const { version }: DatabaseSchema = schema.database, [store]: StoreSchema[] = schema.stores;
    const key: KeyPath | null | undefined = store?.keyPath, index: IndexSchema | undefined = store?.indexes[0];
    const kindOf = (manifest: BackupManifest): EntryType | undefined => manifest.entries[0]?.type;
    console.log(name, count, text, plan, version, key, index, kindOf);
  `);
  expect(output).toBe('');
  expect(status).toBe(0);
});

it.each([
  ['an unknown option', "client.createBackup({ speed: 'high' });"],
  ['an unknown consistency', "client.createBackup({ consistency: 'loose' });"],
  ['a table list of numbers', "client.restore({ backupId: 'b1' }, { tables: [1] });"],
  ['a result of another job', "const plan: RestorePlan = await client.verify({ backupId: 'b1' }).result;"],
  ['a path as the source', "client.verify('backup.zip');"],
])('declares enough to refuse %s', (_what, line) => {
  const { status, output } = compile(`
    import type { BackupClient, RestorePlan } from './client.js';
    declare const client: BackupClient;
    ${line}
    export type { RestorePlan };
  `);
  expect(status).not.toBe(0);
  expect(output).toContain('page.ts(4,');
});
