import { Dialog } from '../ui/Dialog';

export function WipeDialog({ onClose, onWipe }: { onClose: () => void; onWipe: () => void }) {
  return (
    <Dialog title="Wipe all data?" onClose={onClose} decision>
      <p>
        Products, customers, orders, payments, stock, settings and unsent actions are deleted from this browser, and with them the shop’s details, files and
        preferences. Only a backup can bring them back.
      </p>
      <footer className="dialog-foot">
        <button type="button" className="button" data-autofocus onClick={onClose}>Keep the data</button>
        <button type="button" className="button button-danger-solid" onClick={onWipe}>Wipe everything</button>
      </footer>
    </Dialog>
  );
}
