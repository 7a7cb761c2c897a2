import { Icon } from '../ui/Icon';
import { useObjectUrl } from '../ui/useObjectUrl';

export function DownloadLink({ file, name, primary = false }: { file: File; name: string; primary?: boolean }) {
  const url = useObjectUrl(file);
  return (
    <a className={primary ? 'button button-primary' : 'button'} href={url} download={name} aria-label={`Download ${name}`}>
      <Icon name="download" size={18} /> Download
    </a>
  );
}
