import { useEffect, useRef } from 'react';
import { useFormats } from '../state/shop';
import { focusIfLost } from '../ui/focus';
import { Icon } from '../ui/Icon';
import { DownloadLink } from './DownloadLink';
import { dismiss } from './jobs';
import { recordsOf } from './lastBackup';
import type { Outcome } from './managerState';
import { Missing } from './Missing';
import { besidesDamage } from './missingRows';
import { besidesOmissions } from './omissionRows';
import { Omissions } from './Omissions';
import { RestoredTables } from './RestoredTables';
import { cancelledTitle, DONE_TITLE } from './texts';
import { Warnings } from './Warnings';

/** How the last job ended, when it ended well or was cancelled. */
export function OutcomePanel({ outcome }: { outcome: Outcome }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => focusIfLost(title.current), [outcome]);
  return (
    <section className={`panel outcome outcome-${outcome.kind}`} aria-labelledby="outcome-title">
      <Icon name={outcome.kind === 'cancelled' ? 'info' : 'check'} size={26} />
      <div className="outcome-body">
        <OutcomeText outcome={outcome} titleRef={title} />
      </div>
      <button type="button" className="button button-quiet button-icon" aria-label="Dismiss" onClick={dismiss}>
        <Icon name="close" size={18} />
      </button>
    </section>
  );
}

function OutcomeText({ outcome, titleRef }: { outcome: Outcome; titleRef: React.RefObject<HTMLHeadingElement | null> }) {
  const formats = useFormats();
  const heading = (text: string) => <h2 id="outcome-title" ref={titleRef} tabIndex={-1}>{text}</h2>;
  switch (outcome.kind) {
    case 'backup': {
      const { metadata, archiveBytes, durationMs, warnings, stored, file } = outcome.result;
      return (
        <>
          {heading(DONE_TITLE.backup)}
          <p>
            {formats.number(recordsOf(metadata))} records, {formats.bytes(archiveBytes)}, checked and whole, in {formats.duration(durationMs)}.{' '}
            {stored ? 'This browser keeps a copy; download it to be safe from the loss of this device.' : 'This browser cannot keep it: download it now.'}
          </p>
          <Warnings warnings={besidesOmissions(warnings)} />
          <Omissions omissions={metadata.omissions} />
          <DownloadLink file={file} name={outcome.name} primary />
        </>
      );
    }
    case 'verify': {
      const { entries, records, bytes, sealed, durationMs } = outcome.report;
      return (
        <>
          {heading(DONE_TITLE.verify)}
          <p>
            {outcome.name}: {formats.number(records)} records in {formats.number(entries)} entries, {formats.bytes(bytes)}, all as they were written. Checked in {formats.duration(durationMs)}.
          </p>
          {!sealed && <p className="hint">Another program has packed this file anew. Its contents are whole all the same.</p>}
        </>
      );
    }
    case 'restore': {
      const { tables, warnings, durationMs, salvage } = outcome.result;
      const records = tables.reduce((sum, table) => sum + table.records, 0);
      return (
        <>
          {heading(DONE_TITLE.restore)}
          <p>
            {formats.number(records)} records in {formats.plural(tables.length, 'table', 'tables')} are back, in {formats.duration(durationMs)}. The till shows them now.
          </p>
          <Warnings warnings={besidesDamage(warnings)} />
          {salvage && <Missing salvage={salvage} isDone />}
          <RestoredTables tables={tables} />
        </>
      );
    }
    case 'undo': {
      const { tables, durationMs, warnings } = outcome.result;
      return (
        <>
          {heading(DONE_TITLE.undo)}
          <p>What was there before the restore is back, in {formats.duration(durationMs)}. The till shows it now. The undo can be undone in the same way.</p>
          <Warnings warnings={warnings} />
          <RestoredTables tables={tables} />
        </>
      );
    }
    case 'cancelled':
      return (
        <>
          {heading(cancelledTitle(outcome.job))}
          <p>Everything is as it was before.</p>
        </>
      );
  }
}
