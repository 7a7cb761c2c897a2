import { useState } from 'react';
import { searchCustomers } from '../db/customerSearch';
import { db } from '../db/tillDatabase';
import type { Customer } from '../db/types';
import { useLive } from '../state/dataEpoch';
import { cartState } from '../state/session';
import { useFormats } from '../state/shop';
import { Dialog } from '../ui/Dialog';

export function CustomerDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const customers = useLive(() => searchCustomers(db, text), [text]);
  const formats = useFormats();

  const choose = ({ id, name }: Customer): void => {
    cartState.update((cart) => ({ ...cart, customer: { id, name } }));
    onClose();
  };
  return (
    <Dialog title="Choose a customer" onClose={onClose}>
      <label className="field">
        <span>Name, e-mail or telephone</span>
        <input
          data-autofocus
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            const first = customers?.[0];
            if (event.key === 'Enter' && first) choose(first);
          }}
        />
      </label>
      <ul className="pick-list" aria-label="Customers found">
        {customers?.map((customer) => (
          <li key={customer.id}>
            <button type="button" className="pick" onClick={() => choose(customer)}>
              <span className="pick-main">{customer.name}</span>
              <span className="pick-side">{formats.plural(customer.points, 'point', 'points')}</span>
              <span className="pick-small">{customer.email} · {customer.address.town}</span>
            </button>
          </li>
        ))}
      </ul>
      {customers?.length === 0 && <p className="hint-line">Nobody found.</p>}
      {text === '' && <p className="hint-line">The newest customers are shown; type to search all of them.</p>}
    </Dialog>
  );
}
