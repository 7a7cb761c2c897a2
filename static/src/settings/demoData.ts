import { db } from '../db/tillDatabase';
import { wipeEverything } from '../db/wipe';
import { fillShop } from '../seed/fillShop';
import { fillTill, type FillProgress } from '../seed/fillTill';
import { refreshEverything } from '../state/dataEpoch';
import { Store } from '../state/store';

export type DemoData =
  | { state: 'idle' }
  | { state: 'filling'; progress: FillProgress }
  | { state: 'filled'; records: number }
  | { state: 'wiping' }
  | { state: 'wiped' }
  | { state: 'failed'; message: string };

/** Outside the panel, so that it goes on while another view is shown. */
export const demoDataState = new Store<DemoData>({ state: 'idle' });

/** Progress is drawn a few times a second; the filling itself is faster than that. */
const REDRAW_MS = 120;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export async function fillWithDemoData(records: number): Promise<void> {
  let drawn = 0;
  const show = (progress: FillProgress): void => {
    const now = performance.now();
    if (now - drawn < REDRAW_MS) return;
    drawn = now;
    demoDataState.set({ state: 'filling', progress });
  };
  demoDataState.set({ state: 'filling', progress: { table: 'products', done: 0, total: records } });
  try {
    const counts = await fillTill(db, { records, onProgress: show });
    await fillShop();
    refreshEverything();
    demoDataState.set({ state: 'filled', records: [...counts.values()].reduce((sum, count) => sum + count, 0) });
  } catch (error) {
    demoDataState.set({ state: 'failed', message: messageOf(error) });
  }
}

export async function wipeAllData(): Promise<void> {
  demoDataState.set({ state: 'wiping' });
  try {
    await wipeEverything();
    refreshEverything();
    demoDataState.set({ state: 'wiped' });
  } catch (error) {
    demoDataState.set({ state: 'failed', message: messageOf(error) });
  }
}
