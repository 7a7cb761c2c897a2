import { useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { useNow } from '../ui/useNow';
import { lastBackupState, recordsOf } from './lastBackup';

const MINUTE_MS = 60_000;

export function LastBackup({ titleId }: { titleId: string }) {
  const metadata = useStore(lastBackupState);
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  return (
    <div className={metadata ? 'last-backup' : 'last-backup last-backup-none'}>
      <h2 id={titleId}>
        Last backup <span className="last-backup-age">{metadata ? formats.ago(metadata.timestamp, Math.max(now, metadata.timestamp)) : 'none yet'}</span>
      </h2>
      {metadata ? (
        <p>
          {formats.number(recordsOf(metadata))} records, checked · {formats.bytes(metadata.size)} · {formats.dateTime(metadata.timestamp)}
        </p>
      ) : (
        <p>Everything this till keeps is in this browser only. A backup is one file with all of it.</p>
      )}
    </div>
  );
}
