import type { Product, StockMove, StockReason } from '../db/types';
import { tradingTime } from './calendar';
import { CASHIERS } from './people';
import { Random } from './random';

const LINES_PER_DOCUMENT = 12;

/** Deliveries, counts and waste: what moves goods besides selling them. */
export function* makeOtherMoves(count: number, products: readonly Product[], seed: number): Generator<StockMove> {
  const random = new Random(seed, 'stock');
  const documents = Math.ceil(count / LINES_PER_DOCUMENT);
  for (let made = 0; made < count; made++) {
    const document = Math.floor(made / LINES_PER_DOCUMENT);
    const line = made % LINES_PER_DOCUMENT;
    const product = products[(document * 31 + line) % products.length];
    if (!product) return;
    const dice = random.unit();
    const reason: StockReason = dice < 0.78 ? 'delivery' : dice < 0.92 ? 'count' : 'waste';
    const qty = reason === 'delivery' ? product.supplier.caseSize * random.int(1, 4) : reason === 'count' ? random.int(-3, 2) : -random.int(1, 3);
    yield {
      productId: product.id,
      at: new Date(tradingTime((document + 0.2) / (documents + 1)) + line * 45_000),
      ref: `${reason === 'delivery' ? 'po' : 'adjustment'}:${String(document + 1).padStart(5, '0')}/${String(line + 1).padStart(2, '0')}`,
      qty,
      reason,
      location: reason === 'delivery' ? 'stock room' : 'shop',
      unitCost: product.cost,
      value: qty * product.cost,
      lot: reason === 'delivery' ? `L${random.digits(2)}-${random.digits(4)}` : null,
      by: random.pick(CASHIERS),
    };
  }
}
