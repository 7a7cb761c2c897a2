import type { Action, Customer, Order, Payment, Product, SettingKey, SettingValue, StockMove } from '../db/types';
import { makeActions } from './actions';
import { makeCustomers } from './customers';
import { paymentsOf } from './payments';
import { planSeed } from './plan';
import { makeProducts } from './products';
import { Random } from './random';
import { makeOrder, movesOf } from './sales';
import { makeSettings } from './settings';
import { makeOtherMoves } from './stock';

export type Batch =
  | { table: 'products'; rows: Product[] }
  | { table: 'customers'; rows: Customer[] }
  | { table: 'orders'; rows: Order[] }
  | { table: 'payments'; rows: Payment[] }
  | { table: 'stockMoves'; rows: StockMove[] }
  | { table: 'settings'; rows: SettingValue[]; keys: SettingKey[] }
  | { table: 'actionQueue'; rows: Action[] };

/** Small enough that making and storing a batch never holds up the page. */
const BATCH_ROWS = 700;
const PICTURED_BATCH_ROWS = 20;
const ORDERS_PER_BATCH = 300;

function* chunksOf<T>(rows: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const row of rows) {
    chunk.push(row);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/** A whole shop, exactly `records` records over all tables, the same for the same seed. */
export function* generateShop(records: number, seed: number): Generator<Batch> {
  const plan = planSeed(records);
  let made = 0;

  const products: Product[] = [];
  for (const rows of chunksOf(makeProducts(plan.products, seed), PICTURED_BATCH_ROWS)) {
    products.push(...rows.map(({ image: _image, thumb: _thumb, ...rest }) => rest));
    made += rows.length;
    yield { table: 'products', rows };
  }

  const customerIds: string[] = [];
  for (const rows of chunksOf(makeCustomers(plan.customers, seed), BATCH_ROWS)) {
    customerIds.push(...rows.map((customer) => customer.id));
    made += rows.length;
    yield { table: 'customers', rows };
  }

  const orderRandom = new Random(seed, 'orders');
  const paymentRandom = new Random(seed, 'payments');
  const unsent: Order[] = [];
  let grandTotal = 0n;
  for (let start = 0; start < plan.orders; start += ORDERS_PER_BATCH) {
    const orders: Order[] = [];
    for (let i = start; i < Math.min(start + ORDERS_PER_BATCH, plan.orders); i++) {
      orders.push(makeOrder(i, plan.orders, products, customerIds, orderRandom));
    }
    const payments = orders.flatMap((order) => paymentsOf(order, paymentRandom));
    const moves = orders.flatMap((order) => movesOf(order));
    for (const order of orders) {
      if (order.status === 'closed' || order.status === 'refunded') grandTotal += BigInt(order.totals.due);
      if (order.id > plan.orders - plan.actions) unsent.push(order);
    }
    made += orders.length + payments.length + moves.length;
    yield { table: 'orders', rows: orders };
    yield { table: 'payments', rows: payments };
    yield { table: 'stockMoves', rows: moves };
  }

  const settings = [...makeSettings(plan.settings, seed, grandTotal)];
  made += settings.length;
  yield { table: 'settings', rows: settings.map(([, value]) => value), keys: settings.map(([key]) => key) };

  for (const rows of chunksOf(makeActions(unsent, seed), ORDERS_PER_BATCH)) {
    made += rows.length;
    yield { table: 'actionQueue', rows };
  }

  for (const rows of chunksOf(makeOtherMoves(records - made, products, seed), BATCH_ROWS)) {
    yield { table: 'stockMoves', rows };
  }
}
