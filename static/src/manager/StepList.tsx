import type { JobKind, Phase } from 'pos-backup';
import { memo } from 'react';
import { Icon } from '../ui/Icon';
import { STEPS } from './texts';

/** Where a job is among its steps; told by a mark and a word, not by colour alone. */
export const StepList = memo(function StepList({ kind, phase }: { kind: JobKind; phase: Phase }) {
  const steps = STEPS[kind];
  const current = steps.findIndex(({ phases }) => phases.includes(phase));
  if (steps.length === 0 || current < 0) return null;
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map(({ label }, i) => (
        <li key={label} className={i < current ? 'step step-done' : i === current ? 'step step-current' : 'step'} aria-current={i === current ? 'step' : undefined}>
          <span className="step-mark">{i < current ? <Icon name="check" size={14} /> : i + 1}</span>
          {label}
          {i < current && <span className="visually-hidden"> (done)</span>}
        </li>
      ))}
    </ol>
  );
});
