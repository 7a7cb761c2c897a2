import type { Cents, OrderLine, Product, TaxRateId } from '../db/types';
import { FULL_PERCENT, type PricedLine } from './money';

export interface CartLine extends PricedLine {
  productId: number;
  sku: string;
  name: string;
  category: string;
  cost: Cents;
  allergens: string[];
}

export interface CartCustomer {
  id: string;
  name: string;
}

export interface Cart {
  lines: CartLine[];
  /** The product whose line + and − act on. */
  selected: number | null;
  customer: CartCustomer | null;
  note: string;
  /** When its first item was rung up (milliseconds since the Unix epoch). */
  openedAt: number | null;
}

export const EMPTY_CART: Cart = { lines: [], selected: null, customer: null, note: '', openedAt: null };
export const MAX_QTY = 999;

export function addProduct(cart: Cart, product: Product, now: number): Cart {
  const known = cart.lines.some((line) => line.productId === product.id);
  if (known) return { ...changeQty(cart, product.id, 1), selected: product.id };
  const line: CartLine = {
    productId: product.id,
    sku: product.sku,
    name: product.name,
    category: product.category,
    price: product.price,
    cost: product.cost,
    tax: product.tax,
    qty: 1,
    discountRate: 0,
    allergens: [...product.allergens],
  };
  return { ...cart, lines: [...cart.lines, line], selected: product.id, openedAt: cart.openedAt ?? now };
}

/** A line whose quantity falls to nothing leaves the cart. */
export function changeQty(cart: Cart, productId: number, by: number): Cart {
  const line = cart.lines.find((candidate) => candidate.productId === productId);
  if (!line) return cart;
  const qty = Math.min(line.qty + by, MAX_QTY);
  return qty < 1 ? removeLine(cart, productId) : changeLine(cart, productId, { qty });
}

export function setDiscountRate(cart: Cart, productId: number, discountRate: number): Cart {
  const rate = Number.isFinite(discountRate) ? Math.min(Math.max(Math.round(discountRate), 0), FULL_PERCENT) : 0;
  return changeLine(cart, productId, { discountRate: rate });
}

/** The line that takes the place of a removed one becomes the selected one. */
export function removeLine(cart: Cart, productId: number): Cart {
  const index = cart.lines.findIndex((line) => line.productId === productId);
  if (index < 0) return cart;
  const lines = cart.lines.filter((line) => line.productId !== productId);
  const next = lines[Math.min(index, lines.length - 1)];
  return { ...cart, lines, selected: next?.productId ?? null, openedAt: lines.length === 0 ? null : cart.openedAt };
}

/** Moves the selection up (−1) or down (+1) and stops at the ends. */
export function moveSelection(cart: Cart, by: number): Cart {
  const index = cart.lines.findIndex((line) => line.productId === cart.selected);
  const next = cart.lines[Math.min(Math.max(index + by, 0), cart.lines.length - 1)];
  return next ? { ...cart, selected: next.productId } : cart;
}

/** A held order as a cart again. */
export function cartFromLines(lines: readonly OrderLine[], customer: CartCustomer | null, note: string, openedAt: number): Cart {
  return {
    lines: lines.map(({ productId, sku, name, category, price, cost, tax, qty, discountRate }) => ({
      productId, sku, name, category, price, cost, tax, qty, discountRate, allergens: [],
    })),
    selected: lines.at(-1)?.productId ?? null,
    customer,
    note,
    openedAt,
  };
}

function changeLine(cart: Cart, productId: number, change: Partial<CartLine>): Cart {
  return { ...cart, lines: cart.lines.map((line) => (line.productId === productId ? { ...line, ...change } : line)) };
}

const TAX_RATE_IDS: readonly string[] = ['standard', 'reduced', 'zero'] satisfies TaxRateId[];

function isLine(value: unknown): value is CartLine {
  const line = value as Partial<CartLine> | null;
  return (
    typeof line === 'object' && line !== null &&
    Number.isInteger(line.productId) && Number.isInteger(line.price) && Number.isInteger(line.cost) &&
    Number.isInteger(line.qty) && Number.isInteger(line.discountRate) &&
    typeof line.sku === 'string' && typeof line.name === 'string' && typeof line.category === 'string' &&
    typeof line.tax === 'string' && TAX_RATE_IDS.includes(line.tax) && Array.isArray(line.allergens)
  );
}

/** A cart as storage holds it: whatever is no cart is an empty one. */
export function parseCart(value: unknown): Cart {
  if (typeof value !== 'object' || value === null) return EMPTY_CART;
  const { lines, selected, customer, note, openedAt } = value as Partial<Cart>;
  if (!Array.isArray(lines) || !lines.every(isLine)) return EMPTY_CART;
  return {
    lines,
    selected: typeof selected === 'number' ? selected : null,
    customer: typeof customer?.id === 'string' && typeof customer.name === 'string' ? { id: customer.id, name: customer.name } : null,
    note: typeof note === 'string' ? note : '',
    openedAt: typeof openedAt === 'number' ? openedAt : null,
  };
}
