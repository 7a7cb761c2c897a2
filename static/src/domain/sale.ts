import type { Cents, Order, OrderLine, OrderTotals, PaymentMethod } from '../db/types';
import type { Cart, CartCustomer, CartLine } from './cart';
import { lineDiscount, lineTotal, saleTotals } from './money';
import type { ShopConfig } from './shopConfig';

export interface CardSlip {
  last4: string;
  authCode: string;
}

export interface Tender {
  method: PaymentMethod;
  tendered: Cents;
  slip: CardSlip | null;
}

/**
 * A sale that has been paid, whether or not the database has it yet. Plain JSON, because it waits
 * in sessionStorage while the database is busy with a backup or a restore.
 */
export interface Sale {
  /** Also the payment's key: a sale written twice is found by it. */
  id: string;
  register: string;
  cashier: string;
  shiftId: string | null;
  currency: string;
  customer: CartCustomer | null;
  note: string;
  lines: OrderLine[];
  totals: OrderTotals;
  tender: Tender;
  openedAt: number;
  at: number;
}

export interface Till {
  shop: ShopConfig;
  cashier: string;
  shiftId: string | null;
}

export function toOrderLine(line: CartLine): OrderLine {
  const { productId, sku, name, category, qty, price, cost, discountRate, tax } = line;
  return { productId, sku, name, category, qty, price, cost, discountRate, discount: lineDiscount(line), tax, total: lineTotal(line) };
}

export function makeSale(id: string, cart: Cart, tender: Tender, till: Till, now: number): Sale {
  return {
    id,
    register: till.shop.register,
    cashier: till.cashier,
    shiftId: till.shiftId,
    currency: till.shop.currency,
    customer: cart.customer,
    note: cart.note,
    lines: cart.lines.map(toOrderLine),
    totals: saleTotals(cart.lines, till.shop.taxes),
    tender,
    openedAt: cart.openedAt ?? now,
    at: now,
  };
}

export function changeDue(sale: Sale): Cents {
  return sale.tender.tendered - sale.totals.due;
}

/** The order of a cart that is put aside to be finished later. */
export function makeHeldOrder(cart: Cart, till: Till, now: number): Omit<Order, 'id' | 'number'> {
  return {
    status: 'held',
    register: till.shop.register,
    cashier: till.cashier,
    shiftId: till.shiftId,
    ...(cart.customer ? { customerId: cart.customer.id } : {}),
    openedAt: new Date(cart.openedAt ?? now),
    closedAt: undefined,
    lines: cart.lines.map(toOrderLine),
    totals: saleTotals(cart.lines, till.shop.taxes),
    note: cart.note === '' ? undefined : cart.note,
  };
}
