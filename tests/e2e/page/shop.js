// The databases of the suites, made by Dexie.
import { Dexie } from './dexie.js';
import { keptValues } from './values.js';

const STORES = {
  products: '++id, &sku, *tags, [category+name]',
  customers: 'id, &email',
  settings: '',
  log: '++',
  moves: '[product+at+ref], at',
  nested: 'head.id',
  nothing: '++id',
  'Größe / "1" \\ ..': 'id',
  '..': 'id',
  actionQueue: '++id, createdAt',
};

/** Keys of every kind that IndexedDB has, for a store with out-of-line keys. */
const KEYS = [
  -Infinity, -0.5, 0, 7, 1.5e300, Infinity, new Date(-1), new Date(1_700_000_000_000),
  '', 'config', 'lone \ud800', new Uint8Array([]).buffer, new Uint8Array([1, 2, 255]).buffer,
  [], ['a', 1], [new Date(5), [new Uint8Array([7]).buffer, -Infinity]],
];

/** A database with stores of every kind and values of every kind. It stays open as `shop`. */
export async function createShop({ name = 'pos', rows = 40 } = {}) {
  const shop = new Dexie(name, { cache: 'disabled' });
  shop.version(1).stores(STORES);
  await shop.open();
  const kinds = Object.entries(keptValues());
  await shop.products.bulkAdd(kinds.map(([kind, value], i) => ({
    sku: `S-${i}`, name: kind, category: `c${i % 5}`, tags: [`t${i % 3}`, 'all'], value,
  })));
  // The key generator goes on after the highest key, also when that record is gone.
  await shop.products.delete(kinds.length);
  await shop.customers.bulkAdd(Array.from({ length: rows }, (_, i) => ({
    id: `k-${i}`, email: `k${i}@example.org`, since: new Date(1.6e12 + i), name: 'Käse €5 😀'.repeat(1 + (i % 9)), points: i / 3,
  })));
  await shop.settings.bulkAdd(KEYS.map((_, i) => kinds[i % kinds.length][1]), KEYS);
  await shop.log.bulkAdd(Array.from({ length: rows }, (_, i) => (i % 2 ? `line ${i}` : new Map([[i, new Set([BigInt(i)])]]))));
  await shop.moves.bulkAdd(Array.from({ length: rows }, (_, i) => ({
    product: i % 7, at: new Date(1.7e12 + i * 1000), ref: `sale:${i}`, qty: -i,
  })));
  await shop.nested.bulkAdd([{ head: { id: 'a' }, image: new Blob([new Uint8Array(3000).fill(7)], { type: 'image/png' }) }, { head: { id: 2 } }]);
  await shop.table('Größe / "1" \\ ..').add({ id: 1, at: new Date(1) });
  await shop.table('..').add({ id: [1, 'b'], bytes: new Uint8Array([1, 2, 3]) });
  await shop.actionQueue.bulkAdd(Array.from({ length: 5 }, (_, i) => ({ type: 'sync', createdAt: new Date(1.7e12 + i), payload: { i } })));
  globalThis.shop = shop;
}

/** What a small till has: a few hundred bytes a record. */
export function order(i) {
  return {
    number: `HL-${String(i).padStart(6, '0')}`,
    openedAt: new Date(1.7e12 + i * 60_000),
    closedAt: i % 10 === 0 ? undefined : new Date(1.7e12 + i * 60_000 + 4000),
    customer: i % 3 === 0 ? `k-${i % 500}` : null,
    lines: Array.from({ length: 1 + (i % 4) }, (_, n) => ({ product: (i * 7 + n) % 900, qty: 1 + (n % 3), price: 199 + ((i * 13) % 5000), name: `Product ${(i * 7 + n) % 900}` })),
    total: 12.5 + i / 4,
    note: i % 50 === 0 ? 'No onions, please 😀' : '',
  };
}

/** Text that hardly compresses, the same for the same `i`. */
function scribble(i, length) {
  let [text, seed] = ['', i + 1];
  while (text.length < length) {
    seed = (seed * 48_271) % 0x7fffffff;
    text += seed.toString(36);
  }
  return text.slice(0, length);
}

/**
 * A database with `rows` orders, and as many payments; it stays open as `shop`. Each order has
 * `scribbled` characters that slow a backup down.
 */
export async function createOrders({ name = 'pos', rows = 30_000, scribbled = 0 } = {}) {
  const shop = new Dexie(name, { cache: 'disabled' });
  shop.version(1).stores({ orders: '++id, &number, openedAt', payments: 'id, orderId', settings: '', actionQueue: '++id' });
  await shop.open();
  for (let start = 0; start < rows; start += 5000) {
    const numbers = Array.from({ length: Math.min(5000, rows - start) }, (_, i) => start + i);
    await shop.orders.bulkAdd(numbers.map((i) => ({ ...order(i), scribbled: scribble(i, scribbled) })));
    await shop.payments.bulkAdd(numbers.map((i) => ({ id: `p-${String(i).padStart(7, '0')}`, orderId: i + 1, amount: i * 3, at: new Date(1.7e12 + i), method: i % 2 ? 'cash' : 'card' })));
  }
  await shop.settings.add('value', 'key');
  await shop.actionQueue.add({ type: 'sync' });
  globalThis.shop = shop;
}
