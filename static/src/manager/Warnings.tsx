import type { Warning } from 'pos-backup';
import { Icon } from '../ui/Icon';

export function Warnings({ warnings }: { warnings: Warning[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className="warnings" aria-label="Warnings">
      {warnings.map(({ message, table }, i) => (
        <li key={i} className="notice notice-warn">
          <Icon name="warning" size={18} />
          <span>{table ? `${table}: ` : ''}{message}</span>
        </li>
      ))}
    </ul>
  );
}
