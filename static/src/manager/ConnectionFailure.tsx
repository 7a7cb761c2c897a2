import type { ErrorDetails } from 'pos-backup';
import { Icon } from '../ui/Icon';
import { connectedClient, disconnect } from './connect';
import { ErrorContextList } from './ErrorContextList';

/** Without its worker the manager can do nothing; the till does not need it. */
export function ConnectionFailure({ error }: { error: ErrorDetails }) {
  const startAgain = (): void => {
    // A failure is shown here again.
    void disconnect().then(connectedClient).catch(() => {});
  };
  return (
    <section className="panel error-panel" role="alert" aria-labelledby="connection-title">
      <Icon name="warning" size={26} />
      <div className="error-body">
        <h2 id="connection-title">The backup worker did not start</h2>
        <p className="error-message">{error.message}</p>
        <p className="hint">The till goes on working; backups and restores do not. {error.hint}</p>
        <ErrorContextList error={error} />
        <div className="button-row">
          <button type="button" className="button" onClick={startAgain}>
            Start it again
          </button>
        </div>
      </div>
    </section>
  );
}
