import { showView } from '../state/view';
import { Icon } from '../ui/Icon';

export function EmptyTill() {
  return (
    <section className="empty" aria-labelledby="empty-title">
      <Icon name="till" size={44} />
      <h1 id="empty-title">This till has no products yet</h1>
      <p>Fill it with a demo shop’s two years of trade, or bring back a backup of your own.</p>
      <div className="button-row">
        <button type="button" className="button button-primary" onClick={() => showView('settings')}>
          Go to demo data
        </button>
        <button type="button" className="button" onClick={() => showView('backup')}>
          Restore a backup
        </button>
      </div>
    </section>
  );
}
