// A writer that never rests: pairs of records, one in each of two tables, in one transaction.
import { Dexie } from './dexie.js';

/**
 * A database in which `left` is read at once and `right` only after `filler` records, so that what is
 * read of the two lies far apart in time. It stays open as `shop`.
 */
export async function createPairs(filler) {
  const shop = new Dexie('pos', { cache: 'disabled' });
  shop.version(1).stores({ left: 'n', right: 'n', actionQueue: '++id' });
  await shop.open();
  const text = 'x'.repeat(300);
  for (let start = 0; start < filler; start += 5000) {
    await shop.right.bulkAdd(Array.from({ length: Math.min(5000, filler - start) }, (_, i) => ({ n: start + i - filler, text })));
  }
  globalThis.shop = shop;
}

/** Writes pairs until `stop()`. `written` counts all that there are, `stop()` answers it. */
export async function writePairs() {
  const { shop } = globalThis;
  const writer = { written: await shop.left.count(), running: true };
  const pair = (n) => shop.transaction('rw', shop.left, shop.right, () => Promise.all([shop.left.add({ n }), shop.right.add({ n })]));
  writer.ended = (async () => {
    while (writer.running) {
      await pair(writer.written);
      writer.written += 1;
    }
  })();
  writer.stop = async () => {
    writer.running = false;
    await writer.ended;
    return writer.written;
  };
  return writer;
}
