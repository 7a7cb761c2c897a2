import { Dexie } from 'dexie';
import { wordsOf } from '../domain/words';
import type { TillDatabase } from './tillDatabase';
import type { Product } from './types';

export const RESULTS_SHOWN = 40;
/** How many matches of one word are looked at for the other words. */
const CANDIDATES = 400;
const BARCODE_DIGITS = /^\d{4,}$/;
const SKU_START = /^[a-z]{3}-?\d*$/i;

/** What a search finds, best first; every step reads an index, and no more than it needs. */
export async function searchProducts(db: TillDatabase, text: string, category: string | null): Promise<Product[]> {
  const query = text.trim();
  if (query === '') return browse(db, category);

  const found = new Map<number, Product>();
  const take = (products: Product[]): void => {
    for (const product of products) {
      if (product.active === 1 && (category === null || product.category === category)) found.set(product.id, product);
    }
  };
  if (BARCODE_DIGITS.test(query)) take(await db.products.where('barcode').startsWith(query).limit(RESULTS_SHOWN).toArray());
  if (SKU_START.test(query)) take(await db.products.where('sku').startsWith(query.toUpperCase()).limit(RESULTS_SHOWN).toArray());
  if (found.size < RESULTS_SHOWN) take(await byWords(db, query));
  return [...found.values()].slice(0, RESULTS_SHOWN);
}

/** The product whose barcode or SKU is exactly this: what a scanner types. */
export async function findByCode(db: TillDatabase, code: string): Promise<Product | undefined> {
  const text = code.trim();
  return (await db.products.where('barcode').equals(text).first()) ?? (await db.products.where('sku').equals(text.toUpperCase()).first());
}

function browse(db: TillDatabase, category: string | null): Promise<Product[]> {
  const active = (product: Product): boolean => product.active === 1;
  const products =
    category === null
      ? db.products.orderBy('id')
      : db.products.where('[category+name]').between([category, Dexie.minKey], [category, Dexie.maxKey]);
  return products.filter(active).limit(RESULTS_SHOWN).toArray();
}

/** The longest word is looked up in the index; the others are compared with what that found. */
async function byWords(db: TillDatabase, query: string): Promise<Product[]> {
  const [longest, ...others] = wordsOf(query).sort((a, b) => b.length - a.length);
  if (longest === undefined) return [];
  const candidates = await db.products.where('words').startsWith(longest).distinct().limit(CANDIDATES).toArray();
  return candidates
    .filter((product) => others.every((word) => product.words.some((known) => known.startsWith(word))))
    .sort((a, b) => a.name.localeCompare(b.name));
}
