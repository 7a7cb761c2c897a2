import { ArchiveFacts } from './ArchiveFacts';
import { DropZone } from './DropZone';
import { chooseArchive, forgetArchive, planArchive, verifyArchive } from './jobs';
import type { ChosenArchive } from './managerState';
import { Icon } from '../ui/Icon';
import { RestoreOptions } from './RestoreOptions';

export const RESTORE_BUTTON_ID = 'restore-button';

interface RestoreCardProps {
  archive: ChosenArchive | null;
  busy: boolean;
  available: boolean;
}

export function RestoreCard({ archive, busy, available }: RestoreCardProps) {
  const ready = archive?.inspection != null && !busy && available;
  return (
    <section className="panel" aria-labelledby="restore-title">
      <h2 id="restore-title">Restore</h2>
      <DropZone disabled={busy || !available} chosen={archive?.name ?? null} onFile={(file) => void chooseArchive(file)} />
      {!archive && <p className="hint-line">You see what the file holds and what would change before anything is replaced.</p>}
      {archive && (
        <>
          <ArchiveFacts archive={archive} reading={busy} />
          <RestoreOptions archive={archive} />
          <div className="button-row">
            <button id={RESTORE_BUTTON_ID} type="button" className="button button-primary" disabled={!ready} onClick={() => void planArchive(archive)}>
              <Icon name="restore" size={18} /> Restore…
            </button>
            <button type="button" className="button" disabled={!ready} onClick={() => void verifyArchive(archive)}>
              <Icon name="shield" size={18} /> Check the file
            </button>
            <button type="button" className="button button-quiet" disabled={busy} onClick={forgetArchive}>
              Put it away
            </button>
          </div>
        </>
      )}
    </section>
  );
}
