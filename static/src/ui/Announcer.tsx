import { useStore } from '../state/store';
import { announcement } from './announce';

/** The page's one polite live region; what is said here is also to be seen somewhere. */
export function Announcer() {
  const { text, serial } = useStore(announcement);
  return (
    <div className="visually-hidden" aria-live="polite" aria-atomic="true">
      <span key={serial}>{text}</span>
    </div>
  );
}
