import { LOGO_FILE, RECEIPT_TEMPLATE_FILE, shopDb } from '../db/shopDatabase';
import { reloadShop, shopState, useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { announce } from '../ui/announce';
import { Icon } from '../ui/Icon';
import { useObjectUrl } from '../ui/useObjectUrl';

interface FileRowProps {
  label: string;
  name: string;
  accept: string;
  file: Blob | undefined;
  preview?: boolean;
}

function FileRow({ label, name, accept, file, preview = false }: FileRowProps) {
  const formats = useFormats();
  const url = useObjectUrl(preview ? file : undefined);
  const save = async (chosen: Blob | undefined): Promise<void> => {
    if (chosen) await shopDb.files.put(chosen, name);
    else await shopDb.files.delete(name);
    await reloadShop();
    announce(chosen ? `${label} saved.` : `${label} removed.`);
  };
  return (
    <div className="file-row">
      <span className="file-preview">{url ? <img src={url} alt="" width={40} height={40} /> : <Icon name="file" size={22} />}</span>
      <div>
        <p className="file-name">{label}</p>
        <p className="hint-line">{file ? `${name} · ${formats.bytes(file.size)}` : 'None'}</p>
      </div>
      <label className="button">
        {file ? 'Replace' : 'Choose'}
        <input
          className="visually-hidden"
          type="file"
          accept={accept}
          aria-label={`${label} file`}
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            if (chosen) void save(new Blob([chosen], { type: chosen.type }));
          }}
        />
      </label>
      {file && (
        <button type="button" className="button button-quiet button-icon" aria-label={`Remove the ${label.toLowerCase()}`} onClick={() => void save(undefined)}>
          <Icon name="trash" size={18} />
        </button>
      )}
    </div>
  );
}

export function FilesPanel() {
  const { logo, receiptTemplate } = useStore(shopState);
  return (
    <section className="panel" aria-labelledby="files-title">
      <h2 id="files-title">Files</h2>
      <FileRow label="Logo" name={LOGO_FILE} accept="image/*" file={logo} preview />
      <FileRow label="Receipt template" name={RECEIPT_TEMPLATE_FILE} accept=".txt,text/plain" file={receiptTemplate} />
    </section>
  );
}
