import type { BackupMetadata } from 'pos-backup';
import { StoredState } from '../state/storedState';

/** The client writes it; here it is only read. */
const lastBackup = new StoredState<BackupMetadata | null>({
  storage: 'localStorage',
  key: 'backup_metadata',
  parse: (found) => {
    const metadata = found as Partial<BackupMetadata> | null | undefined;
    const known = typeof metadata?.id === 'string' && typeof metadata.timestamp === 'number' && typeof metadata.tables === 'object';
    return known ? (metadata as BackupMetadata) : null;
  },
});

export const lastBackupState = lastBackup;

export function readLastBackup(): void {
  lastBackup.reload();
}

/** All records of a backup, the action queue's among them. */
export function recordsOf(metadata: BackupMetadata): number {
  return Object.values(metadata.tables).reduce((sum, count) => sum + count, 0) + metadata.actionQueueCount;
}
