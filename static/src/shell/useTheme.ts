import { useEffect } from 'react';
import { themeState } from '../state/preferences';
import { useStore } from '../state/store';

/** Puts the chosen theme where the style sheet looks for it. */
export function useTheme(): void {
  const theme = useStore(themeState);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}
