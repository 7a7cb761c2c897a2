// One app in three versions, as Dexie declares and upgrades them, and the migrations that say the same of archives.
import { Dexie } from './dexie.js';

const image = (i) => new Blob([new Uint8Array(5000 + i).fill(i)], { type: 'image/png' });

/** What the first version keeps. */
const VERSION_1 = { items: '++id, name', orders: 'id, at', settings: '', drafts: '++id', actionQueue: '++id' };
const VERSION_2 = { products: '++id, name, active', items: null, drafts: null, customers: 'id, &email', orders: 'id, at, status' };
const VERSION_3 = { orders: 'id, at, [status+at]', pending: '++id', actionQueue: null };

async function toVersion2(transaction) {
  const items = await transaction.table('items').toArray();
  for (const item of items) {
    if ('price' in item) {
      item.unitPrice = item.price;
      delete item.price;
    }
    delete item.legacy;
    item.active ??= true;
    item.tax = { A: 19, B: 7 }[item.tax] ?? item.tax;
  }
  await transaction.table('products').bulkAdd(items);
  await transaction.table('orders').toCollection().modify((order) => {
    for (const line of order.lines) {
      if ('qty' in line) {
        line.quantity = line.qty;
        delete line.qty;
      }
    }
  });
}

async function toVersion3(transaction) {
  await transaction.table('orders').where('status').equals('void').delete();
  await transaction.table('orders').toCollection().modify((order) => {
    order.totalCents = BigInt(Math.round(order.total * 100));
    delete order.total;
  });
  const theme = await transaction.table('settings').get('theme');
  if (theme !== undefined) await transaction.table('settings').put({ name: theme }, 'theme');
  await transaction.table('pending').bulkAdd(await transaction.table('actionQueue').toArray());
}

/** Opens the app's database in one of its versions; as `till` it stays open. */
export async function openTill(version) {
  const till = new Dexie('till', { cache: 'disabled' });
  till.version(1).stores(VERSION_1);
  if (version >= 2) till.version(2).stores(VERSION_2).upgrade(toVersion2);
  if (version >= 3) till.version(3).stores(VERSION_3).upgrade(toVersion3);
  await till.open();
  globalThis.till = till;
}

/** The data of the first version. */
export async function fillTill() {
  const { till } = globalThis;
  await till.items.bulkAdd(Array.from({ length: 60 }, (_, i) => ({
    name: `Item ${i} – Käse`, ...(i % 7 === 3 ? {} : { price: i === 5 ? -0 : i / 4 }), legacy: new Map([[i, new Set(['x'])]]), tax: 'ABC'[i % 3],
    ...(i % 10 === 0 ? { image: image(i) } : {}), ...(i % 20 === 0 ? { active: false } : {}),
  })));
  await till.items.delete(60);
  await till.orders.bulkAdd(Array.from({ length: 900 }, (_, i) => ({
    id: `o-${String(i).padStart(4, '0')}`, at: new Date(1.7e12 + i * 60_000), status: ['paid', 'open', 'void'][i % 3], total: i / 4,
    lines: Array.from({ length: i % 4 }, (_, n) => ({ item: n + 1, qty: n, tags: ['a', undefined, 3n] })), note: i % 90 === 0 ? 'lone \ud800' : '',
  })));
  await till.settings.bulkAdd(['dark', 7, null, new Date(5)], ['theme', 'copies', ['a', 1], new Uint8Array([1, 2]).buffer]);
  await till.drafts.bulkAdd([{ text: 'a' }, { text: 'b' }]);
  await till.actionQueue.bulkAdd([{ type: 'SALE', payload: { total: 1 } }, { type: 'REFUND' }]);
}

/** Data of the third version that no archive has. */
export async function changeTill() {
  const { till } = globalThis;
  await till.products.bulkPut([{ id: 1, name: 'changed' }, { id: 900, name: 'new' }]);
  await till.customers.add({ id: 'c', email: 'c@example.org' });
  await till.orders.where('id').between('o-0100', 'o-0200').delete();
  await till.pending.clear();
  await till.settings.put('light', 'theme');
}

const MODULE = new URL('./migrations/20-to-30.js', import.meta.url).href;

/** What the app registers. IndexedDB's versions are Dexie's times ten. */
export const MIGRATIONS = [
  {
    from: 10,
    to: 20,
    steps: [
      { type: 'rename-table', table: 'items', to: 'products' },
      { type: 'drop-table', table: 'drafts' },
      { type: 'add-table', table: 'customers' },
      { type: 'rename-field', table: 'products', field: '/price', to: 'unitPrice' },
      { type: 'drop-field', table: 'products', field: '/legacy' },
      { type: 'add-field', table: 'products', field: '/active', default: true },
      { type: 'map-values', table: 'products', field: '/tax', values: [['A', 19], ['B', 7]] },
      { type: 'rename-field', table: 'orders', field: '/lines/*/qty', to: 'quantity' },
    ],
  },
  { from: 20, to: 30, steps: [{ type: 'rename-table', table: 'actionQueue', to: 'pending' }], module: MODULE },
];

/** Connects as the third version does. */
export const TILL_CONFIG = { database: 'till', actionQueue: 'pending', appVersion: '3.0.1', migrations: MIGRATIONS };
