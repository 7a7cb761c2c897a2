import { Dexie } from 'dexie';
import { cartFromLines, type Cart, type CartCustomer } from '../domain/cart';
import { makeHeldOrder, type Till } from '../domain/sale';
import { nextOrderNumber } from './recordSale';
import type { TillDatabase } from './tillDatabase';
import type { Order } from './types';

const SHOWN = 30;

/** Puts a cart aside as an order of its own and answers its number. */
export function holdCart(db: TillDatabase, cart: Cart, till: Till, now: number): Promise<string> {
  return db.transaction('rw', db.orders, async () => {
    const number = await nextOrderNumber(db);
    await db.orders.add({ ...makeHeldOrder(cart, till, now), number });
    return number;
  });
}

export function heldOrders(db: TillDatabase): Promise<Order[]> {
  return db.orders.where('[status+openedAt]').between(['held', Dexie.minKey], ['held', Dexie.maxKey]).reverse().limit(SHOWN).toArray();
}

/** Takes a held order back into the till; it is then no order any more, but a cart. */
export function recallOrder(db: TillDatabase, id: number): Promise<Cart> {
  return db.transaction('rw', db.orders, db.customers, async () => {
    const order = await db.orders.get(id);
    if (order?.status !== 'held') throw new Error('This order is no longer held. Another till may have taken it.');
    const known = order.customerId === undefined ? undefined : await db.customers.get(order.customerId);
    const customer: CartCustomer | null = known ? { id: known.id, name: known.name } : null;
    await db.orders.delete(id);
    return cartFromLines(order.lines, customer, order.note ?? '', order.openedAt.getTime());
  });
}
