import { useEffect, useState } from 'react';
import { unsavedState } from '../state/session';
import { useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { Icon } from '../ui/Icon';

/** An ordinary write is done before anyone could read this. */
const WORTH_TELLING_MS = 800;

export function UnsavedNotice() {
  const count = useStore(unsavedState).length;
  const formats = useFormats();
  const [slow, setSlow] = useState(false);
  const some = count > 0;

  useEffect(() => {
    if (!some) {
      setSlow(false);
      return;
    }
    const timer = setTimeout(() => setSlow(true), WORTH_TELLING_MS);
    return () => clearTimeout(timer);
  }, [some]);

  if (!some || !slow) return null;
  return (
    <p className="notice notice-info" role="status">
      <Icon name="clock" />
      <span>
        {formats.plural(count, 'sale waits', 'sales wait')} for the database and will be written as soon as it is free. Keep selling; do not close this tab.
      </span>
    </p>
  );
}
