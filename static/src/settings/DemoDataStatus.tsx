import { useFormats } from '../state/shop';
import { Icon } from '../ui/Icon';
import type { DemoData } from './demoData';

export function DemoDataStatus({ demo }: { demo: DemoData }) {
  const formats = useFormats();
  switch (demo.state) {
    case 'idle':
      return null;
    case 'filling': {
      const { done, total, table } = demo.progress;
      return (
        <div className="progress-block">
          <progress aria-label="Filling with demo data" max={total} value={done} />
          <p>{formats.number(done)} of {formats.number(total)} records · {table}</p>
        </div>
      );
    }
    case 'filled':
      return (
        <p className="notice notice-ok" role="status">
          <Icon name="check" /> <span>Filled with {formats.number(demo.records)} records.</span>
        </p>
      );
    case 'wiping':
      return <p className="notice notice-info" role="status"><Icon name="clock" /> <span>Wiping…</span></p>;
    case 'wiped':
      return <p className="notice notice-ok" role="status"><Icon name="check" /> <span>All data wiped. The till is empty.</span></p>;
    case 'failed':
      return <p className="notice notice-error" role="alert"><Icon name="warning" /> <span>{demo.message}</span></p>;
  }
}
