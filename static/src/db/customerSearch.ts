import { wordsOf } from '../domain/words';
import type { TillDatabase } from './tillDatabase';
import type { Customer } from './types';

const SHOWN = 12;
const CANDIDATES = 600;

/** Customers by name, e-mail address or telephone number. */
export async function searchCustomers(db: TillDatabase, text: string): Promise<Customer[]> {
  const query = text.trim();
  if (query === '') return db.customers.orderBy('since').reverse().limit(SHOWN).toArray();
  if (query.includes('@')) return db.customers.where('email').startsWith(query.toLowerCase()).limit(SHOWN).toArray();
  if (/^\+?[\d ]+$/.test(query)) return db.customers.where('phone').startsWith(query).limit(SHOWN).toArray();
  const [longest, ...others] = wordsOf(query).sort((a, b) => b.length - a.length);
  if (longest === undefined) return [];
  const candidates = await db.customers.where('words').startsWith(longest).distinct().limit(CANDIDATES).toArray();
  return candidates
    .filter((customer) => others.every((word) => customer.words.some((known) => known.startsWith(word))))
    .sort((a, b) => a.name.localeCompare(b.name))
    .slice(0, SHOWN);
}
