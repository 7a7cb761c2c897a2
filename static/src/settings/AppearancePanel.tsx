import { LANGUAGES } from '../domain/format';
import { languageState, preferencesState, themeState, type Theme } from '../state/preferences';
import { useStore } from '../state/store';

const THEMES: readonly { id: Theme; label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
];

export function AppearancePanel() {
  const theme = useStore(themeState);
  const language = useStore(languageState);
  const preferences = useStore(preferencesState);
  return (
    <section className="panel" aria-labelledby="appearance-title">
      <h2 id="appearance-title">This till</h2>
      <fieldset className="segments">
        <legend>Colours</legend>
        {THEMES.map(({ id, label }) => (
          <label key={id} className="segment">
            <input type="radio" name="theme" checked={theme === id} onChange={() => themeState.set(id)} /> {label}
          </label>
        ))}
      </fieldset>
      <label className="field">
        <span>Numbers and dates</span>
        <select value={language} onChange={(event) => languageState.set(LANGUAGES.find(({ id }) => id === event.target.value)?.id ?? 'en-IE')}>
          {LANGUAGES.map(({ id, label }) => (
            <option key={id} value={id}>{label}</option>
          ))}
        </select>
      </label>
      <div>
        <label className="check">
          <input type="checkbox" checked={preferences.showPictures} onChange={(event) => preferencesState.set({ ...preferences, showPictures: event.target.checked })} />
          Show product pictures
        </label>
        <label className="check">
          <input type="checkbox" checked={preferences.tileSize === 'compact'} onChange={(event) => preferencesState.set({ ...preferences, tileSize: event.target.checked ? 'compact' : 'comfortable' })} />
          Compact product list
        </label>
        <label className="check">
          <input type="checkbox" checked={preferences.openReceipt} onChange={(event) => preferencesState.set({ ...preferences, openReceipt: event.target.checked })} />
          Open the receipt after each sale
        </label>
      </div>
    </section>
  );
}
