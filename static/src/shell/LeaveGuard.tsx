import { useEffect } from 'react';
import { managerState } from '../manager/managerState';
import { unsavedState } from '../state/session';
import { useStore } from '../state/store';

/** Asks before the page is left while a job runs or a sale is not yet in the database. */
export function LeaveGuard() {
  const working = useStore(managerState).job !== null;
  const unsaved = useStore(unsavedState).length > 0;
  const active = working || unsaved;
  useEffect(() => {
    if (!active) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [active]);
  return null;
}
