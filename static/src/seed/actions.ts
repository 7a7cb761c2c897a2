import type { Action, ActionStatus, Order } from '../db/types';
import { HISTORY_END } from './calendar';
import { Random } from './random';

const ERRORS = [
  'HTTP 503 from the back office: upstream is restarting',
  'Network unreachable (ERR_INTERNET_DISCONNECTED)',
  'HTTP 409: a newer version of this customer exists',
  'Timed out after 30 s waiting for the back office',
] as const;

/** What the latest orders still owe the back office; sent or failed in no particular order. */
export function* makeActions(orders: readonly Order[], seed: number): Generator<Action> {
  const random = new Random(seed, 'actions');
  for (const [i, order] of orders.entries()) {
    const dice = random.unit();
    const status: ActionStatus = dice < 0.66 ? 'pending' : dice < 0.94 ? 'failed' : 'sending';
    const attempts = status === 'pending' ? random.int(0, 1) : random.int(1, 7);
    const createdAt = order.closedAt ?? order.openedAt;
    yield {
      id: i + 1,
      type: order.status === 'refunded' ? 'order.refund' : random.pick(['order.push', 'order.push', 'order.push', 'loyalty.credit', 'stock.adjust']),
      status,
      payload: {
        idempotencyKey: random.uuid(),
        order: { number: order.number, register: order.register, customerId: order.customerId ?? null, totals: order.totals },
        lines: order.lines.map(({ productId, sku, qty, total }) => ({ productId, sku, qty, total })),
        schema: 'back-office/4',
      },
      createdAt,
      attempts,
      ...(status === 'failed' ? { lastError: random.pick(ERRORS) } : {}),
      nextAttemptAt: status === 'failed' ? new Date(HISTORY_END + random.int(60, 3_600) * 1_000) : undefined,
    };
  }
}
