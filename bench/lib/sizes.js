import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const dist = process.env.POS_BACKUP_DIST ?? join(import.meta.dirname, '../../dist');

/** What tells this worker from any other. */
export const workerDigest = () => createHash('sha256').update(readFileSync(join(dist, 'pos_backup_worker_bg.wasm'))).update(readFileSync(join(dist, 'worker.js'))).digest('hex');

/** What a page loads, in bytes: as it is, and as servers send it. */
export function measureSizes() {
  return Object.fromEntries(['pos_backup_worker_bg.wasm', 'worker.js', 'client.js'].map((name) => {
    const bytes = readFileSync(join(dist, name));
    return [name, { raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotliCompressSync(bytes).length }];
  }));
}
