import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/archivo/wdth.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/surfaces.css';
import './styles/shell.css';
import './styles/till.css';
import './styles/slip.css';
import './styles/orders.css';
import './styles/manager.css';
import { App } from './App';
import { connectedClient } from './manager/connect';
import { followOtherTabs } from './state/dataEpoch';
import { reloadShop } from './state/shop';
import { followAddress } from './state/view';
import { resumeUnsavedSales } from './till/saleWriter';

followAddress();
followOtherTabs();
void reloadShop();
resumeUnsavedSales();
// What goes wrong is shown in the Backup Manager.
connectedClient().catch(() => {});

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
