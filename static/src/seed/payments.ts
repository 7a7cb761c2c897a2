import type { Cents, Order, Payment, PaymentMethod } from '../db/types';
import { cashSuggestions } from '../domain/money';
import { Random } from './random';

const SPLIT_SHARE = 0.03;
const SCHEMES = [
  { scheme: 'visa', aid: 'A0000000031010' },
  { scheme: 'visa debit', aid: 'A0000000031010' },
  { scheme: 'mastercard', aid: 'A0000000041010' },
  { scheme: 'mastercard debit', aid: 'A0000000041010' },
  { scheme: 'maestro', aid: 'A0000000043060' },
  { scheme: 'amex', aid: 'A000000025010801' },
] as const;

function makePayment(order: Order, at: Date, method: PaymentMethod, amount: Cents, sequence: number, random: Random): Payment {
  const tendered = method === 'cash' ? random.pick([amount, ...cashSuggestions(amount)]) : amount;
  const payment: Payment = {
    id: random.uuid(),
    orderId: order.id,
    method,
    amount,
    tendered,
    change: tendered - amount,
    currency: 'EUR',
    at,
    terminal: {
      id: `T-${order.register}`,
      register: order.register,
      shiftId: order.shiftId,
      batch: 1 + Math.floor(order.id / 180),
      sequence,
      firmware: order.id % 3 === 0 ? '7.4.1' : '7.3.9',
    },
  };
  if (method === 'card') {
    const { scheme, aid } = random.pick(SCHEMES);
    payment.card = {
      scheme,
      last4: random.digits(4),
      entry: random.chance(0.86) ? 'contactless' : random.pick(['chip', 'chip', 'mobile wallet']),
      authCode: random.digits(6),
      reference: random.digits(12),
      aid,
      tvr: random.chance(0.9) ? '0000000000' : '0000008000',
      tsi: 'E800',
      cryptogram: random.hex(16).toUpperCase(),
      verifiedBy: random.chance(0.8) ? 'none' : random.pick(['PIN', 'device']),
      host: { code: '00', respondedInMs: random.int(280, 2_400), issuerCountry: random.chance(0.9) ? 'IE' : random.pick(['GB', 'FR', 'DE', 'US']) },
    };
  }
  return payment;
}

/** How an order was paid: mostly at once, sometimes part in cash and the rest by card. */
export function paymentsOf(order: Order, random: Random): Payment[] {
  const { due } = order.totals;
  if (!order.closedAt || order.status === 'void' || due === 0) return [];
  const sequence = (order.id * 3) % 10_000;
  const method: PaymentMethod = random.chance(0.34) ? 'cash' : 'card';
  const payments =
    due >= 1_000 && random.chance(SPLIT_SHARE)
      ? [
          makePayment(order, order.closedAt, 'cash', Math.floor(due / 1_000) * 500, sequence, random),
          makePayment(order, order.closedAt, 'card', due - Math.floor(due / 1_000) * 500, sequence + 1, random),
        ]
      : [makePayment(order, order.closedAt, method, due, sequence, random)];
  if (order.status === 'refunded') {
    const refundedAt = new Date(order.closedAt.getTime() + random.int(1, 20) * 3_600_000);
    const refund = makePayment(order, refundedAt, method, due, sequence + 2, random);
    payments.push({ ...refund, amount: -due, tendered: -due, change: 0 });
  }
  return payments;
}
