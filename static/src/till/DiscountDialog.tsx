import { useState, type FormEvent } from 'react';
import { setDiscountRate } from '../domain/cart';
import { lineDiscount } from '../domain/money';
import { cartState } from '../state/session';
import { useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { Dialog } from '../ui/Dialog';

const USUAL_PERCENT = [5, 10, 15, 20, 25, 50];

export function DiscountDialog({ onClose }: { onClose: () => void }) {
  const cart = useStore(cartState);
  const formats = useFormats();
  const line = cart.lines.find(({ productId }) => productId === cart.selected);
  const [text, setText] = useState(line && line.discountRate > 0 ? String(line.discountRate / 100) : '');
  const percent = text.trim() === '' ? 0 : Number(text.replace(',', '.'));
  const valid = Number.isFinite(percent) && percent >= 0 && percent <= 100;

  if (!line) return null;
  const give = (rate: number): void => {
    cartState.update((now) => setDiscountRate(now, line.productId, rate));
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (valid) give(percent * 100);
  };
  return (
    <Dialog title={`Discount on ${line.name}`} onClose={onClose}>
      <form onSubmit={submit}>
        <label className="field">
          <span>Percent</span>
          <input className="field-large" inputMode="decimal" autoComplete="off" data-autofocus value={text} aria-invalid={!valid} onChange={(event) => setText(event.target.value)} />
        </label>
        <div className="button-row" role="group" aria-label="Usual discounts">
          {USUAL_PERCENT.map((usual) => (
            <button key={usual} type="button" className="chip" aria-pressed={percent === usual} onClick={() => setText(String(usual))}>
              {formats.percent(usual / 100)}
            </button>
          ))}
        </div>
        <p className="pay-change" aria-live="polite">
          {valid ? <>Saves <strong>{formats.money(lineDiscount({ ...line, discountRate: Math.round(percent * 100) }))}</strong></> : 'Type a percentage between 0 and 100.'}
        </p>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={() => give(0)} disabled={line.discountRate === 0}>Remove discount</button>
          <button type="submit" className="button button-primary" disabled={!valid}>Give discount</button>
        </footer>
      </form>
    </Dialog>
  );
}
