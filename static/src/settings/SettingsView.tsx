import { AppearancePanel } from './AppearancePanel';
import { DemoDataPanel } from './DemoDataPanel';
import { FilesPanel } from './FilesPanel';
import { PrinterPanel } from './PrinterPanel';
import { ShopPanel } from './ShopPanel';

export function SettingsView() {
  return (
    <>
      <header className="view-head">
        <h1>Settings</h1>
      </header>
      <div className="columns">
        <div className="column">
          <ShopPanel />
          <FilesPanel />
        </div>
        <div className="column">
          <AppearancePanel />
          <PrinterPanel />
          <DemoDataPanel />
        </div>
      </div>
    </>
  );
}
