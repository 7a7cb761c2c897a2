import { Store } from './store';

export const VIEWS = [
  { id: 'till', label: 'Till', icon: 'till' },
  { id: 'orders', label: 'Orders', icon: 'orders' },
  { id: 'backup', label: 'Backup', icon: 'backup' },
  { id: 'settings', label: 'Settings', icon: 'settings' },
] as const;

export type ViewId = (typeof VIEWS)[number]['id'];

function fromAddress(): ViewId {
  const wanted = location.hash.replace(/^#\/?/, '');
  return VIEWS.find(({ id }) => id === wanted)?.id ?? 'till';
}

export const viewState = new Store<ViewId>(fromAddress());

export function followAddress(): void {
  addEventListener('hashchange', () => viewState.set(fromAddress()));
}

export function showView(view: ViewId): void {
  location.hash = `#/${view}`;
  viewState.set(view);
}
