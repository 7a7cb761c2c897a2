import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const dist = process.env.POS_BACKUP_DIST ?? join(import.meta.dirname, '../../dist');

/** What a page loads, in bytes: as it is, and as servers send it. */
export function measureSizes() {
  return Object.fromEntries(['pos_backup_worker_bg.wasm', 'worker.js', 'client.js'].map((name) => {
    const bytes = readFileSync(join(dist, name));
    return [name, { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }];
  }));
}
