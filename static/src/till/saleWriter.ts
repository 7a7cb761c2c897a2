import { db } from '../db/tillDatabase';
import { recordSale } from '../db/recordSale';
import type { Sale } from '../domain/sale';
import { unsavedState } from '../state/session';
import { Store } from '../state/store';
import { announce } from '../ui/announce';

export interface LastSale {
  sale: Sale;
  state: 'saving' | 'saved' | 'failed';
  /** Known once it is saved. */
  number: string | null;
  error: string | null;
}

/** The sale that was paid last in this tab. */
export const lastSaleState = new Store<LastSale | null>(null);

const writing = new Set<string>();

/**
 * Takes a paid sale. The customer need not wait for the database: while a backup reads it as one
 * snapshot, a write can wait for seconds. The sale is kept in the tab's storage until it is written.
 */
export function submitSale(sale: Sale): void {
  lastSaleState.set({ sale, state: 'saving', number: null, error: null });
  unsavedState.update((sales) => [...sales, sale]);
  void write(sale);
}

/** Writes what an earlier page of this tab, or a restored backup, had not written yet. */
export function resumeUnsavedSales(): void {
  for (const sale of unsavedState.get()) void write(sale);
}

export function retrySale(sale: Sale): void {
  tell(sale, { state: 'saving', error: null });
  void write(sale);
}

async function write(sale: Sale): Promise<void> {
  if (writing.has(sale.id)) return;
  writing.add(sale.id);
  try {
    const { number } = await recordSale(db, sale);
    unsavedState.update((sales) => sales.filter(({ id }) => id !== sale.id));
    tell(sale, { state: 'saved', number });
    announce(`Sale ${number} saved.`);
  } catch (error) {
    tell(sale, { state: 'failed', error: error instanceof Error ? error.message : String(error) });
  } finally {
    writing.delete(sale.id);
  }
}

function tell(sale: Sale, change: Partial<LastSale>): void {
  lastSaleState.update((last) => (last?.sale.id === sale.id ? { ...last, ...change } : last));
}
