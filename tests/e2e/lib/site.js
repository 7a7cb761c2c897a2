// What the suites' pages load: dist/, and beside it the bare page of the suites with Dexie.
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const here = import.meta.dirname;
const dist = resolve(process.env.POS_BACKUP_DIST ?? join(here, '../../../dist'));

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
};

/**
 * Serves until `close()`. `url` ends in a slash.
 *
 * @param {Record<string, string>} folders - further folders, by the path (`/name/`) that they are served at
 * @param {number} port - which makes the origin; by default a free one
 */
export async function serve(folders = {}, port = 0) {
  if (!existsSync(join(dist, 'client.js'))) {
    throw new Error(`${dist} is not built: run \`cargo xtask build\``);
  }
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    if (BUNDLED.includes(path)) {
      const bundled = await bundle(join(here, '../page', basename(path))).catch((error) => error);
      if (bundled instanceof Error) console.error(bundled);
      response.writeHead(bundled instanceof Error ? 500 : 200, { 'content-type': TYPES['.js'] }).end(String(bundled));
      return;
    }
    const file = find(path, { '/e2e/': join(here, '../page'), ...folders });
    if (file === null) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
  await new Promise((listening, failed) => {
    server.once('error', failed);
    server.listen(port, 'localhost', listening);
  });
  return {
    url: `http://localhost:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

/** Files of other folders that the suites' pages load. */
const ELSEWHERE = {
  '/e2e/dexie.js': join(dirname(createRequire(import.meta.url).resolve('dexie')), 'modern/dexie.mjs'),
  '/e2e/idb.js': join(dirname(createRequire(import.meta.url).resolve('idb')), 'index.js'),
  '/e2e/values.js': join(here, '../../../worker/js/testing/values.js'),
};

/** Modules of the page that take from packages what only a bundler finds there. */
const BUNDLED = ['/e2e/random.js'];

/** A module with what it takes from elsewhere; the page's own modules stay by themselves. */
async function bundle(file) {
  const built = await rolldown({ input: file, external: (id, importer) => importer === file && id.startsWith('./') });
  const { output } = await built.generate({ format: 'esm' });
  return output[0].code;
}

/** What is in none of the folders is in dist/. A URL's path has no `..` left. */
function find(path, folders) {
  if (path in ELSEWHERE) {
    return ELSEWHERE[path];
  }
  const prefix = Object.keys(folders).find((prefix) => path.startsWith(prefix));
  const file = prefix === undefined ? join(dist, path) : join(folders[prefix], path.slice(prefix.length));
  const found = path.endsWith('/') ? join(file, 'index.html') : file;
  return existsSync(found) && statSync(found).isFile() ? found : null;
}
