import type { Consistency, OnUnsupported, RestoreMode, Validate } from './protocol.js';
import type { ProtocolMessage } from './connection.js';
import type { KeySelection } from './web-storage.js';

/** What a restored archive holds for the page itself to take over. */
export interface PageAssets {
  /** The app's config, as it was given to `createBackup`. */
  config?: unknown;
  /** Files by name: all that the app is to have. */
  files?: Record<string, Blob>;
}

/** What the page had before: as {@link PageAssets}; a string becomes a text file. */
export interface PreviousPageAssets {
  /** Any JSON value; `null` to say that there was none. */
  config?: unknown;
  /** Files by name. */
  files?: Record<string, Blob | string>;
}

/**
 * Takes over the config and files of an archive. Returns what was there before, so that it can be
 * put back if the restore does not come to its end: it is then called again with that, and may be
 * called so more than once. When it throws, the restore fails and it must have changed nothing.
 */
export type ApplyAssets = (
  assets: PageAssets,
) => PreviousPageAssets | undefined | void | Promise<PreviousPageAssets | undefined | void>;

/** What the app has of config and files at this moment. */
export type GatherAssets = () => PreviousPageAssets | undefined | void | Promise<PreviousPageAssets | undefined | void>;

/** What a restore does outside IndexedDB. Keys not selected are left as they are. */
export interface AssetOptions {
  /** The keys of localStorage that are replaced; all by default. */
  localStorage?: KeySelection;
  /** The keys of sessionStorage that are replaced; all by default. */
  sessionStorage?: KeySelection;
  /** Takes over config and files; without it they are left in the archive, and a warning says so. */
  applyAssets?: ApplyAssets;
  /**
   * Gives the app's config and files (`files: {}` for none): to backups that are not given their own, and to a restore, so
   * that they can be put back should it be cut off half way, and by `undoRestore`.
   */
  gatherAssets?: GatherAssets;
}

/**
 * How to connect. The asset options are the defaults of each restore; with them `connect` also finishes or undoes a
 * restore that was cut off by a crash or by the page being closed, so give them here rather than to each restore.
 */
export interface ConnectOptions extends AssetOptions {
  /**
   * The worker, not yet used by anyone, or the URL of its script; by default `worker.js` beside
   * this module. A worker that is given belongs to the client from then on.
   */
  worker?: Worker | URL | string;
  /** How long the worker may take to become ready, in milliseconds; 30,000 by default. */
  timeoutMs?: number;
  /** `true` writes every message to the console (`console.debug`); a function is called with it. */
  debug?: boolean | ((message: ProtocolMessage) => void);
}

/** Ends a job from outside. */
export interface SignalOption {
  /** Cancels the job when it is aborted. */
  signal?: AbortSignal;
}

/** How to back up. */
export interface CreateBackupOptions extends SignalOption {
  /** Only these tables; localStorage, sessionStorage, config and files all the same. All tables by default. */
  tables?: string[];
  /**
   * What the tables are consistent with; `'snapshot'` by default. It decides how long a write of the
   * page waits: with `'snapshot'` until all tables are read, which takes seconds, with `'table'` until
   * its table is read, with `'batch'` for one batch of records. Reads do not wait.
   */
  consistency?: Consistency;
  /**
   * What becomes of a value that cannot be kept, such as a CryptoKey that is not extractable: by
   * default the backup fails and names it; `'omit'` leaves it out and lists it in the metadata's
   * `omissions`.
   */
  onUnsupported?: OnUnsupported;
  /** Files to keep in the archive, by name; a string becomes a text file. */
  files?: Record<string, Blob | string>;
  /** The app's config: any JSON value. */
  config?: unknown;
  /** The keys of localStorage to keep; all by default. */
  localStorage?: KeySelection;
  /** The keys of sessionStorage to keep; all by default. */
  sessionStorage?: KeySelection;
}

/** How to plan a restore. */
export interface PlanRestoreOptions extends SignalOption {
  /** Only these tables, and nothing outside IndexedDB; everything in the archive by default. */
  tables?: string[];
  /** Accepts an archive made from a database of another name, and restores it into this one. */
  anyDatabase?: boolean;
  /**
   * What becomes of records that the archive does not hold, and of those that it holds otherwise: with
   * `'replace'`, the default, the tables become what the archive holds; with `'merge'` the archive's
   * records are put and others stay; with `'fill'` only those are put that are missing.
   */
  mode?: RestoreMode;
  /**
   * `false` keeps no copy of what is replaced: the restore is then faster and takes no space, and cannot be undone.
   */
  safetyBackup?: boolean;
  /**
   * What of the written tables is checked before they are made final: by default that each has as many records as it is to
   * have; `'full'` reads every record once more and compares it with the archive.
   */
  validate?: Validate;
  /**
   * `true` brings back what is whole of a damaged archive, which is refused otherwise: `salvage` in plan and result lists
   * exactly what is missing. Look at the plan first.
   */
  salvage?: boolean;
}

/**
 * How to restore. Asset options that are given here and not to `connect` are unknown to a start that has to finish it: a
 * storage whose keys are chosen here is neither finished nor undone then, nor by `undoRestore`.
 */
export interface RestoreOptions extends PlanRestoreOptions, AssetOptions {}

/** How to undo a restore. */
export interface UndoRestoreOptions extends SignalOption, AssetOptions {
  /** `false` keeps no copy of what is replaced: the undo can then not be undone. */
  safetyBackup?: boolean;
}

/** How to check an archive. */
export interface VerifyOptions extends SignalOption {
  /** Compares it with the database too: the report's `live` says whether the backup is current. */
  live?: boolean;
  /**
   * Restores it into a scratch database, compares what that holds, and removes it again: the proof that the backup can be
   * restored here. It takes the time of a restore, and for a while the space of the whole database.
   */
  rehearse?: boolean;
}
