import type { Cart } from '../domain/cart';
import { cartState } from '../state/session';
import { Icon } from '../ui/Icon';
import type { TillDialogName } from './useTillDialog';

export function SlipCustomer({ cart, onOpen }: { cart: Cart; onOpen: (dialog: TillDialogName) => void }) {
  return (
    <header className="slip-head">
      <h2>Sale</h2>
      <button type="button" className="button button-quiet" onClick={() => onOpen('customer')} aria-label={cart.customer ? `Customer: ${cart.customer.name}` : 'Choose a customer'}>
        <Icon name="person" size={18} />
        <span className="slip-customer-name">{cart.customer?.name ?? 'Walk-in customer'}</span>
        {!cart.customer && <kbd className="key">F4</kbd>}
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
