import type { OrderTotals } from '../db/types';
import { FULL_PERCENT } from '../domain/money';
import { useFormats } from '../state/shop';
import { Money } from '../ui/Money';

export function SlipTotals({ totals }: { totals: OrderTotals }) {
  const formats = useFormats();
  return (
    <dl className="slip-totals">
      {totals.discount > 0 && (
        <div>
          <dt>Discount</dt>
          <dd>
            −<Money cents={totals.discount} />
          </dd>
        </div>
      )}
      {totals.byRate
        .filter(({ tax }) => tax !== 0)
        .map(({ rate, basisPoints, tax }) => (
          <div key={rate}>
            <dt>VAT {formats.percent(basisPoints / FULL_PERCENT)} included</dt>
            <dd>
              <Money cents={tax} />
            </dd>
          </div>
        ))}
      <div className="slip-due">
        <dt>
          Total <span className="slip-items">{formats.plural(totals.items, 'item', 'items')}</span>
        </dt>
        <dd>
          <Money cents={totals.due} label />
        </dd>
      </div>
    </dl>
  );
}
