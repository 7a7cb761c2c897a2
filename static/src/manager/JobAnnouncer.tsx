import { useEffect } from 'react';
import { useFormats } from '../state/shop';
import { announce } from '../ui/announce';
import { statusState, type RunningJob } from './managerState';
import { JOB_TITLE } from './texts';

/** Often enough to follow, seldom enough to hear anything else. */
const EVERY_MS = 10_000;

/** Tells screen readers how a job is getting on; how it ended is told where the result is shown. */
export function JobAnnouncer({ job }: { job: RunningJob }) {
  const formats = useFormats();
  const { kind } = job;
  useEffect(() => {
    announce(`${JOB_TITLE[kind]}.`);
    const timer = setInterval(() => {
      const status = statusState.get();
      if (!status) return;
      const left = status.etaMs === undefined ? '' : `, about ${formats.duration(status.etaMs)} left`;
      announce(`${JOB_TITLE[kind]}: ${formats.percent(Math.floor(status.progress * 100) / 100)}${left}.`);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [kind, formats]);
  return null;
}
