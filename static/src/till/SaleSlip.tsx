import type { Cart } from '../domain/cart';
import { saleTotals } from '../domain/money';
import { useShopConfig } from '../state/shop';
import { startNewCart } from '../state/session';
import { useStore } from '../state/store';
import { Icon } from '../ui/Icon';
import { Key } from '../ui/Key';
import { Money } from '../ui/Money';
import { holdCurrentCart, holdingState } from './holdCurrentCart';
import { LastSaleStrip } from './LastSaleStrip';
import { SlipCustomer } from './SlipCustomer';
import { SlipLine } from './SlipLine';
import { SlipTotals } from './SlipTotals';
import { UnsavedNotice } from './UnsavedNotice';
import type { TillDialogName } from './useTillDialog';

interface SaleSlipProps {
  cart: Cart;
  onOpen: (dialog: TillDialogName) => void;
  /** Back to the products, where the screen has room for one of both. */
  onBack: () => void;
}

export function SaleSlip({ cart, onOpen, onBack }: SaleSlipProps) {
  const { taxes } = useShopConfig();
  const totals = saleTotals(cart.lines, taxes);
  const holding = useStore(holdingState);
  const empty = cart.lines.length === 0;
  return (
    <section className="slip-column" aria-label="Current sale">
      <button type="button" className="button button-quiet slip-back" onClick={onBack}>
        <Icon name="left" size={18} /> Products
      </button>
      <div className="slip">
        <SlipCustomer cart={cart} onOpen={onOpen} />
        {empty ? (
          <EmptySlip onOpen={onOpen} />
        ) : (
          <ul className="slip-lines" aria-label="Items">
            {cart.lines.map((line) => (
              <SlipLine key={line.productId} line={line} selected={line.productId === cart.selected} onDiscount={() => onOpen('discount')} />
            ))}
          </ul>
        )}
        <SlipTotals totals={totals} />
        <div className="slip-actions">
          <button type="button" className="button" aria-keyshortcuts="F8" disabled={empty || holding} onClick={() => void holdCurrentCart()}>
            <Icon name="hold" size={18} /> {holding ? 'Holding…' : 'Hold'} <Key name="F8" />
          </button>
          <button type="button" className="button" disabled={empty} onClick={() => onOpen('note')}>
            <Icon name="file" size={18} /> Note
          </button>
          <button type="button" className="button" disabled={empty && !cart.customer} onClick={startNewCart}>
            <Icon name="trash" size={18} /> Clear
          </button>
        </div>
        <button type="button" className="button button-pay" aria-keyshortcuts="F9" disabled={empty} onClick={() => onOpen('pay')}>
          <span>Pay</span>
          <Money cents={totals.due} label />
          <Key name="F9" />
        </button>
      </div>
      <UnsavedNotice />
      <LastSaleStrip onReceipt={() => onOpen('receipt')} />
    </section>
  );
}

function EmptySlip({ onOpen }: { onOpen: (dialog: TillDialogName) => void }) {
  return (
    <div className="slip-empty">
      <p>Nothing rung up yet.</p>
      <p className="slip-keys">
        Type a name and press <kbd className="key">Enter</kbd> to add it; <kbd className="key">+</kbd> <kbd className="key">−</kbd> change the quantity,{' '}
        <kbd className="key">%</kbd> gives a discount, <kbd className="key">Del</kbd> removes.
      </p>
      <button type="button" className="button" onClick={() => onOpen('held')}>
        <Icon name="clock" size={18} /> Held sales
      </button>
    </div>
  );
}
