import { useState } from 'react';
import { makeSale, type Tender } from '../domain/sale';
import { saleTotals } from '../domain/money';
import { preferencesState } from '../state/preferences';
import { cartState, startNewCart } from '../state/session';
import { useShopConfig } from '../state/shop';
import { useStore } from '../state/store';
import { Dialog } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Money } from '../ui/Money';
import type { PaymentMethod } from '../db/types';
import { CardForm } from './CardForm';
import { CashForm } from './CashForm';
import { currentTill } from './holdCurrentCart';
import { SEARCH_FIELD_ID } from './SearchBox';
import { submitSale } from './saleWriter';

const METHODS = [
  { id: 'cash', label: 'Cash', icon: 'cash' },
  { id: 'card', label: 'Card', icon: 'card' },
] as const;

export function PayDialog({ onClose, onReceipt }: { onClose: () => void; onReceipt: () => void }) {
  const cart = useStore(cartState);
  const { taxes } = useShopConfig();
  const { openReceipt } = useStore(preferencesState);
  const [method, setMethod] = useState<PaymentMethod>('cash');
  const { due } = saleTotals(cart.lines, taxes);

  const take = (tender: Tender): void => {
    submitSale(makeSale(crypto.randomUUID(), cart, tender, currentTill(), Date.now()));
    startNewCart();
    if (openReceipt) onReceipt();
    else onClose();
  };

  return (
    <Dialog title="Payment" onClose={onClose} returnFocusTo={SEARCH_FIELD_ID}>
      <p className="pay-due">
        <span>To pay</span>
        <Money cents={due} label />
      </p>
      <fieldset className="segments">
        <legend className="visually-hidden">Payment method</legend>
        {METHODS.map(({ id, label, icon }) => (
          <label key={id} className="segment">
            <input type="radio" name="method" value={id} checked={method === id} onChange={() => setMethod(id)} />
            <Icon name={icon} /> {label}
          </label>
        ))}
      </fieldset>
      {method === 'cash' ? (
        <CashForm due={due} onTake={(tendered) => take({ method: 'cash', tendered, slip: null })} />
      ) : (
        <CardForm due={due} onTake={(slip) => take({ method: 'card', tendered: due, slip })} />
      )}
    </Dialog>
  );
}
