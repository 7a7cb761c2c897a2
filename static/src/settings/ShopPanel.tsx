import { useEffect, useState, type FormEvent } from 'react';
import { shopDb } from '../db/shopDatabase';
import { FULL_PERCENT } from '../domain/money';
import type { ShopConfig } from '../domain/shopConfig';
import { reloadShop, useShopConfig } from '../state/shop';
import { announce } from '../ui/announce';

const PERCENT_STEP = FULL_PERCENT / 100;

export function ShopPanel() {
  const stored = useShopConfig();
  const [draft, setDraft] = useState(stored);
  useEffect(() => setDraft(stored), [stored]);
  const change = (part: Partial<ShopConfig>): void => setDraft((now) => ({ ...now, ...part }));

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    await shopDb.saveConfig(draft);
    await reloadShop();
    announce('Shop details saved.');
  };
  return (
    <section className="panel" aria-labelledby="shop-title">
      <h2 id="shop-title">Shop</h2>
      <form onSubmit={(event) => void save(event)}>
        <label className="field">
          <span>Shop name</span>
          <input required value={draft.name} onChange={(event) => change({ name: event.target.value })} />
        </label>
        <label className="field">
          <span>Address</span>
          <textarea rows={3} value={draft.address.join('\n')} onChange={(event) => change({ address: event.target.value.split('\n') })} />
        </label>
        <div className="field-row">
          <label className="field">
            <span>VAT number</span>
            <input value={draft.vatNumber} onChange={(event) => change({ vatNumber: event.target.value })} />
          </label>
          <label className="field">
            <span>Register</span>
            <input required value={draft.register} onChange={(event) => change({ register: event.target.value })} />
          </label>
        </div>
        <label className="field">
          <span>Receipt greeting</span>
          <input value={draft.receipt.greeting} onChange={(event) => change({ receipt: { ...draft.receipt, greeting: event.target.value } })} />
        </label>
        <label className="field">
          <span>Receipt footer</span>
          <input value={draft.receipt.footer} onChange={(event) => change({ receipt: { ...draft.receipt, footer: event.target.value } })} />
        </label>
        <fieldset className="field-row">
          <legend>VAT rates, in percent</legend>
          {draft.taxes.map((rate) => (
            <label key={rate.id} className="field">
              <span>{rate.label}</span>
              <input
                type="number"
                min={0}
                max={100}
                step={0.01}
                value={rate.basisPoints / PERCENT_STEP}
                onChange={(event) =>
                  change({ taxes: draft.taxes.map((each) => (each.id === rate.id ? { ...each, basisPoints: Math.round(event.target.valueAsNumber * PERCENT_STEP) || 0 } : each)) })
                }
              />
            </label>
          ))}
        </fieldset>
        <button type="submit" className="button button-primary" disabled={draft === stored}>
          Save shop details
        </button>
      </form>
    </section>
  );
}
