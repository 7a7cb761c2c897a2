import type { TillDatabase } from './tillDatabase';
import type { Cents, Order } from './types';

export interface DayReport {
  orders: Order[];
  sales: number;
  revenue: Cents;
  tax: Cents;
  cash: Cents;
  card: Cents;
}

/** A shop's busiest day stays far below this; a day is never read without a bound. */
const MOST_ORDERS = 2_000;

export function startOfDay(instant: number): Date {
  const day = new Date(instant);
  day.setHours(0, 0, 0, 0);
  return day;
}

export function addDays(day: Date, days: number): Date {
  const moved = new Date(day);
  moved.setDate(moved.getDate() + days);
  return moved;
}

/** A day's orders, the newest first, and what they come to. */
export async function dayReport(db: TillDatabase, day: Date): Promise<DayReport> {
  const [from, to] = [day, addDays(day, 1)];
  const orders = await db.orders.where('openedAt').between(from, to, true, false).reverse().limit(MOST_ORDERS).toArray();
  const payments = await db.payments.where('at').between(from, to, true, false).limit(2 * MOST_ORDERS).toArray();
  const closed = orders.filter((order) => order.status === 'closed');
  const taken = (method: string): Cents => payments.reduce((sum, payment) => (payment.method === method ? sum + payment.amount : sum), 0);
  return {
    orders,
    sales: closed.length,
    revenue: closed.reduce((sum, order) => sum + order.totals.due, 0),
    tax: closed.reduce((sum, order) => sum + order.totals.tax, 0),
    cash: taken('cash'),
    card: taken('card'),
  };
}

/** The latest day before this one on which something was sold. */
export async function lastTradingDay(db: TillDatabase, before: Date): Promise<Date | undefined> {
  const last = await db.orders.where('openedAt').below(before).last();
  return last && startOfDay(last.openedAt.getTime());
}
