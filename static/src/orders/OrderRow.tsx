import type { Order, OrderStatus } from '../db/types';
import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';

const STATUS: Record<OrderStatus, string> = { closed: 'Paid', held: 'Held', refunded: 'Refunded', void: 'Void' };

export function OrderRow({ order, open, onToggle }: { order: Order; open: boolean; onToggle: () => void }) {
  const formats = useFormats();
  const detailId = `order-${order.id}`;
  return (
    <>
      <tr>
        <th scope="row">
          <button type="button" className="row-toggle" aria-expanded={open} aria-controls={detailId} onClick={onToggle}>
            <Icon name={open ? 'down' : 'right'} size={16} />
            {order.number}
          </button>
        </th>
        <td>{formats.time(order.openedAt)}</td>
        <td className="wide-only">{order.cashier}</td>
        <td className="wide-only">{formats.number(order.totals.items)}</td>
        <td><span className={`state state-${order.status}`}>{STATUS[order.status]}</span></td>
        <td className="number">{formats.money(order.totals.due)}</td>
      </tr>
      <tr id={detailId} hidden={!open} className="row-detail">
        <td colSpan={6}>
          {open && (
            <>
              <ul>
                {order.lines.map((line) => (
                  <li key={line.productId}>
                    <span>{line.qty} × {line.name}</span>
                    <span>{formats.money(line.total)}</span>
                  </li>
                ))}
              </ul>
              {order.note && <p className="hint-line">{order.note}</p>}
            </>
          )}
        </td>
      </tr>
    </>
  );
}
