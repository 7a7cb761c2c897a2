import { startTransition, useEffect, useState } from 'react';
import { findByCode, searchProducts } from '../db/productSearch';
import { db } from '../db/tillDatabase';
import type { Product } from '../db/types';
import { dataEpoch } from '../state/dataEpoch';
import { useStore } from '../state/store';

const TYPING_PAUSE_MS = 70;
/** After this long without an answer the till says that it is waiting. */
const WAITING_MS = 600;

export interface ProductSearch {
  products: Product[] | undefined;
  /** The text that `products` are the answer to. */
  answered: string;
  waiting: boolean;
  error: Error | null;
}

/** What the till showed last when nothing was searched for, and in which epoch. */
let remembered: { epoch: number; products: Product[] } | null = null;

/** What the search field's text finds, a moment after the last key. */
export function useProductSearch(text: string, category: string | null): ProductSearch {
  const epoch = useStore(dataEpoch);
  const [search, setSearch] = useState<ProductSearch>(() => ({
    // So that there is something to sell even while a restore keeps the database from answering.
    products: remembered?.epoch === epoch ? remembered.products : undefined,
    answered: '',
    waiting: false,
    error: null,
  }));

  useEffect(() => {
    let current = true;
    const patience = setTimeout(() => setSearch((last) => ({ ...last, waiting: true })), WAITING_MS);
    const settle = (change: Partial<ProductSearch>): void => {
      if (!current) return;
      clearTimeout(patience);
      startTransition(() => setSearch((last) => ({ ...last, answered: text, waiting: false, error: null, ...change })));
    };
    const ask = (): void => {
      searchProducts(db, text, category).then(
        (products) => {
          if (text === '' && category === null) remembered = { epoch, products };
          settle({ products });
        },
        (thrown: unknown) => settle({ error: thrown instanceof Error ? thrown : new Error(String(thrown)) }),
      );
    };
    const pause = setTimeout(ask, text === '' ? 0 : TYPING_PAUSE_MS);
    return () => {
      current = false;
      clearTimeout(pause);
      clearTimeout(patience);
    };
  }, [text, category, epoch]);

  return search;
}

/** What Enter means for a text: a code read by a scanner, or else the best match. */
export async function productFor(text: string, category: string | null): Promise<Product | undefined> {
  return (await findByCode(db, text)) ?? (await searchProducts(db, text, category))[0];
}
