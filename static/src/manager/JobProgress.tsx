import { useEffect, useRef } from 'react';
import { useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { focusIfLost } from '../ui/focus';
import { useNow } from '../ui/useNow';
import { cancelJob } from './jobs';
import { statusState, type RunningJob } from './managerState';
import { SpeedMeter } from './speed';
import { StepList } from './StepList';
import { JOB_PROGRESS, JOB_TITLE } from './texts';

const SECOND_MS = 1_000;

export function JobProgress({ job }: { job: RunningJob }) {
  const status = useStore(statusState);
  const formats = useFormats();
  const now = useNow(SECOND_MS);
  const meter = useRef(new SpeedMeter());
  const title = useRef<HTMLHeadingElement>(null);
  const speed = status ? meter.current.measure(status) : null;
  const progress = status?.progress ?? 0;
  const percent = formats.percent(Math.floor(progress * 100) / 100);
  const undoing = job.cancelAsked || status?.phase === 'cancelling' || status?.phase === 'rolling-back';

  // The button that started the job is disabled now, and would leave the keyboard nowhere.
  useEffect(() => focusIfLost(title.current), []);

  return (
    <section className="panel progress-panel" aria-labelledby="progress-title">
      <div className="progress-head">
        <h2 id="progress-title" ref={title} tabIndex={-1}>{undoing ? 'Cancelling' : JOB_TITLE[job.kind]}</h2>
        <p className="progress-percent" aria-hidden="true">{percent}</p>
      </div>
      <progress aria-label={JOB_PROGRESS[job.kind]} aria-valuetext={`${percent}${status?.table ? `, ${status.table}` : ''}`} max={1} value={progress} />
      <StepList kind={job.kind} phase={status?.phase ?? 'starting'} />
      <dl className="progress-facts">
        <div><dt>Table</dt><dd>{status?.table ?? '—'}</dd></div>
        <div>
          <dt>Records</dt>
          <dd>{status && status.recordsTotal > 0 ? `${formats.number(status.recordsDone)} of ${formats.number(status.recordsTotal)}` : '—'}</dd>
        </div>
        <div>
          <dt>Speed</dt>
          <dd>{speed ? `${formats.number(Math.round(speed.recordsPerSecond))} records/s, ${formats.bytes(speed.bytesPerSecond)}/s` : '—'}</dd>
        </div>
        <div><dt>Time left</dt><dd>{status?.etaMs === undefined ? '—' : `about ${formats.duration(status.etaMs)}`}</dd></div>
        <div><dt>Running for</dt><dd>{formats.duration(Math.max(0, Math.floor((now - job.startedAt) / SECOND_MS) * SECOND_MS))}</dd></div>
      </dl>
      <div className="progress-foot">
        <p>{status?.message ?? 'Starting.'}</p>
        <button type="button" className="button" disabled={job.cancelAsked} onClick={cancelJob}>
          {job.cancelAsked ? 'Cancelling…' : 'Cancel'}
        </button>
      </div>
    </section>
  );
}
