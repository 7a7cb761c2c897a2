import { Store } from '../state/store';

/** What screen readers are told next; the number makes a repeated sentence a new one. */
export const announcement = new Store<{ text: string; serial: number }>({ text: '', serial: 0 });

export function announce(text: string): void {
  announcement.update(({ serial }) => ({ text, serial: serial + 1 }));
}
