import type { DayReport } from '../db/day';
import { GRAND_TOTAL_KEY } from '../db/recordSale';
import { db } from '../db/tillDatabase';
import { useLive } from '../state/dataEpoch';
import { useFormats } from '../state/shop';
import { Money } from '../ui/Money';

export function DaySummary({ report }: { report: DayReport }) {
  const formats = useFormats();
  const grandTotal = useLive(() => db.settings.get(GRAND_TOTAL_KEY), []);
  return (
    <dl className="summary" aria-label="Totals of the day">
      <div className="summary-lead"><dt>Revenue</dt><dd><Money cents={report.revenue} label /></dd></div>
      <div><dt>Sales</dt><dd>{formats.number(report.sales)}</dd></div>
      <div><dt>Average</dt><dd>{formats.money(report.sales === 0 ? 0 : Math.round(report.revenue / report.sales))}</dd></div>
      <div><dt>Cash</dt><dd>{formats.money(report.cash)}</dd></div>
      <div><dt>Card</dt><dd>{formats.money(report.card)}</dd></div>
      <div><dt>VAT</dt><dd>{formats.money(report.tax)}</dd></div>
      {typeof grandTotal === 'bigint' && <div><dt>Grand total</dt><dd>{formats.money(Number(grandTotal))}</dd></div>}
    </dl>
  );
}
