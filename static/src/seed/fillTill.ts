import type { TillDatabase } from '../db/tillDatabase';
import { generateShop, type Batch } from './generate';
import { DEFAULT_SEED, FULL_RECORDS } from './plan';

export interface FillProgress {
  table: string;
  done: number;
  total: number;
}

export interface FillOptions {
  records?: number;
  seed?: number;
  onProgress?: (progress: FillProgress) => void;
}

/** Lets the page handle input and paint between two batches. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

async function store(db: TillDatabase, batch: Batch): Promise<void> {
  if (batch.table !== 'settings') {
    await db.table<unknown>(batch.table).bulkAdd(batch.rows);
    return;
  }
  await db.transaction('rw', db.settings, () => Promise.all(batch.keys.map((key, i) => db.settings.add(batch.rows[i], key))));
}

/**
 * Fills an empty till with a shop's two years: the same records for the same size and seed.
 * Answers how many records each table then has.
 */
export async function fillTill(db: TillDatabase, { records = FULL_RECORDS, seed = DEFAULT_SEED, onProgress }: FillOptions = {}): Promise<Map<string, number>> {
  for (const table of db.tables) {
    if ((await table.limit(1).count()) > 0) throw new Error(`The till is not empty: ${table.name} has records.`);
  }
  const counts = new Map<string, number>();
  let done = 0;
  for (const batch of generateShop(records, seed)) {
    await store(db, batch);
    done += batch.rows.length;
    counts.set(batch.table, (counts.get(batch.table) ?? 0) + batch.rows.length);
    onProgress?.({ table: batch.table, done, total: records });
    await nextTask();
  }
  return counts;
}
