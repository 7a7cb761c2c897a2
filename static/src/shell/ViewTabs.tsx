import { useRef, type KeyboardEvent } from 'react';
import { useStore } from '../state/store';
import { showView, viewState, VIEWS, type ViewId } from '../state/view';
import { Icon } from '../ui/Icon';

export const tabId = (view: ViewId): string => `tab-${view}`;
export const panelId = (view: ViewId): string => `view-${view}`;

const STEP: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function ViewTabs() {
  const current = useStore(viewState);
  const list = useRef<HTMLDivElement>(null);

  const go = (index: number): void => {
    const view = VIEWS[(index + VIEWS.length) % VIEWS.length];
    if (!view) return;
    showView(view.id);
    list.current?.querySelector<HTMLElement>(`#${tabId(view.id)}`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = VIEWS.findIndex(({ id }) => id === current);
    const step = STEP[event.key];
    if (step !== undefined) go(index + step);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(VIEWS.length - 1);
    else return;
    event.preventDefault();
  };

  return (
    <div className="tabs" role="tablist" aria-label="Views" ref={list} onKeyDown={onKeyDown}>
      {VIEWS.map(({ id, label, icon }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={tabId(id)}
          className="tab"
          aria-selected={id === current}
          aria-controls={id === current ? panelId(id) : undefined}
          tabIndex={id === current ? 0 : -1}
          onClick={() => showView(id)}
        >
          <Icon name={icon} />
          {label}
        </button>
      ))}
    </div>
  );
}
