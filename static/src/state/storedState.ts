import { Store } from './store';

export type StorageName = 'localStorage' | 'sessionStorage';

interface StoredStateInit<T> {
  storage: StorageName;
  key: string;
  /** Makes a value of what was found, `undefined` included; never throws. */
  parse: (found: unknown) => T;
  /** Whether the value is as good as none, so that nothing needs to be kept. */
  isEmpty?: (value: T) => boolean;
}

const all: StoredState<unknown>[] = [];

/** The storage, or null where the browser denies it. */
function open(name: StorageName): Storage | null {
  try {
    return globalThis[name] ?? null;
  } catch {
    return null;
  }
}

/** A store whose value outlives the page, as JSON in one of the web storages. */
export class StoredState<T> extends Store<T> {
  readonly #init: StoredStateInit<T>;

  constructor(init: StoredStateInit<T>) {
    super(read(init));
    this.#init = init;
    all.push(this as StoredState<unknown>);
  }

  override set(value: T): void {
    super.set(value);
    const { storage, key, isEmpty } = this.#init;
    try {
      if (isEmpty?.(value)) open(storage)?.removeItem(key);
      else open(storage)?.setItem(key, JSON.stringify(value));
    } catch {
      // A till whose storage is full still sells; the value lives as long as the page.
    }
  }

  /** Takes what the storage holds now, for someone else has written it. */
  reload(): void {
    super.set(read(this.#init));
  }
}

/** After a restore or a wipe the storages hold something else than what was read from them. */
export function reloadStoredState(): void {
  for (const state of all) state.reload();
}

function read<T>({ storage, key, parse }: StoredStateInit<T>): T {
  const text = open(storage)?.getItem(key) ?? null;
  if (text === null) return parse(undefined);
  try {
    return parse(JSON.parse(text));
  } catch {
    return parse(undefined);
  }
}
