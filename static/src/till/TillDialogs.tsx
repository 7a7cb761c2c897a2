import { CustomerDialog } from './CustomerDialog';
import { DiscountDialog } from './DiscountDialog';
import { HeldDialog } from './HeldDialog';
import { NoteDialog } from './NoteDialog';
import { PayDialog } from './PayDialog';
import { ReceiptDialog } from './ReceiptDialog';
import type { TillDialog } from './useTillDialog';

export function TillDialogs({ dialog }: { dialog: TillDialog }) {
  const { name, open, close } = dialog;
  switch (name) {
    case 'pay':
      return <PayDialog onClose={close} onReceipt={() => open('receipt')} />;
    case 'customer':
      return <CustomerDialog onClose={close} />;
    case 'discount':
      return <DiscountDialog onClose={close} />;
    case 'held':
      return <HeldDialog onClose={close} />;
    case 'note':
      return <NoteDialog onClose={close} />;
    case 'receipt':
      return <ReceiptDialog onClose={close} />;
    case null:
      return null;
  }
}
