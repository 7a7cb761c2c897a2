import { changeDue } from '../domain/sale';
import { useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { Icon } from '../ui/Icon';
import { lastSaleState, retrySale } from './saleWriter';

/** What became of the sale that was paid last: the change first, for that is what is needed now. */
export function LastSaleStrip({ onReceipt }: { onReceipt: () => void }) {
  const last = useStore(lastSaleState);
  const formats = useFormats();
  if (!last) return null;
  const { sale, state, number, error } = last;
  const change = changeDue(sale);
  return (
    <div className={`last-sale last-sale-${state}`} role="group" aria-label="Last sale">
      <Icon name={state === 'failed' ? 'warning' : state === 'saved' ? 'check' : 'clock'} />
      <div>
        <p className="last-sale-change">{change > 0 ? `Change ${formats.money(change)}` : `Paid ${formats.money(sale.totals.due)}`}</p>
        <p>
          {sale.tender.method === 'cash' ? 'Cash' : 'Card'} · {formats.money(sale.totals.due)} ·{' '}
          {state === 'saved' ? `${number} saved` : state === 'saving' ? 'saving…' : `not saved: ${error}`}
        </p>
      </div>
      {state === 'failed' ? (
        <button type="button" className="button" onClick={() => retrySale(sale)}>
          Save again
        </button>
      ) : (
        <button type="button" className="button button-quiet" onClick={onReceipt}>
          <Icon name="receipt" size={18} /> Receipt
        </button>
      )}
    </div>
  );
}
