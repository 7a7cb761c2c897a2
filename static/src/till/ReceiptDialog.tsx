import { useEffect, useState } from 'react';
import { DEFAULT_RECEIPT_TEMPLATE, renderReceipt } from '../domain/receipt';
import { printerState } from '../state/preferences';
import { shopState, useFormats } from '../state/shop';
import { useStore } from '../state/store';
import { Dialog } from '../ui/Dialog';
import { useObjectUrl } from '../ui/useObjectUrl';
import { lastSaleState } from './saleWriter';

export function ReceiptDialog({ onClose }: { onClose: () => void }) {
  const last = useStore(lastSaleState);
  const { config, logo, receiptTemplate } = useStore(shopState);
  const { paperMm, copies, name } = useStore(printerState);
  const formats = useFormats();
  const logoUrl = useObjectUrl(logo);
  const [template, setTemplate] = useState<string>();

  useEffect(() => {
    let current = true;
    void (receiptTemplate?.text() ?? Promise.resolve(DEFAULT_RECEIPT_TEMPLATE)).then((text) => current && setTemplate(text));
    return () => {
      current = false;
    };
  }, [receiptTemplate]);

  return (
    <Dialog title="Receipt" onClose={onClose}>
      {last && template !== undefined && (
        <div className="receipt">
          {logoUrl && <img src={logoUrl} alt="" width={56} height={56} />}
          <pre tabIndex={0} aria-label="Receipt text">{renderReceipt(template, last.sale, last.number ?? 'not numbered yet', config, formats, paperMm)}</pre>
        </div>
      )}
      <footer className="dialog-foot">
        <span className="hint-line">{name}: {formats.plural(copies, 'copy', 'copies')}, {paperMm} mm</span>
        <button type="button" className="button button-primary" onClick={() => window.print()}>Print</button>
      </footer>
    </Dialog>
  );
}
