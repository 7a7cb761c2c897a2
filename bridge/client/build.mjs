// Writes client.js and its declarations into the directory given as the argument or in
// POS_BACKUP_OUT_DIR, by default dist/ of the repository. What else is there stays: the worker's
// files lie beside.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = dirname(fileURLToPath(import.meta.url));
const given = process.argv[2] ?? process.env.POS_BACKUP_OUT_DIR;
const outDir = given ? resolve(given) : resolve(here, '../../dist');

// Not Vite, which would bundle the worker that `new URL('./worker.js', import.meta.url)` names: it
// must be left as it is written.
const bundle = await rolldown({
  input: resolve(here, 'src/client.ts'),
  platform: 'browser',
  transform: { target: 'es2022' },
});
await bundle.write({ file: resolve(outDir, 'client.js'), format: 'es', sourcemap: true });
await bundle.close();

const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const tsc = resolve(dirname(typescript), 'bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir], {
  cwd: here,
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
