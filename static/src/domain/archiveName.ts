import { fold } from './words';

const ID_LENGTH = 8;

function slug(text: string): string {
  return fold(text).replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '') || 'till';
}

/** The end of an id, where ids differ most. */
function shortId(id: string): string {
  return (slug(id).split('-').at(-1) ?? '').slice(-ID_LENGTH);
}

/** The file name of a backup: `<shop>-<date>-<id>.zip`, the date in the person's own time zone. */
export function archiveName(shop: string, backup: { id: string; timestamp: number }): string {
  const at = new Date(backup.timestamp);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${slug(shop)}-${date}-${shortId(backup.id)}.zip`;
}
