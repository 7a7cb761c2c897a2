import { db } from '../db/tillDatabase';
import { HeaderJob } from '../manager/HeaderJob';
import { useLive } from '../state/dataEpoch';
import { shopState, useFormats, useShopConfig } from '../state/shop';
import { useStore } from '../state/store';
import { useObjectUrl } from '../ui/useObjectUrl';
import { ShiftButton } from './ShiftButton';
import { ThemeToggle } from './ThemeToggle';
import { ViewTabs } from './ViewTabs';

export function Header() {
  const { name, register } = useShopConfig();
  const { logo } = useStore(shopState);
  const logoUrl = useObjectUrl(logo);
  const formats = useFormats();
  const unsent = useLive(() => db.actionQueue.count(), []);
  return (
    <header className="header">
      <div className="brand">
        <img className="brand-logo" src={logoUrl ?? './favicon.svg'} alt="" width={36} height={36} />
        <div>
          <p className="brand-name">{name}</p>
          <p className="brand-detail">
            Register {register}
            {unsent ? ` · ${formats.plural(unsent, 'action', 'actions')} to send` : ''}
          </p>
        </div>
      </div>
      <ViewTabs />
      <div className="header-tools">
        <HeaderJob />
        <ShiftButton />
        <ThemeToggle />
      </div>
    </header>
  );
}
