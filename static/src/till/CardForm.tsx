import { useState, type FormEvent } from 'react';
import type { Cents } from '../db/types';
import type { CardSlip } from '../domain/sale';
import { useFormats, useShopConfig } from '../state/shop';

export function CardForm({ due, onTake }: { due: Cents; onTake: (slip: CardSlip | null) => void }) {
  const formats = useFormats();
  const { register } = useShopConfig();
  const [last4, setLast4] = useState('');
  const [authCode, setAuthCode] = useState('');

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onTake(last4 === '' && authCode === '' ? null : { last4, authCode });
  };
  return (
    <form onSubmit={submit}>
      <p>
        Let the customer pay <strong>{formats.money(due)}</strong> at terminal T-{register}, then confirm here.
      </p>
      <div className="field-row">
        <label className="field">
          <span>Last four digits (optional)</span>
          <input inputMode="numeric" maxLength={4} pattern="\d{4}" autoComplete="off" value={last4} onChange={(event) => setLast4(event.target.value)} />
        </label>
        <label className="field">
          <span>Authorisation code (optional)</span>
          <input autoComplete="off" maxLength={12} value={authCode} onChange={(event) => setAuthCode(event.target.value)} />
        </label>
      </div>
      <footer className="dialog-foot">
        <button type="submit" className="button button-primary button-large" data-autofocus>
          Take {formats.money(due)} by card
        </button>
      </footer>
    </form>
  );
}
