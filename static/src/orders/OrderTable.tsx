import { useState } from 'react';
import type { Order } from '../db/types';
import { useFormats } from '../state/shop';
import { OrderRow } from './OrderRow';

const PAGE = 100;

export function OrderTable({ orders }: { orders: Order[] }) {
  const formats = useFormats();
  const [shown, setShown] = useState(PAGE);
  const [openId, setOpenId] = useState<number | null>(null);
  return (
    <div className="panel panel-flush">
      <table className="table orders-table">
        <caption className="visually-hidden">Orders of the day, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">Order</th>
            <th scope="col">Time</th>
            <th scope="col" className="wide-only">Cashier</th>
            <th scope="col" className="wide-only">Items</th>
            <th scope="col">State</th>
            <th scope="col" className="number">Total</th>
          </tr>
        </thead>
        <tbody>
          {orders.slice(0, shown).map((order) => (
            <OrderRow key={order.id} order={order} open={order.id === openId} onToggle={() => setOpenId(order.id === openId ? null : order.id)} />
          ))}
        </tbody>
      </table>
      {orders.length > shown && (
        <button type="button" className="button button-quiet table-more" onClick={() => setShown(shown + PAGE)}>
          Show more of {formats.number(orders.length)} orders
        </button>
      )}
    </div>
  );
}
