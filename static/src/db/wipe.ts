import { shopDb } from './shopDatabase';
import { db } from './tillDatabase';

/** Deletes everything the app keeps in this browser; the databases begin anew and empty. */
export async function wipeEverything(): Promise<void> {
  for (const database of [db, shopDb]) {
    await database.delete({ disableAutoOpen: false });
    await database.open();
  }
  localStorage.clear();
  sessionStorage.clear();
}
