import { Icon } from '../ui/Icon';
import type { Connection } from './managerState';

export function ConnectionState({ connection }: { connection: Connection }) {
  switch (connection.state) {
    case 'none':
    case 'connecting':
      return <p className="connection" role="status"><Icon name="clock" size={18} /> Starting the backup worker…</p>;
    case 'ready':
      return <p className="connection connection-ready" role="status"><Icon name="check" size={18} /> Backup worker ready</p>;
    case 'failed':
      return <p className="connection connection-failed"><Icon name="warning" size={18} /> No backup worker</p>;
  }
}
