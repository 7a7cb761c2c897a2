import type { Cents } from '../db/types';
import { useFormats } from '../state/shop';

interface MoneyProps {
  cents: Cents;
  /** As on a shelf label: large units, small raised cents. */
  label?: boolean;
}

export function Money({ cents, label = false }: MoneyProps) {
  const formats = useFormats();
  if (!label) return <span className="money">{formats.money(cents)}</span>;
  // Read as one amount, not part by part.
  return (
    <span className="money">
      <span className="visually-hidden">{formats.money(cents)}</span>
      <span className="money-label" aria-hidden="true">
        {formats.moneyParts(cents).map((part, i) => (
          <span key={i} className={`money-${part.type}`}>
            {part.value}
          </span>
        ))}
      </span>
    </span>
  );
}
