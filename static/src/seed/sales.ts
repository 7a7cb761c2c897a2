import type { Order, OrderLine, OrderStatus, Product, StockMove } from '../db/types';
import { lineDiscount, lineTotal, saleTotals, type PricedLine } from '../domain/money';
import { DEFAULT_SHOP } from '../domain/shopConfig';
import { orderNumber, saleRef } from '../domain/documents';
import { tradingTime } from './calendar';
import { CASHIERS, ORDER_NOTES } from './people';
import type { Random } from './random';

const HELD_AT_THE_END = 3;
const LINE_COUNTS = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7] as const;
const DISCOUNT_RATES = [500, 1_000, 1_000, 1_500, 2_000, 2_500, 5_000] as const;

function statusOf(index: number, total: number, random: Random): OrderStatus {
  const dice = random.unit();
  if (index >= total - HELD_AT_THE_END) return 'held';
  if (dice < 0.006) return 'void';
  return dice < 0.02 ? 'refunded' : 'closed';
}

function pickLines(products: readonly Product[], random: Random): { line: OrderLine; priced: PricedLine }[] {
  const wanted = random.pick(LINE_COUNTS);
  const chosen = new Map<number, Product>();
  for (let i = 0; i < wanted; i++) {
    const product = products[random.popularIndex(products.length)];
    if (product) chosen.set(product.id, product);
  }
  return [...chosen.values()].map((product) => {
    const priced: PricedLine = {
      price: product.price,
      qty: random.chance(0.74) ? 1 : random.int(2, 6),
      tax: product.tax,
      discountRate: random.chance(0.07) ? random.pick(DISCOUNT_RATES) : 0,
    };
    const line: OrderLine = {
      productId: product.id,
      sku: product.sku,
      name: product.name,
      category: product.category,
      qty: priced.qty,
      price: priced.price,
      cost: product.cost,
      discountRate: priced.discountRate,
      discount: lineDiscount(priced),
      tax: priced.tax,
      total: lineTotal(priced),
    };
    return { line, priced };
  });
}

/** The order of place `index` among `total`, which are spread over the shop's two years. */
export function makeOrder(
  index: number,
  total: number,
  products: readonly Product[],
  customerIds: readonly string[],
  random: Random,
): Order {
  const lines = pickLines(products, random);
  const openedAt = tradingTime((index + random.unit()) / total);
  const status = statusOf(index, total, random);
  const register = random.chance(0.7) ? 'R1' : 'R2';
  const order: Order = {
    id: index + 1,
    number: orderNumber(index + 1),
    status,
    register,
    cashier: random.pick(CASHIERS),
    shiftId: `${register}-${new Date(openedAt).toISOString().slice(0, 10)}`,
    openedAt: new Date(openedAt),
    closedAt: status === 'held' ? undefined : new Date(openedAt + random.int(20_000, 240_000)),
    lines: lines.map(({ line }) => line),
    totals: saleTotals(lines.map(({ priced }) => priced), DEFAULT_SHOP.taxes),
    note: random.chance(0.05) ? random.pick(ORDER_NOTES) : undefined,
  };
  const customerId = random.chance(0.42) ? customerIds[random.popularIndex(customerIds.length)] : undefined;
  if (customerId) order.customerId = customerId;
  return order;
}

/** What the order took off the shelves, and put back when it was refunded. */
export function movesOf(order: Order): StockMove[] {
  if (!order.closedAt || order.status === 'void') return [];
  const at = order.closedAt;
  return order.lines.flatMap((line) => {
    const sold: StockMove = {
      productId: line.productId,
      at,
      ref: saleRef(order.number),
      qty: -line.qty,
      reason: 'sale',
      location: 'shop',
      unitCost: line.cost,
      value: -line.qty * line.cost,
      lot: null,
      by: order.cashier,
    };
    if (order.status !== 'refunded') return [sold];
    const back: StockMove = { ...sold, ref: `return:${order.number}`, qty: line.qty, value: line.qty * line.cost, reason: 'return', location: 'inspection' };
    return [sold, back];
  });
}
