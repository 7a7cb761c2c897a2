import { LANGUAGES, type Language } from '../domain/format';
import { StoredState } from './storedState';

export type Theme = 'system' | 'light' | 'dark';

export interface TillPreferences {
  tileSize: 'comfortable' | 'compact';
  showPictures: boolean;
  openReceipt: boolean;
}

export interface PrinterSettings {
  name: string;
  paperMm: 58 | 80;
  copies: number;
}

const fields = (found: unknown): Record<string, unknown> => (typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : {});

export const themeState = new StoredState<Theme>({
  storage: 'localStorage',
  key: 'till.theme',
  parse: (found) => (found === 'light' || found === 'dark' ? found : 'system'),
});

export const languageState = new StoredState<Language>({
  storage: 'localStorage',
  key: 'till.language',
  parse: (found) => LANGUAGES.find(({ id }) => id === found)?.id ?? 'en-IE',
});

export const preferencesState = new StoredState<TillPreferences>({
  storage: 'localStorage',
  key: 'till.preferences',
  parse: (found) => {
    const { tileSize, showPictures, openReceipt } = fields(found);
    return { tileSize: tileSize === 'compact' ? 'compact' : 'comfortable', showPictures: showPictures !== false, openReceipt: openReceipt === true };
  },
});

export const printerState = new StoredState<PrinterSettings>({
  storage: 'localStorage',
  key: 'till.printer',
  parse: (found) => {
    const { name, paperMm, copies } = fields(found);
    return {
      name: typeof name === 'string' ? name : 'Receipt printer',
      paperMm: paperMm === 58 ? 58 : 80,
      copies: typeof copies === 'number' && Number.isInteger(copies) && copies >= 1 && copies <= 3 ? copies : 1,
    };
  },
});
