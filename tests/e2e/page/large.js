// Values that do not fit into memory many times over.
import { answerOf, openDatabase } from './databases.js';

const MIB = 1024 * 1024;
const PIECE_BYTES = 8 * MIB;
/** The most that getRandomValues gives at once. */
const RANDOM_BYTES = 65_536;

/** Bytes that nothing compresses. */
export function randomBytes(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += RANDOM_BYTES) crypto.getRandomValues(bytes.subarray(at, at + RANDOM_BYTES));
  return bytes;
}

/**
 * A Blob of so many MiB, of random bytes or of text, in a file: a browser that has only just begun drops large ones
 * that are made in memory.
 */
export async function largeBlob(mib, { random }) {
  const file = await (await navigator.storage.getDirectory()).getFileHandle('large', { create: true });
  const writer = await file.createWritable();
  for (let i = 0; i < (mib * MIB) / PIECE_BYTES; i += 1) {
    await writer.write(random ? randomBytes(PIECE_BYTES) : `line ${i} of some text\n`.repeat(PIECE_BYTES / 8).slice(0, PIECE_BYTES));
  }
  await writer.close();
  const content = await file.getFile();
  return content.slice(0, content.size, 'video/mp4');
}

/** The same for the same bytes, piece by piece. */
export async function digestOf(blob) {
  let digest = new ArrayBuffer(0);
  for (let at = 0; at < blob.size; at += PIECE_BYTES) {
    const piece = await blob.slice(at, at + PIECE_BYTES).arrayBuffer();
    digest = await crypto.subtle.digest('SHA-256', await new Blob([digest, piece]).arrayBuffer());
  }
  return `${blob.size} ${[...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** A database of stores with out-of-line keys, and what is put there: `{ store: [[key, value], …] }`. */
export async function createWith(stores) {
  const database = await openDatabase('pos', 1, (database) => Object.keys(stores).forEach((store) => database.createObjectStore(store)));
  const transaction = database.transaction(Object.keys(stores), 'readwrite');
  for (const [store, records] of Object.entries(stores)) {
    for (const [key, value] of records) transaction.objectStore(store).put(value, key);
  }
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  database.close();
}

export async function valueOf(store, key) {
  const database = await openDatabase('pos');
  const value = await answerOf(database.transaction(store).objectStore(store).get(key));
  database.close();
  return value;
}

/** The key of the n-th: later ones come later in the store. */
export const writtenKey = (n) => `written ${String(n).padStart(8, '0')}`;

/** Puts one small record after another into a store, until `stop()`: how many, and the longest that one took. */
export async function writeOn(store) {
  const database = await openDatabase('pos');
  const writer = { written: 0, longestMs: 0, running: true };
  const ended = (async () => {
    while (writer.running) {
      const began = performance.now();
      await answerOf(database.transaction(store, 'readwrite').objectStore(store).put({ n: writer.written }, writtenKey(writer.written)));
      writer.longestMs = Math.max(writer.longestMs, performance.now() - began);
      writer.written += 1;
    }
  })();
  writer.stop = async () => {
    writer.running = false;
    await ended;
    database.close();
    return { written: writer.written, longestMs: writer.longestMs };
  };
  return writer;
}
