import { useEffect } from 'react';
import { useStore } from '../state/store';
import { BackupHero } from './BackupHero';
import { BackupList } from './BackupList';
import { BrowserCard } from './BrowserCard';
import { connectedClient } from './connect';
import { ConnectionFailure } from './ConnectionFailure';
import { ConnectionState } from './ConnectionState';
import { ErrorPanel } from './ErrorPanel';
import { forgetPlan, restoreArchive, undoRestore } from './jobs';
import { JobProgress } from './JobProgress';
import { readLastBackup } from './lastBackup';
import { managerState } from './managerState';
import { OutcomePanel } from './OutcomePanel';
import { PlanDialog } from './PlanDialog';
import { RecoveredNotice } from './RecoveredNotice';
import { RestoreCard } from './RestoreCard';
import { UndoPanel } from './UndoPanel';

export function ManagerView() {
  const state = useStore(managerState);
  const { connection, job, failure, outcome, archive, backups, undoable, undoPlan } = state;

  useEffect(() => {
    readLastBackup();
    // A failure is shown by the connection's state.
    connectedClient().catch(() => {});
  }, []);

  return (
    <>
      <header className="view-head">
        <h1>Backup Manager</h1>
        <ConnectionState connection={connection} />
      </header>
      {connection.state === 'ready' && connection.recovered.restore && <RecoveredNotice restore={connection.recovered.restore} />}
      {connection.state === 'failed' && <ConnectionFailure error={connection.error} />}
      {failure && <ErrorPanel failure={failure} />}
      {outcome && !job && <OutcomePanel outcome={outcome} />}
      {/* Reading what a file says of itself is over before its progress could be read. */}
      {job && job.kind !== 'inspect' ? <JobProgress job={job} /> : <BackupHero available={connection.state === 'ready'} />}
      <div className="columns">
        <RestoreCard archive={archive} busy={job !== null} available={connection.state === 'ready'} />
        <div className="column">
          <BackupList backups={backups} busy={job !== null} />
          {undoable && <UndoPanel restore={undoable} disabled={job !== null || connection.state !== 'ready'} />}
          <BrowserCard connection={connection} />
        </div>
      </div>
      {undoPlan && !job && <PlanDialog archive={null} plan={undoPlan} onKeep={forgetPlan} onRestore={() => void undoRestore()} />}
      {archive?.plan && !job && <PlanDialog archive={archive} plan={archive.plan} onKeep={forgetPlan} onRestore={() => void restoreArchive(archive)} />}
    </>
  );
}
