// Archives outside the browser: read with Info-ZIP, taken apart, and put together otherwise. None of
// it is code of pos-backup.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { scratch } from './browser.js';

const CHECKER = join(import.meta.dirname, '../check_archive.py');
const MOST_BYTES = 1 << 30;

/** The file that the page has as `archive` (or another global), as a Buffer. */
export async function pull(page, global = 'archive') {
  return Buffer.from(await page.evaluate((global) => e2e.toBase64(globalThis[global]), global), 'base64');
}

/** Gives the page a file as `archive` (or another global). */
export async function push(page, bytes, global = 'archive') {
  await page.evaluate(async ([text, global]) => {
    globalThis[global] = await e2e.fromBase64(text);
  }, [bytes.toString('base64'), global]);
}

/** The records of a table, in the archive's order: `{ v, k?, t? }`. */
export function records(bytes, table) {
  return withFile(bytes, (file) => {
    const pattern = table === 'actionQueue' ? 'action-queue/*' : `database/${table}/*`;
    const text = execFileSync('unzip', ['-p', file, pattern], { maxBuffer: MOST_BYTES }).toString();
    return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  });
}

/** All entries in the archive's order: `[{ name, content }]`. */
export function entries(bytes) {
  return withFile(bytes, (file) => {
    const names = execFileSync('unzip', ['-Z1', file]).toString().split('\n').filter((name) => name !== '');
    return names.map((name) => ({ name, content: execFileSync('unzip', ['-p', file, name], { maxBuffer: MOST_BYTES }) }));
  });
}

/** What `check_archive.py` says of it; throws when it finds fault. */
export function checkedElsewhere(bytes) {
  return withFile(bytes, (file) => {
    const checked = spawnSync('python3', [CHECKER, file], { encoding: 'utf8', maxBuffer: MOST_BYTES });
    if (checked.status !== 0) throw new Error(checked.stdout + checked.stderr);
    return JSON.parse(checked.stdout.trim().split('\n').at(-1));
  });
}

function withFile(bytes, use) {
  const directory = scratch('archive');
  try {
    const file = join(directory, 'archive.zip');
    writeFileSync(file, bytes);
    return use(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A ZIP of these entries as another tool writes it, so without a seal. */
export function zip(entries) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const path = Buffer.from(name);
    const data = deflateRawSync(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    parts.push(signature(0x04034b50), common, path, data);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(signature(0x02014b50), u16(20), common, place, path);
    offset += 30 + path.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, signature(0x06054b50), end]);
}

function signature(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u16(value) {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

const sumOf = (entries) => sha256(entries.map(({ path, size, checksum }) => `${path}\0${size}\0${checksum}\n`).join(''));

/**
 * Changes an archive, and makes every size and checksum right again, so that only the change itself
 * can be found fault with.
 *
 * @param {Buffer} original
 * @param {object} changes - each is given what it changes, and may return something else instead
 * @param changes.parts - all entries
 * @param changes.schema - the parsed document
 * @param changes.manifest - the manifest's list of entries
 * @param changes.metadata - the parsed document, its checksum and size made anew
 * @param changes.manifestAfter - the parsed document, its checksum made anew
 */
export function altered(original, { parts, schema, manifest, metadata, manifestAfter }) {
  const all = entries(original);
  const entry = (name) => all.find((entry) => entry.name === name);
  const read = (name) => JSON.parse(entry(name).content);
  const write = (name, document) => {
    entry(name).content = Buffer.from(JSON.stringify(document));
  };
  const change = (document, by) => by?.(document) ?? document;

  parts?.(all);
  if (schema) write('schema.json', change(read('schema.json'), schema));

  const listing = read('manifest.json');
  listing.entries = change(listing.entries, manifest);
  const relist = () => {
    for (const listed of listing.entries) {
      const { content } = entry(listed.path) ?? {};
      if (content) Object.assign(listed, { size: content.length, checksum: sha256(content) });
    }
  };
  relist();
  const covered = listing.entries.filter(({ path }) => path !== 'metadata.json');
  const size = covered.reduce((sum, { size }) => sum + size, 0);
  write('metadata.json', change({ ...read('metadata.json'), checksum: sumOf(covered), size }, metadata));
  relist();
  listing.checksum = sumOf(listing.entries);
  write('manifest.json', change(listing, manifestAfter));
  return zip(all);
}
