import { useEffect, useId, useRef, type ReactNode } from 'react';
import { focusIfLost } from './focus';
import { Icon } from './Icon';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
  /** Where the focus goes when what opened the dialog can no longer have it. */
  returnFocusTo?: string;
  /** A dialog that asks for a decision has no corner to close it by accident. */
  decision?: boolean;
}

/** A modal dialog; the focus begins at `data-autofocus`, stays within, and goes back afterwards. */
export function Dialog({ title, onClose, children, wide = false, decision = false, returnFocusTo }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    // The browser would choose the first button, and React's own autofocus comes before the dialog is open.
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog?.close();
      // React removes the dialog before the browser could give the focus back.
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      if (returnFocusTo !== undefined) focusIfLost(document.getElementById(returnFocusTo));
    };
  }, [returnFocusTo]);

  return (
    <dialog
      ref={ref}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={titleId}
      role={decision ? 'alertdialog' : undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {!decision && (
          <button type="button" className="button button-quiet button-icon" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}
