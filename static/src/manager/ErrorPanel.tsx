import { useEffect, useRef } from 'react';
import { focusIfLost } from '../ui/focus';
import { Icon } from '../ui/Icon';
import { ErrorContextList } from './ErrorContextList';
import { hintOf } from './failures';
import { dismiss, forgetArchive } from './jobs';
import type { Failure } from './managerState';
import { FAILED_TITLE } from './texts';

/** What went wrong, where, what to do about it, and the way out. */
export function ErrorPanel({ failure }: { failure: Failure }) {
  const { error, during, retry, acceptOtherDatabase, leaveOut, salvage } = failure;
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => focusIfLost(title.current), [failure]);
  return (
    <section className="panel error-panel" role="alert" aria-labelledby="error-title">
      <Icon name="warning" size={26} />
      <div className="error-body">
        <h2 id="error-title" ref={title} tabIndex={-1}>{FAILED_TITLE[during]}</h2>
        <p className="error-message">{error.message}</p>
        <p className="hint">{hintOf(error)}</p>
        <ErrorContextList error={error} />
        <div className="button-row">
          {acceptOtherDatabase && <button type="button" className="button button-primary" onClick={acceptOtherDatabase}>Use it for this till anyway</button>}
          {leaveOut && <button type="button" className="button button-primary" onClick={leaveOut}>Back up without such values</button>}
          {salvage && <button type="button" className="button button-primary" onClick={salvage}>See what is whole…</button>}
          {error.retryable && <button type="button" className="button" onClick={retry}>Try again</button>}
          {during !== 'backup' && <button type="button" className="button" onClick={forgetArchive}>Choose another file</button>}
          <button type="button" className="button button-quiet" onClick={dismiss}>Dismiss</button>
        </div>
      </div>
    </section>
  );
}
