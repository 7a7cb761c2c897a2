import { useState } from 'react';
import { heldOrders, recallOrder } from '../db/heldOrders';
import { db } from '../db/tillDatabase';
import { useLive } from '../state/dataEpoch';
import { cartState } from '../state/session';
import { useFormats } from '../state/shop';
import { announce } from '../ui/announce';
import { Dialog } from '../ui/Dialog';

export function HeldDialog({ onClose }: { onClose: () => void }) {
  const orders = useLive(() => heldOrders(db), []);
  const formats = useFormats();
  const [error, setError] = useState<string | null>(null);

  const recall = async (id: number): Promise<void> => {
    try {
      cartState.set(await recallOrder(db, id));
      announce('The held sale is back in the till.');
      onClose();
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  return (
    <Dialog title="Held sales" onClose={onClose}>
      {error && <p className="notice notice-error" role="alert">{error}</p>}
      <ul className="pick-list" aria-label="Held sales">
        {orders?.map((order) => (
          <li key={order.id}>
            <button type="button" className="pick" onClick={() => void recall(order.id)}>
              <span className="pick-main">{order.number} · {formats.plural(order.totals.items, 'item', 'items')}</span>
              <span className="pick-side">{formats.money(order.totals.due)}</span>
              <span className="pick-small">{formats.dateTime(order.openedAt)} · {order.lines[0]?.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {orders?.length === 0 && <p className="hint-line">No sale is held.</p>}
    </Dialog>
  );
}
