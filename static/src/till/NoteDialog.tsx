import { useState, type FormEvent } from 'react';
import { cartState } from '../state/session';
import { Dialog } from '../ui/Dialog';

export function NoteDialog({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState(() => cartState.get().note);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    cartState.update((cart) => ({ ...cart, note: text.trim() }));
    onClose();
  };
  return (
    <Dialog title="Note on this sale" onClose={onClose}>
      <form onSubmit={submit}>
        <label className="field">
          <span>Note</span>
          <textarea rows={3} maxLength={300} data-autofocus value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <footer className="dialog-foot">
          <button type="submit" className="button button-primary">Keep note</button>
        </footer>
      </form>
    </Dialog>
  );
}
