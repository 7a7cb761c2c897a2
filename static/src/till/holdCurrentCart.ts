import { holdCart } from '../db/heldOrders';
import { db } from '../db/tillDatabase';
import type { Till } from '../domain/sale';
import { cartState, shiftState, startNewCart } from '../state/session';
import { shopState } from '../state/shop';
import { Store } from '../state/store';
import { announce } from '../ui/announce';

/** Who sells, where, and by whose rules. */
export function currentTill(): Till {
  const shift = shiftState.get();
  return { shop: shopState.get().config, cashier: shift?.cashier ?? 'Till', shiftId: shift?.id ?? null };
}

/** Whether a cart is being put aside; that can take a while when the database is busy. */
export const holdingState = new Store(false);

/** The cart is emptied only when the database has it. */
export async function holdCurrentCart(): Promise<void> {
  const cart = cartState.get();
  if (cart.lines.length === 0 || holdingState.get()) return;
  holdingState.set(true);
  try {
    const number = await holdCart(db, cart, currentTill(), Date.now());
    if (cartState.get() === cart) startNewCart();
    announce(`Held as ${number}.`);
  } catch (error) {
    announce(`The sale could not be held: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    holdingState.set(false);
  }
}
