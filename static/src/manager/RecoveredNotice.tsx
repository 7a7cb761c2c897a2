import type { RecoveredRestore } from 'pos-backup';
import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import { recoveredTitle } from './texts';

/** What became of a restore that a crash or a closed page has cut off. */
export function RecoveredNotice({ restore }: { restore: RecoveredRestore }) {
  const formats = useFormats();
  const { error, metadata, outcome, since } = restore;
  return (
    <div className={error ? 'notice notice-warn' : 'notice notice-info'} role="status">
      <Icon name={error ? 'warning' : 'info'} size={18} />
      <div>
        <strong>{recoveredTitle(restore)}.</strong>{' '}
        It began {formats.dateTime(since)}, with the backup made {formats.dateTime(metadata.timestamp)}, and was cut off.{' '}
        {outcome === 'finished' ? 'The till holds what the backup holds.' : 'The till holds what it held before.'}
        {error && <> The preferences, the shop’s details and the files could not be brought in line: {error.message} {error.hint}</>}
      </div>
    </div>
  );
}
