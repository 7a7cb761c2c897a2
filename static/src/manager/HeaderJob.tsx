import { useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { showView, viewState } from '../state/view';
import { JobAnnouncer } from './JobAnnouncer';
import { managerState, statusState } from './managerState';
import { JOB_TITLE } from './texts';

/** What runs, seen from every view, and the way to it. */
export function HeaderJob() {
  const { job, failure } = useStore(managerState);
  const view = useStore(viewState);
  const visible = view !== 'backup';
  return (
    <>
      {job && <JobAnnouncer job={job} />}
      {visible && job && <RunningBadge title={JOB_TITLE[job.kind]} />}
      {visible && !job && failure && (
        <button type="button" className="job-badge job-badge-failed" onClick={() => showView('backup')}>
          Backup needs attention
        </button>
      )}
    </>
  );
}

function RunningBadge({ title }: { title: string }) {
  const progress = useStore(statusState)?.progress ?? 0;
  const formats = useFormats();
  return (
    <button type="button" className="job-badge" onClick={() => showView('backup')}>
      <span>
        <span className="job-badge-title">{title} </span>
        {formats.percent(Math.floor(progress * 100) / 100)}
      </span>
      <span className="job-badge-bar" style={{ inlineSize: `${progress * 100}%` }} />
    </button>
  );
}
