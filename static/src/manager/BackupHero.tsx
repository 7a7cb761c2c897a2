import type { Consistency } from 'pos-backup';
import { useState } from 'react';
import { Icon } from '../ui/Icon';
import { BackupOptions } from './BackupOptions';
import { backUp } from './jobs';
import { LastBackup } from './LastBackup';

/** How safe the till is now, and the button that makes it safer; gives way to a job's progress. */
export function BackupHero({ available }: { available: boolean }) {
  const [consistency, setConsistency] = useState<Consistency>('snapshot');
  return (
    <section className="panel hero" aria-labelledby="backup-title">
      <LastBackup titleId="backup-title" />
      <button type="button" className="button button-primary button-large" disabled={!available} onClick={() => void backUp(consistency)}>
        <Icon name="backup" /> Back up now
      </button>
      <BackupOptions consistency={consistency} onConsistency={setConsistency} />
    </section>
  );
}
