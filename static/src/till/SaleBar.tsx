import type { Cart } from '../domain/cart';
import { saleTotals } from '../domain/money';
import { useFormats, useShopConfig } from '../state/shop';
import { Icon } from '../ui/Icon';
import { Money } from '../ui/Money';

/** On a narrow screen: what is in the sale, and the way to it. */
export function SaleBar({ cart, onOpen }: { cart: Cart; onOpen: () => void }) {
  const { taxes } = useShopConfig();
  const formats = useFormats();
  const totals = saleTotals(cart.lines, taxes);
  return (
    <button type="button" className="sale-bar" onClick={onOpen}>
      <span>{totals.items === 0 ? 'View sale' : `View sale, ${formats.plural(totals.items, 'item', 'items')}`}</span>
      <Money cents={totals.due} label />
      <Icon name="right" size={18} />
    </button>
  );
}
