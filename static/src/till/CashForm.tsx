import { useState, type FormEvent } from 'react';
import type { Cents } from '../db/types';
import { parseAmount } from '../domain/format';
import { cashSuggestions } from '../domain/money';
import { useFormats } from '../state/shop';

export function CashForm({ due, onTake }: { due: Cents; onTake: (tendered: Cents) => void }) {
  const formats = useFormats();
  const [text, setText] = useState('');
  // Enter alone means the exact amount, as most cashiers expect.
  const tendered = text.trim() === '' ? due : parseAmount(text);
  const enough = tendered !== null && tendered >= due;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (enough) onTake(tendered);
  };
  return (
    <form onSubmit={submit}>
      <label className="field">
        <span>Cash received</span>
        <input
          className="field-large"
          inputMode="decimal"
          autoComplete="off"
          data-autofocus
          placeholder={(due / 100).toFixed(2)}
          value={text}
          aria-invalid={!enough}
          aria-describedby="cash-change"
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <div className="button-row" role="group" aria-label="Quick amounts">
        {cashSuggestions(due).map((amount) => (
          <button key={amount} type="button" className="chip" aria-pressed={tendered === amount} onClick={() => setText((amount / 100).toFixed(2))}>
            {formats.money(amount)}
          </button>
        ))}
      </div>
      <p id="cash-change" className="pay-change" aria-live="polite">
        {tendered === null ? 'Type an amount such as 20 or 12.50.' : enough ? <>Change <strong>{formats.money(tendered - due)}</strong></> : `${formats.money(due - tendered)} is still missing.`}
      </p>
      <footer className="dialog-foot">
        <button type="submit" className="button button-primary button-large" disabled={!enough}>
          Take {formats.money(due)} in cash
        </button>
      </footer>
    </form>
  );
}
