// A till that goes on selling: an order and its payment in one transaction, every 50 ms, however long the ones before take.
import { order, payment } from './data.js';
import { SOURCE, endOf, openDatabase } from './database.js';

const EVERY_MS = 50;

let database;
const written = [];
const waits = [];
let timer;

function sell() {
  const start = performance.now();
  const transaction = database.transaction(['orders', 'payments'], 'readwrite');
  for (const [table, make] of [['orders', order], ['payments', payment]]) {
    // Beyond every number of the data.
    const { id, number, ...record } = make(1e9 + written.length);
    const request = transaction.objectStore(table).add(table === 'orders' ? { ...record, number } : record);
    request.onsuccess = () => written.push([table, request.result]);
  }
  transaction.oncomplete = () => waits.push({ start: performance.timeOrigin + start, ms: performance.now() - start });
}

const jobs = {
  async start() {
    database = await openDatabase(SOURCE);
    timer = setInterval(sell, EVERY_MS);
  },

  /** Ends, takes back what was sold, and answers how long each sale waited. */
  async stop() {
    clearInterval(timer);
    // Comes after every sale.
    const transaction = database.transaction(['orders', 'payments'], 'readwrite');
    transaction.objectStore('orders').count().onsuccess = () => {
      for (const [table, id] of written) transaction.objectStore(table).delete(id);
    };
    await endOf(transaction);
    database.close();
    return waits;
  },
};

onmessage = async ({ data: job }) => postMessage(await jobs[job]());
