import type { Cart } from '../domain/cart';
import { cartState } from '../state/session';
import { Icon } from '../ui/Icon';
import { Key } from '../ui/Key';
import type { TillDialogName } from './useTillDialog';

const WALK_IN = 'Walk-in customer';

export function SlipCustomer({ cart, onOpen }: { cart: Cart; onOpen: (dialog: TillDialogName) => void }) {
  return (
    <header className="slip-head">
      <h2>Sale</h2>
      <button type="button" className="button button-quiet" onClick={() => onOpen('customer')} aria-keyshortcuts="F4">
        <Icon name="person" size={18} />
        <span className="visually-hidden">Customer: </span>
        <span className="slip-customer-name">{cart.customer?.name ?? WALK_IN}</span>
        {!cart.customer && <Key name="F4" />}
      </button>
      {cart.customer && (
        <button
          type="button"
          className="button button-quiet button-icon"
          aria-label="Remove the customer"
          onClick={() => cartState.update((now) => ({ ...now, customer: null }))}
        >
          <Icon name="close" size={18} />
        </button>
      )}
      {cart.note !== '' && <p className="slip-note">{cart.note}</p>}
    </header>
  );
}
