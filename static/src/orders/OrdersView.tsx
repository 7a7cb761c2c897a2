import { useState } from 'react';
import { dayReport, lastTradingDay, startOfDay } from '../db/day';
import { db } from '../db/tillDatabase';
import { useLive } from '../state/dataEpoch';
import { useFormats } from '../state/shop';
import { DayPicker } from './DayPicker';
import { DaySummary } from './DaySummary';
import { OrderTable } from './OrderTable';

export function OrdersView() {
  const [day, setDay] = useState(() => startOfDay(Date.now()));
  const time = day.getTime();
  const report = useLive(() => dayReport(db, new Date(time)), [time]);
  const formats = useFormats();
  const isToday = time === startOfDay(Date.now()).getTime();

  const goBack = async (): Promise<void> => {
    const last = await lastTradingDay(db, day);
    if (last) setDay(last);
  };
  return (
    <>
      <header className="view-head">
        <div>
          <h1>{isToday ? 'Today’s orders' : `Orders of ${formats.date(day)}`}</h1>
          {isToday && <p className="view-sub">{formats.date(day)}</p>}
        </div>
        <DayPicker day={day} onDay={setDay} />
      </header>
      {report && <DaySummary report={report} />}
      {report && report.orders.length > 0 && <OrderTable orders={report.orders} />}
      {report?.orders.length === 0 && (
        <section className="empty empty-small">
          <p>Nothing was sold on this day.</p>
          <button type="button" className="button" onClick={() => void goBack()}>
            Show the last day with sales
          </button>
        </section>
      )}
    </>
  );
}
