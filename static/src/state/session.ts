import { EMPTY_CART, parseCart, type Cart } from '../domain/cart';
import type { Sale } from '../domain/sale';
import { StoredState } from './storedState';

export interface Shift {
  id: string;
  cashier: string;
  /** What was in the drawer when it began, in cents. */
  float: number;
  openedAt: number;
}

export const cartState = new StoredState<Cart>({
  storage: 'sessionStorage',
  key: 'till.cart',
  parse: parseCart,
  isEmpty: (cart) => cart.lines.length === 0 && cart.customer === null && cart.note === '',
});

export const shiftState = new StoredState<Shift | null>({
  storage: 'sessionStorage',
  key: 'till.shift',
  parse: (found) => {
    const shift = found as Partial<Shift> | null | undefined;
    if (typeof shift?.id !== 'string' || typeof shift.cashier !== 'string') return null;
    return { id: shift.id, cashier: shift.cashier, float: Number(shift.float) || 0, openedAt: Number(shift.openedAt) || 0 };
  },
  isEmpty: (shift) => shift === null,
});

/** Sales that are paid but not yet in the database. */
export const unsavedState = new StoredState<Sale[]>({
  storage: 'sessionStorage',
  key: 'till.unsaved',
  parse: (found) => (Array.isArray(found) ? found.filter(isSale) : []),
  isEmpty: (sales) => sales.length === 0,
});

export function startNewCart(): void {
  cartState.set(EMPTY_CART);
}

function isSale(found: unknown): found is Sale {
  const sale = found as Partial<Sale> | null;
  return typeof sale?.id === 'string' && Array.isArray(sale.lines) && typeof sale.totals?.due === 'number' && typeof sale.tender?.method === 'string';
}
