/** The two key-value stores of a page. */
export type StorageName = 'localStorage' | 'sessionStorage';

/** Which keys: all (`true`, the default), none, or those that the function says `true` to. */
export type KeySelection = boolean | ((key: string) => boolean);

/** sessionStorage: the job that runs in this tab, as JSON of `JobInProgress`. */
export const BACKUP_IN_PROGRESS_KEY = 'backup_in_progress';
/** localStorage: the `BackupMetadata` of the last good backup, as JSON. */
export const BACKUP_METADATA_KEY = 'backup_metadata';

/** localStorage: the jobs of the last restores whose content it has taken over, as JSON of their ids. */
export const BACKUP_RESTORED_KEY = 'backup_restored';

const OWN_KEYS: ReadonlySet<string> = new Set([BACKUP_IN_PROGRESS_KEY, BACKUP_METADATA_KEY, BACKUP_RESTORED_KEY]);

/** The store, or null where the browser denies it (blocked cookies) or has none. */
export function openStorage(name: StorageName): Storage | null {
  try {
    return globalThis[name] ?? null;
  } catch {
    return null;
  }
}

/** Everything selected in the store but our own keys. Strings are taken exactly as they are. */
export function readAll(storage: Storage, selection: KeySelection): Map<string, string> {
  const entries = new Map<string, string>();
  for (const key of keysOf(storage)) {
    const value = isSelected(key, selection) ? storage.getItem(key) : null;
    // Another tab may have removed it since the keys were listed.
    if (value !== null) {
      entries.set(key, value);
    }
  }
  return entries;
}

/**
 * Makes the selected keys of the store exactly `target`; our own keys stay. What differs is removed
 * before anything is set, so that the quota has to hold no more than the larger of the two states.
 *
 * Throws what the store throws, then in between the two states: calling it again with the previous
 * entries puts those back.
 */
export function replaceAll(storage: Storage, target: ReadonlyMap<string, string>, selection: KeySelection): void {
  const current = readAll(storage, selection);
  for (const [key, value] of current) {
    if (target.get(key) !== value) {
      storage.removeItem(key);
    }
  }
  for (const [key, value] of target) {
    if (isSelected(key, selection) && current.get(key) !== value) {
      storage.setItem(key, value);
    }
  }
}

function keysOf(storage: Storage): string[] {
  const keys: string[] = [];
  for (let index = 0; index < storage.length; index += 1) {
    const key = storage.key(index);
    if (key !== null) {
      keys.push(key);
    }
  }
  return keys;
}

function isSelected(key: string, selection: KeySelection): boolean {
  if (OWN_KEYS.has(key)) {
    return false;
  }
  return typeof selection === 'function' ? selection(key) : selection;
}
