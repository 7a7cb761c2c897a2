import { useDeferredValue, useEffect } from 'react';
import { useShopConfig } from './state/shop';
import { dataEpoch } from './state/dataEpoch';
import { useStore } from './state/store';
import { viewState, VIEWS, type ViewId } from './state/view';
import { TillView } from './till/TillView';
import { OrdersView } from './orders/OrdersView';
import { ManagerView } from './manager/ManagerView';
import { SettingsView } from './settings/SettingsView';
import { Announcer } from './ui/Announcer';
import { ErrorBoundary } from './ui/ErrorBoundary';
import { Header } from './shell/Header';
import { LeaveGuard } from './shell/LeaveGuard';
import { panelId, tabId } from './shell/ViewTabs';
import { useTheme } from './shell/useTheme';

const CONTENT: Record<ViewId, () => React.ReactNode> = {
  till: () => <TillView />,
  orders: () => <OrdersView />,
  backup: () => <ManagerView />,
  settings: () => <SettingsView />,
};

export function App() {
  // The tab answers at once; the view behind it is drawn in small steps that hold nothing up.
  const view = useDeferredValue(useStore(viewState));
  const epoch = useStore(dataEpoch);
  const { name } = useShopConfig();
  useTheme();

  useEffect(() => {
    const label = VIEWS.find(({ id }) => id === view)?.label ?? '';
    document.title = `${label} · ${name}`;
  }, [view, name]);

  return (
    <>
      <a className="skip-link" href={`#${panelId(view)}`} onClick={(event) => skipTo(event, panelId(view))}>
        Skip to the content
      </a>
      <Header />
      <main>
        <div className={`view view-${view}`} role="tabpanel" id={panelId(view)} aria-labelledby={tabId(view)} tabIndex={-1}>
          <ErrorBoundary resetKey={`${view} ${epoch}`}>{CONTENT[view]()}</ErrorBoundary>
        </div>
      </main>
      <Announcer />
      <LeaveGuard />
    </>
  );
}

/** The address names the view, so the jump must not change it. */
function skipTo(event: React.MouseEvent, id: string): void {
  event.preventDefault();
  document.getElementById(id)?.focus();
}
