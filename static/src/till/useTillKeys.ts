import { useEffect, type RefObject } from 'react';
import { changeQty, moveSelection, removeLine } from '../domain/cart';
import { cartState } from '../state/session';
import { holdCurrentCart } from './holdCurrentCart';
import type { TillDialog } from './useTillDialog';

interface TillKeys {
  searchField: RefObject<HTMLInputElement | null>;
  text: string;
  dialog: TillDialog;
}

const isOther = (target: EventTarget | null, field: HTMLInputElement | null): boolean =>
  target !== field && target instanceof HTMLElement && target.matches('input, textarea, select, [role="tab"]');

/**
 * The till's keys. Function keys work everywhere; the plain ones while the search field is empty,
 * so that a quantity can be changed without leaving it.
 */
export function useTillKeys({ searchField, text, dialog }: TillKeys): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (dialog.name !== null || event.altKey || event.ctrlKey || event.metaKey) return;
      if (act(event)) event.preventDefault();
    };

    const act = (event: KeyboardEvent): boolean => {
      const cart = cartState.get();
      switch (event.key) {
        case 'F2':
          searchField.current?.focus();
          searchField.current?.select();
          return true;
        case 'F4':
          dialog.open('customer');
          return true;
        case 'F8':
          if (cart.lines.length > 0) void holdCurrentCart();
          else dialog.open('held');
          return true;
        case 'F9':
          if (cart.lines.length > 0) dialog.open('pay');
          return true;
      }
      if (isOther(event.target, searchField.current) || text !== '') return false;
      if (event.key === '/') {
        searchField.current?.focus();
        return true;
      }
      if (cart.selected === null) return false;
      const { selected } = cart;
      switch (event.key) {
        case '+':
          cartState.update((now) => changeQty(now, selected, 1));
          return true;
        case '-':
          cartState.update((now) => changeQty(now, selected, -1));
          return true;
        case 'Delete':
          cartState.update((now) => removeLine(now, selected));
          return true;
        case '%':
          dialog.open('discount');
          return true;
        case 'ArrowUp':
        case 'ArrowDown':
          if (event.target !== searchField.current) return false;
          cartState.update((now) => moveSelection(now, event.key === 'ArrowUp' ? -1 : 1));
          return true;
        default:
          return false;
      }
    };

    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [searchField, text, dialog]);
}
