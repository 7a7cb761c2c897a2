import type { UndoableRestore } from 'pos-backup';
import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import { planUndo } from './jobs';

export const UNDO_BUTTON_ID = 'undo-button';

interface UndoPanelProps {
  restore: UndoableRestore;
  disabled: boolean;
}

/** The last restore, and the button that takes it back. */
export function UndoPanel({ restore, disabled }: UndoPanelProps) {
  const formats = useFormats();
  return (
    <section className="panel" aria-labelledby="undo-title">
      <h2 id="undo-title">Undo</h2>
      <p>
        The restore of {formats.dateTime(restore.at)} replaced the till’s data by a backup made {formats.dateTime(restore.metadata.timestamp)}. What was there
        before is kept.
      </p>
      <button id={UNDO_BUTTON_ID} type="button" className="button" disabled={disabled} onClick={() => void planUndo()}>
        <Icon name="restore" size={18} /> Undo the restore…
      </button>
    </section>
  );
}
