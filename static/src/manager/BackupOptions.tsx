import type { Consistency } from 'pos-backup';
import { CONSISTENCY } from './texts';

interface BackupOptionsProps {
  consistency: Consistency;
  onConsistency: (consistency: Consistency) => void;
}

const CHOICES: readonly Consistency[] = ['snapshot', 'table', 'batch'];

export function BackupOptions({ consistency, onConsistency }: BackupOptionsProps) {
  return (
    <details className="disclosure">
      <summary>Options</summary>
      <fieldset className="options">
        <legend>While the till goes on selling, the backup holds</legend>
        {CHOICES.map((choice) => (
          <label key={choice} className="option">
            <input type="radio" name="consistency" value={choice} checked={consistency === choice} onChange={() => onConsistency(choice)} />
            <span>
              <strong>{CONSISTENCY[choice].label}</strong>
              <span className="option-detail">{CONSISTENCY[choice].detail}</span>
            </span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
