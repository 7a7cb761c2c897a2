import { useLiveQuery } from 'dexie-react-hooks';
import { reloadShop } from './shop';
import { Store, useStore } from './store';
import { reloadStoredState } from './storedState';

/** Counts how often everything the page shows has been replaced under it. */
export const dataEpoch = new Store(0);

const otherTabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel('till') : null;

function readAnew(): void {
  reloadStoredState();
  void reloadShop();
  dataEpoch.update((epoch) => epoch + 1);
}

/**
 * Reads everything anew. Dexie's live queries do not see what another database connection without
 * Dexie writes, so a restore has to say when it is done.
 */
export function refreshEverything(): void {
  readAnew();
  otherTabs?.postMessage('refresh');
}

export function followOtherTabs(): void {
  otherTabs?.addEventListener('message', readAnew);
}

/** A live query that also runs again when everything has been replaced. */
export function useLive<T>(query: () => Promise<T>, dependencies: readonly unknown[]): T | undefined {
  const epoch = useStore(dataEpoch);
  return useLiveQuery(query, [...dependencies, epoch]);
}
