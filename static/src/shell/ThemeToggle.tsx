import { themeState, type Theme } from '../state/preferences';
import { useStore } from '../state/store';
import { Icon, type IconName } from '../ui/Icon';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const LABEL: Record<Theme, string> = { system: 'as the system', light: 'light', dark: 'dark' };
const ICON: Record<Theme, IconName> = { system: 'contrast', light: 'sun', dark: 'moon' };

export function ThemeToggle() {
  const theme = useStore(themeState);
  const label = `Colours: ${LABEL[theme]}. Change to ${LABEL[NEXT[theme]]}`;
  return (
    <button type="button" className="button button-header button-icon" aria-label={label} title={label} onClick={() => themeState.set(NEXT[theme])}>
      <Icon name={ICON[theme]} />
    </button>
  );
}
