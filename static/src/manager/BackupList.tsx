import { useFormats } from '../state/shop';
import { DownloadLink } from './DownloadLink';
import { chooseArchive } from './jobs';
import { recordsOf } from './lastBackup';
import type { KeptBackup } from './managerState';

export function BackupList({ backups, busy }: { backups: KeptBackup[]; busy: boolean }) {
  const formats = useFormats();
  return (
    <section className="panel" aria-labelledby="list-title">
      <h2 id="list-title">Made in this visit</h2>
      {backups.length === 0 ? (
        <p className="hint-line">Backups made since this page was opened are listed here.</p>
      ) : (
        <ul className="backup-list">
          {backups.map(({ file, name, metadata, archiveBytes }) => (
            <li key={metadata.id}>
              <div>
                <p className="backup-list-time">{formats.dateTime(metadata.timestamp)}</p>
                <p className="hint-line">{formats.number(recordsOf(metadata))} records · {formats.bytes(archiveBytes)}</p>
              </div>
              <div className="button-row">
                <button type="button" className="button" disabled={busy} aria-label={`Open ${name}`} onClick={() => void chooseArchive(file, name)}>Open</button>
                <DownloadLink file={file} name={name} />
              </div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
