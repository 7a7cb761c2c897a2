import { messageOf, unsupportedValue } from './errors.js';
import { assertJson, escapeToken } from './json.js';
import type { AssetOptions, CreateBackupOptions, PageAssets, PreviousPageAssets } from './options.js';
import type { Assets, RestoredAssets } from './protocol.js';
import { type KeySelection, type StorageName, openStorage, readAll, replaceAll } from './web-storage.js';

const STORAGE_NAMES = ['localStorage', 'sessionStorage'] as const;

/**
 * What lies outside IndexedDB, for a backup.
 *
 * @throws BackupError `UNSUPPORTED_VALUE` for a config that is no JSON or a file that is neither
 * Blob nor well-formed text; whatever a storage or a key selection throws
 */
export function gatherAssets(options: CreateBackupOptions): Assets {
  const assets: Assets = {};
  for (const name of STORAGE_NAMES) {
    const selection = options[name] ?? true;
    const storage = selection === false ? null : openStorage(name);
    if (storage) {
      assets[name] = Object.fromEntries(readAll(storage, selection));
    }
  }
  if (options.files) {
    assets.files = toBlobs(options.files);
  }
  if (options.config !== undefined) {
    assertJson(options.config, '/assets/config');
    assets.config = options.config;
  }
  return assets;
}

/** Whether there is anything for the page's own callback. */
export function hasPageAssets(assets: RestoredAssets): boolean {
  return assets.config !== undefined || Object.keys(assets.files ?? {}).length > 0;
}

/**
 * Takes over an archive's assets, all or none, and returns what was there before.
 *
 * The storages come first, for putting them back is up to us; the page's callback comes last, for
 * it promises to change nothing when it fails.
 */
export async function takeOverAssets(assets: RestoredAssets, options: AssetOptions): Promise<Assets> {
  const swaps = STORAGE_NAMES.flatMap((name) => prepareSwap(name, assets[name], options[name] ?? true));
  const previous: Assets = Object.fromEntries(
    swaps.map((swap) => [swap.name, Object.fromEntries(swap.previous)]),
  );
  try {
    for (const swap of swaps) {
      replaceAll(swap.storage, swap.target, swap.selection);
    }
    return { ...previous, ...(await handToPage(assets, options)) };
  } catch (error) {
    putBack(swaps, error);
    throw error;
  }
}

interface Swap {
  name: StorageName;
  storage: Storage;
  selection: KeySelection;
  previous: Map<string, string>;
  target: Map<string, string>;
}

/** Everything that can be refused before anything is changed. */
function prepareSwap(name: StorageName, content: unknown, selection: KeySelection): Swap[] {
  if (content === undefined || content === null || selection === false) {
    return [];
  }
  const target = new Map<string, string>();
  for (const [key, value] of Object.entries(content)) {
    if (typeof value !== 'string') {
      throw unsupportedValue(`/assets/${name}/${escapeToken(key)}`, 'a string', typeof value);
    }
    target.set(key, value);
  }
  const storage = openStorage(name);
  if (!storage) {
    if (target.size === 0) {
      return [];
    }
    throw new Error(`The browser gives this page no ${name}.`);
  }
  return [{ name, storage, selection, previous: readAll(storage, selection), target }];
}

async function handToPage(assets: RestoredAssets, { applyAssets }: AssetOptions): Promise<Assets> {
  if (!applyAssets || (assets.config === undefined && assets.files === undefined)) {
    return {};
  }
  const { config, files } = assets;
  const before = await applyAssets({
    ...(config === undefined ? {} : { config }),
    ...(files === undefined ? {} : { files }),
  });
  try {
    return toPrevious(before);
  } catch (error) {
    // The callback has taken the assets over, and the worker will hear that it has not.
    await applyAssets(before as PageAssets);
    throw error;
  }
}

/** What the app had before, as the worker can keep it. */
function toPrevious(before: PreviousPageAssets | undefined | void): Assets {
  const previous: Assets = {};
  if (before?.files) {
    previous.files = toBlobs(before.files);
  }
  if (before?.config !== undefined) {
    assertJson(before.config, '/previous/config');
    previous.config = before.config;
  }
  return previous;
}

/** Every storage is put back, even when one of them refuses. */
function putBack(swaps: Swap[], reason: unknown): void {
  const failures: unknown[] = [];
  for (const { storage, previous, selection } of swaps) {
    try {
      replaceAll(storage, previous, selection);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(
      [reason, ...failures],
      `${messageOf(reason)} Putting the previous content back failed too: ${failures.map(messageOf).join(' ')}`,
    );
  }
}

/** A surrogate without its partner, which the UTF-8 of a text file cannot hold. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function toBlobs(files: Record<string, Blob | string>): Record<string, Blob> {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => {
      if (content instanceof Blob) {
        return [name, content];
      }
      const path = `/assets/files/${escapeToken(name)}`;
      if (typeof content !== 'string') {
        throw unsupportedValue(path, 'a Blob or a string', typeof content);
      }
      if (LONE_SURROGATE.test(content)) {
        throw unsupportedValue(path, 'well-formed text', 'a lone surrogate');
      }
      return [name, new Blob([content], { type: 'text/plain;charset=utf-8' })];
    }),
  );
}

