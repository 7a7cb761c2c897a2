import { useState, type FormEvent } from 'react';
import { parseAmount } from '../domain/format';
import { shiftState } from '../state/session';
import { useFormats, useShopConfig } from '../state/shop';
import { useStore } from '../state/store';
import { Dialog } from '../ui/Dialog';

export function ShiftDialog({ onClose }: { onClose: () => void }) {
  const shift = useStore(shiftState);
  const { register } = useShopConfig();
  const formats = useFormats();
  const [cashier, setCashier] = useState('');
  const [float, setFloat] = useState('150.00');
  const cents = parseAmount(float);

  const open = (event: FormEvent): void => {
    event.preventDefault();
    if (cashier.trim() === '' || cents === null) return;
    const now = Date.now();
    shiftState.set({ id: `${register}-${new Date(now).toISOString().slice(0, 16)}`, cashier: cashier.trim(), float: cents, openedAt: now });
    onClose();
  };
  const end = (): void => {
    shiftState.set(null);
    onClose();
  };

  if (shift) {
    return (
      <Dialog title="Current shift" onClose={onClose}>
        <dl className="facts">
          <div><dt>Cashier</dt><dd>{shift.cashier}</dd></div>
          <div><dt>Since</dt><dd>{formats.dateTime(shift.openedAt)}</dd></div>
          <div><dt>Cash at the start</dt><dd>{formats.money(shift.float)}</dd></div>
        </dl>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={end}>End shift</button>
        </footer>
      </Dialog>
    );
  }
  return (
    <Dialog title="Open a shift" onClose={onClose}>
      <form onSubmit={open}>
        <label className="field">
          <span>Cashier</span>
          <input value={cashier} onChange={(event) => setCashier(event.target.value)} required autoComplete="off" data-autofocus />
        </label>
        <label className="field">
          <span>Cash in the drawer</span>
          <input value={float} onChange={(event) => setFloat(event.target.value)} inputMode="decimal" aria-invalid={cents === null} />
        </label>
        <footer className="dialog-foot">
          <button type="submit" className="button button-primary" disabled={cashier.trim() === '' || cents === null}>Open shift</button>
        </footer>
      </form>
    </Dialog>
  );
}
