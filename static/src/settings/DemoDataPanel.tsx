import { useState } from 'react';
import { db } from '../db/tillDatabase';
import { jobIsRunning, managerState } from '../manager/managerState';
import { FULL_RECORDS, SMALL_RECORDS } from '../seed/plan';
import { useLive } from '../state/dataEpoch';
import { useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { DemoDataStatus } from './DemoDataStatus';
import { demoDataState, fillWithDemoData, wipeAllData } from './demoData';
import { WipeDialog } from './WipeDialog';

const SIZES = [
  { records: SMALL_RECORDS, name: 'Small', detail: 'done in a moment' },
  { records: FULL_RECORDS, name: 'Full', detail: 'two years of trade, about 100 MB' },
] as const;

export function DemoDataPanel() {
  const [records, setRecords] = useState<number>(SMALL_RECORDS);
  const [asking, setAsking] = useState(false);
  const demo = useStore(demoDataState);
  const job = jobIsRunning(useStore(managerState));
  const formats = useFormats();
  const empty = useLive(async () => (await db.products.limit(1).count()) + (await db.orders.limit(1).count()) === 0, [demo.state]);
  const busy = demo.state === 'filling' || demo.state === 'wiping';

  return (
    <section className="panel" aria-labelledby="demo-title">
      <h2 id="demo-title">Demo data</h2>
      <p>A made-up shop to try the till and its backups with. The same size always gives the same records.</p>
      <fieldset className="options" disabled={busy}>
        <legend>Size</legend>
        {SIZES.map((size) => (
          <label key={size.records} className="option">
            <input type="radio" name="size" checked={records === size.records} onChange={() => setRecords(size.records)} />
            <span>
              <strong>{size.name}: {formats.number(size.records)} records</strong>
              <span className="option-detail">{size.detail}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="button-row">
        <button type="button" className="button button-primary" disabled={busy || job || empty === false} onClick={() => void fillWithDemoData(records)}>
          Fill with demo data
        </button>
        <button type="button" className="button button-danger" disabled={busy || job} onClick={() => setAsking(true)}>
          Wipe all data
        </button>
      </div>
      {empty === false && !busy && <p className="hint-line">The till holds records. To fill it anew, wipe all data first.</p>}
      {job && <p className="hint-line">A backup or restore is running; wait for its end.</p>}
      <DemoDataStatus demo={demo} />
      {asking && (
        <WipeDialog
          onClose={() => setAsking(false)}
          onWipe={() => {
            setAsking(false);
            void wipeAllData();
          }}
        />
      )}
    </section>
  );
}
