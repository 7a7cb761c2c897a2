// What belongs together in the till's data, looked for in an archive.
import { readFileSync } from 'node:fs';
import { records } from '../lib/archive.js';

/**
 * Checks that an archive is one moment of the till: every closed order since `firstNewId` has its
 * payment, its stock moves and its action, none of these is without its order, and the grand total in the
 * settings is the sum of all orders. Answers the number of such orders.
 */
export function checkSales(path, firstNewId) {
  const archive = readFileSync(path);
  const orders = records(archive, 'orders').map(({ v }) => v);
  const sum = orders.filter(({ status }) => status === 'closed' || status === 'refunded').reduce((sum, { totals }) => sum + totals.due, 0);
  const grandTotal = records(archive, 'settings').find(({ k }) => k === 'fiscal.grandTotal')?.v;
  expect(String(grandTotal), String(sum), 'the grand total and the sum of the orders');

  const sold = orders.filter(({ id }) => id >= firstNewId);
  const numbers = new Set(sold.map(({ number }) => number));
  const payments = records(archive, 'payments').map(({ v }) => v).filter(({ orderId }) => orderId >= firstNewId);
  expect(join(payments.map(({ orderId }) => orderId)), join(sold.map(({ id }) => id)), 'payments and orders');
  const moves = records(archive, 'stockMoves').map(({ v }) => v.ref).filter((ref) => numbers.has(ref.replace('sale:', '')));
  const expected = sold.flatMap(({ number, lines }) => lines.map(() => `sale:${number}`));
  expect(join(moves), join(expected), 'stock moves and orders');
  const last = firstNewId - 1;
  const known = new Set(payments.map(({ id }) => id));
  const actions = records(archive, 'actionQueue').map(({ v }) => v.payload.idempotencyKey).filter((key) => known.has(key));
  expect(join(actions), join([...known]), `actions and payments after order ${last}`);
  return sold.length;
}

const join = (list) => [...list].map(String).sort().join();

function expect(found, expected, what) {
  if (found !== expected) throw new Error(`the archive is no single moment: ${what} differ`);
}
