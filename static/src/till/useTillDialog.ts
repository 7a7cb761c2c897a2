import { useMemo, useState } from 'react';

export type TillDialogName = 'pay' | 'customer' | 'discount' | 'held' | 'receipt' | 'note';

export interface TillDialog {
  name: TillDialogName | null;
  open: (name: TillDialogName) => void;
  close: () => void;
}

/** Which of the till's dialogs is open; there is at most one. */
export function useTillDialog(): TillDialog {
  const [name, setName] = useState<TillDialogName | null>(null);
  return useMemo(() => ({ name, open: setName, close: () => setName(null) }), [name]);
}
