import type { RestoreMode } from 'pos-backup';
import { changeRestoreOptions } from './jobs';
import type { ChosenArchive } from './managerState';
import { MODE } from './texts';

const MODES: readonly RestoreMode[] = ['replace', 'merge', 'fill'];

/** What a restore does with records that are there, and whether it can be undone. */
export function RestoreOptions({ archive }: { archive: ChosenArchive }) {
  return (
    <details className="disclosure">
      <summary>Options</summary>
      <fieldset className="options">
        <legend>After the restore, the tables hold</legend>
        {MODES.map((mode) => (
          <label key={mode} className="option">
            <input type="radio" name="mode" value={mode} checked={archive.mode === mode} onChange={() => changeRestoreOptions(archive, { mode })} />
            <span>
              <strong>{MODE[mode].label}</strong>
              <span className="option-detail">{MODE[mode].detail}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <fieldset className="options">
        <legend>What is there now</legend>
        <label className="option">
          <input type="checkbox" checked={archive.keepsCopy} onChange={({ target }) => changeRestoreOptions(archive, { keepsCopy: target.checked })} />
          <span>
            <strong>Keep what is replaced</strong>
            <span className="option-detail">The restore can then be undone. It takes about as much space as a backup.</span>
          </span>
        </label>
      </fieldset>
    </details>
  );
}
