import { changeDue, type Sale } from '../domain/sale';
import { orderNumber, orderSerial, saleRef } from '../domain/documents';
import type { TillDatabase } from './tillDatabase';
import type { Action, Order, Payment, StockMove } from './types';

export interface RecordedSale {
  orderId: number;
  number: string;
}

export const GRAND_TOTAL_KEY = 'fiscal.grandTotal';
const TERMINAL_FIRMWARE = '7.4.1';
const SALES_PER_BATCH = 180;

/**
 * Writes a sale with its payment, its stock moves and the message to the back office, all or
 * nothing. A sale that is already there is left as it is, so trying again is safe.
 */
export function recordSale(db: TillDatabase, sale: Sale): Promise<RecordedSale> {
  const tables = [db.orders, db.payments, db.stockMoves, db.actionQueue, db.customers, db.settings];
  return db.transaction('rw', tables, async () => {
    const known = await db.payments.get(sale.id);
    const knownOrder = known && (await db.orders.get(known.orderId));
    if (known && knownOrder) return { orderId: known.orderId, number: knownOrder.number };

    const number = await nextOrderNumber(db);
    const order = orderOf(sale, number);
    const orderId = await db.orders.add(order);
    await db.payments.add(paymentOf(sale, orderId));
    await db.stockMoves.bulkAdd(movesOf(sale, number));
    await db.actionQueue.add(actionOf(sale, order));
    if (sale.customer) {
      await db.customers.where('id').equals(sale.customer.id).modify((customer) => {
        customer.points += Math.max(Math.floor(sale.totals.due / 100), 0);
      });
    }
    const grandTotal = await db.settings.get(GRAND_TOTAL_KEY);
    await db.settings.put((typeof grandTotal === 'bigint' ? grandTotal : 0n) + BigInt(sale.totals.due), GRAND_TOTAL_KEY);
    return { orderId, number };
  });
}

/** Must be called within the transaction that adds the order. */
export async function nextOrderNumber(db: TillDatabase): Promise<string> {
  const last = await db.orders.orderBy('number').last();
  return orderNumber(last ? orderSerial(last.number) + 1 : 1);
}

function orderOf(sale: Sale, number: string): Omit<Order, 'id'> {
  return {
    number,
    status: 'closed',
    register: sale.register,
    cashier: sale.cashier,
    shiftId: sale.shiftId,
    ...(sale.customer ? { customerId: sale.customer.id } : {}),
    openedAt: new Date(sale.openedAt),
    closedAt: new Date(sale.at),
    lines: sale.lines,
    totals: sale.totals,
    note: sale.note === '' ? undefined : sale.note,
  };
}

function paymentOf(sale: Sale, orderId: number): Payment {
  const { method, tendered, slip } = sale.tender;
  return {
    id: sale.id,
    orderId,
    method,
    amount: sale.totals.due,
    tendered,
    change: changeDue(sale),
    currency: sale.currency,
    at: new Date(sale.at),
    terminal: {
      id: `T-${sale.register}`,
      register: sale.register,
      shiftId: sale.shiftId,
      batch: 1 + Math.floor(orderId / SALES_PER_BATCH),
      sequence: orderId % 10_000,
      firmware: TERMINAL_FIRMWARE,
    },
    ...(slip ? { card: { scheme: 'unknown', last4: slip.last4, entry: 'terminal', authCode: slip.authCode, reference: sale.id.slice(0, 8) } } : {}),
  };
}

function movesOf(sale: Sale, number: string): StockMove[] {
  return sale.lines.map((line) => ({
    productId: line.productId,
    at: new Date(sale.at),
    ref: saleRef(number),
    qty: -line.qty,
    reason: 'sale',
    location: 'shop',
    unitCost: line.cost,
    value: -line.qty * line.cost,
    lot: null,
    by: sale.cashier,
  }));
}

function actionOf(sale: Sale, order: Omit<Order, 'id'>): Omit<Action, 'id'> {
  return {
    type: 'order.push',
    status: 'pending',
    payload: {
      idempotencyKey: sale.id,
      order: { number: order.number, register: order.register, customerId: order.customerId ?? null, totals: order.totals },
      lines: order.lines.map(({ productId, sku, qty, total }) => ({ productId, sku, qty, total })),
      schema: 'back-office/4',
    },
    createdAt: new Date(sale.at),
    attempts: 0,
    nextAttemptAt: undefined,
  };
}
