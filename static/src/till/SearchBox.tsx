import type { KeyboardEvent, RefObject } from 'react';
import { Icon } from '../ui/Icon';
import { Key } from '../ui/Key';
import { optionId, RESULTS_ID } from './ProductGrid';
import type { ProductSearch } from './useProductSearch';

export const SEARCH_FIELD_ID = 'product-search';

interface SearchBoxProps {
  field: RefObject<HTMLInputElement | null>;
  text: string;
  search: ProductSearch;
  active: number;
  onText: (text: string) => void;
  onActive: (index: number) => void;
  onEnter: () => void;
}

export function SearchBox({ field, text, search, active, onText, onActive, onEnter }: SearchBoxProps) {
  const products = search.products ?? [];
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onEnter();
    else if (event.key === 'Escape' && text !== '') onText('');
    else if (text !== '' && event.key === 'ArrowDown') onActive(Math.min(active + 1, products.length - 1));
    else if (text !== '' && event.key === 'ArrowUp') onActive(Math.max(active - 1, 0));
    else return;
    event.preventDefault();
  };
  const activeProduct = text === '' ? undefined : products[active];
  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={field}
        id={SEARCH_FIELD_ID}
        type="text"
        role="combobox"
        aria-label="Search products"
        aria-keyshortcuts="F2"
        aria-expanded="true"
        aria-controls={RESULTS_ID}
        aria-autocomplete="list"
        aria-activedescendant={activeProduct ? optionId(activeProduct.id) : undefined}
        placeholder="Name, SKU or barcode"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="done"
        autoFocus={matchMedia('(pointer: fine)').matches}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {text === '' ? (
        <Key name="F2" />
      ) : (
        <button type="button" className="button button-quiet button-icon" aria-label="Clear the search" onClick={() => { onText(''); field.current?.focus(); }}>
          <Icon name="close" size={18} />
        </button>
      )}
    </div>
  );
}
