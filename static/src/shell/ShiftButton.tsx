import { useState } from 'react';
import { shiftState } from '../state/session';
import { useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { Icon } from '../ui/Icon';
import { ShiftDialog } from './ShiftDialog';

export function ShiftButton() {
  const shift = useStore(shiftState);
  const formats = useFormats();
  const [open, setOpen] = useState(false);
  const label = shift ? `Shift of ${shift.cashier} since ${formats.time(shift.openedAt)}` : 'Open shift';
  return (
    <>
      <button type="button" className="button button-header" aria-label={label} onClick={() => setOpen(true)}>
        <Icon name="person" />
        <span className="shift-name">{shift ? shift.cashier : 'Open shift'}</span>
      </button>
      {open && <ShiftDialog onClose={() => setOpen(false)} />}
    </>
  );
}
