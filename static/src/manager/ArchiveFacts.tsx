import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import { recordsOf } from './lastBackup';
import type { ChosenArchive } from './managerState';
import { Omissions } from './Omissions';
import { TableCounts } from './TableCounts';
import { CONSISTENCY } from './texts';

/** What an archive says of itself, and whether it has been checked. */
export function ArchiveFacts({ archive, reading }: { archive: ChosenArchive; reading: boolean }) {
  const formats = useFormats();
  const { inspection, whole } = archive;
  if (!inspection) return reading ? <p className="hint-line">Reading what the file says of itself…</p> : null;
  const { metadata, archiveBytes, schema } = inspection;
  const outside = [...metadata.fileAssets, ...(metadata.config ? ['shop config'] : [])];
  return (
    <div className="archive" role="group" aria-label="What the file holds">
      <p className={whole ? 'seal seal-whole' : 'seal'}>
        <Icon name={whole ? 'shield' : 'info'} size={18} />
        {whole ? 'Checked: every byte is as it was written' : 'Not checked yet. This is what the file says of itself.'}
      </p>
      <dl className="facts">
        <div><dt>Made</dt><dd>{formats.dateTime(metadata.timestamp)}</dd></div>
        <div><dt>Records</dt><dd>{formats.number(recordsOf(metadata))}</dd></div>
        <div><dt>Size</dt><dd>{formats.bytes(archiveBytes)}, {formats.bytes(metadata.size)} unpacked</dd></div>
        <div><dt>Database</dt><dd>{metadata.database}, schema {metadata.schemaVersion} (IndexedDB {schema.database.version})</dd></div>
        <div><dt>App version</dt><dd>{metadata.appVersion}</dd></div>
        <div><dt>Consistency</dt><dd>{CONSISTENCY[metadata.consistency].label}</dd></div>
        <div><dt>Also holds</dt><dd>{outside.length > 0 ? outside.join(', ') : 'nothing else'}</dd></div>
      </dl>
      <Omissions omissions={metadata.omissions} />
      <TableCounts metadata={metadata} queue={schema.actionQueue} />
    </div>
  );
}
