import { useEffect, useRef } from 'react';
import { changeQty, removeLine, type CartLine } from '../domain/cart';
import { FULL_PERCENT, lineDiscount, lineTotal } from '../domain/money';
import type { Formats } from '../domain/format';
import { cartState } from '../state/session';
import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import { Money } from '../ui/Money';

interface SlipLineProps {
  line: CartLine;
  selected: boolean;
  onDiscount: () => void;
}

export function SlipLine({ line, selected, onDiscount }: SlipLineProps) {
  const formats = useFormats();
  const ref = useRef<HTMLLIElement>(null);
  const { productId, name } = line;

  useEffect(() => {
    if (selected) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [selected, line.qty]);

  const select = (): void => cartState.update((cart) => (cart.selected === productId ? cart : { ...cart, selected: productId }));
  return (
    <li ref={ref} className="slip-line" aria-current={selected || undefined} onClick={select} onFocus={select}>
      <div className="slip-line-main">
        <span className="slip-line-name">{name}</span>
        <Money cents={lineTotal(line)} />
      </div>
      <div className="slip-line-detail">
        <div className="stepper" role="group" aria-label={`Quantity of ${name}`}>
          <button type="button" aria-label={`One less ${name}`} onClick={() => cartState.update((cart) => changeQty(cart, productId, -1))}>
            <Icon name="minus" size={16} />
          </button>
          <output aria-label={`${line.qty} in the sale`}>{line.qty}</output>
          <button type="button" aria-label={`One more ${name}`} onClick={() => cartState.update((cart) => changeQty(cart, productId, 1))}>
            <Icon name="plus" size={16} />
          </button>
        </div>
        <span className="slip-line-price">× {formats.money(line.price)}</span>
        <button type="button" className={line.discountRate > 0 ? 'tag tag-discount' : 'tag'} aria-label={discountLabel(line, formats)} onClick={onDiscount}>
          {line.discountRate > 0 ? `−${formats.percent(line.discountRate / FULL_PERCENT)}` : '%'}
        </button>
        <button type="button" className="button button-quiet button-icon slip-line-remove" aria-label={`Remove ${name}`} onClick={() => cartState.update((cart) => removeLine(cart, productId))}>
          <Icon name="trash" size={17} />
        </button>
      </div>
      {(line.allergens.length > 0 || line.discountRate > 0) && (
        <p className="slip-line-small">
          {line.allergens.length > 0 && <span>Contains {line.allergens.join(', ')}</span>}
          {line.discountRate > 0 && <span>Saves {formats.money(lineDiscount(line))}</span>}
        </p>
      )}
    </li>
  );
}

function discountLabel(line: CartLine, formats: Formats): string {
  return line.discountRate > 0 ? `Discount of ${formats.percent(line.discountRate / FULL_PERCENT)} on ${line.name}` : `Discount on ${line.name}`;
}
