import type { Connection } from './connection.js';
import { messageOf, unsupportedValue } from './errors.js';
import { assertJson, escapeToken } from './json.js';
import type { AssetOptions, CreateBackupOptions, PageAssets, PreviousPageAssets } from './options.js';
import type { Assets, RestoredAssets, WorkerEvent } from './protocol.js';
import { hasTakenOver, noteTakenOver } from './session.js';
import { type KeySelection, type StorageName, openStorage, readAll, replaceAll } from './web-storage.js';

const STORAGE_NAMES = ['localStorage', 'sessionStorage'] as const;

/**
 * What lies outside IndexedDB, for a backup or to be put back. Config and files that are not given are asked of the app.
 *
 * Throws, or rejects with, a BackupError `UNSUPPORTED_VALUE` for a config that is no JSON or a file that is neither
 * Blob nor well-formed text; whatever a storage, a key selection or the app throws.
 */
export function gatherAssets(
  options: CreateBackupOptions & Pick<AssetOptions, 'gatherAssets'>,
): Assets | Promise<Assets> {
  const assets: Assets = {};
  for (const name of STORAGE_NAMES) {
    const selection = options[name] ?? true;
    const storage = selection === false ? null : openStorage(name);
    if (storage) {
      assets[name] = Object.fromEntries(readAll(storage, selection));
    }
  }
  const { files, config, gatherAssets: gather } = options;
  const given = { ...assets, ...toPageAssets(options, '/assets') };
  if (!gather || (files !== undefined && config !== undefined)) {
    return given;
  }
  return (async () => ({ ...toPageAssets(await gather(), '/assets'), ...given }))();
}

/** The worker's request. */
export type ApplyAssetsEvent = Extract<WorkerEvent, { type: 'APPLY_ASSETS' }>;

/** Takes over what the worker asks for, and tells it. */
export async function answerAssets(
  connection: Connection,
  event: ApplyAssetsEvent,
  options: AssetOptions,
): Promise<void> {
  const { jobId } = event;
  try {
    const previous = await takeOverAssets(event, options);
    connection.post({ type: 'ASSETS_APPLIED', jobId, previous });
  } catch (error) {
    connection.post({ type: 'ASSETS_APPLIED', jobId, error: messageOf(error) });
  }
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
async function takeOverAssets(event: ApplyAssetsEvent, options: AssetOptions): Promise<Assets> {
  const { jobId, assets, instead, undo = false } = event;
  const all = STORAGE_NAMES.flatMap((name) => prepareSwap(name, assets[name], options[name] ?? true));
  const swaps = instead ? all.filter((swap) => isToBeSettled(swap, { jobId, undo, instead })) : all;
  const previous: Assets = Object.fromEntries(
    swaps.map(({ name, previous }) => [name, Object.fromEntries(previous)]),
  );
  try {
    for (const { name, storage, target, selection } of swaps) {
      replaceAll(storage, target, selection);
      noteTakenOver(name, jobId, !undo);
    }
    return { ...previous, ...(await handToPage(assets, options)) };
  } catch (error) {
    putBack(swaps, { jobId, undo }, error);
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

/**
 * Whether a restore of an earlier page has left a storage otherwise than it is to be.
 *
 * Without a mark of that restore the storage has not taken over its content, or the browser has lost it, or the app has
 * cleared the storage since. So it is only given if something that it changes still is as it was.
 */
function isToBeSettled(
  { name, target, previous: current }: Swap,
  { jobId, undo, instead }: { jobId: string; undo: boolean; instead: RestoredAssets },
): boolean {
  if (hasTakenOver(name, jobId) !== undo) {
    return false;
  }
  const before: Record<string, unknown> | undefined = instead[name];
  if (undo || !before) {
    return true;
  }
  const changes = [...new Set([...target.keys(), ...Object.keys(before)])].filter((key) => target.get(key) !== before[key]);
  return changes.some((key) => current.get(key) === before[key]);
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
    return toPageAssets(before, '/previous');
  } catch (error) {
    // The callback has taken the assets over, and the worker will hear that it has not.
    await applyAssets(before as PageAssets);
    throw error;
  }
}

/** Config and files of the app, as the worker can keep them. */
function toPageAssets(given: PreviousPageAssets | undefined | void, path: string): Assets {
  const assets: Assets = {};
  if (given?.files) {
    assets.files = toBlobs(given.files);
  }
  if (given?.config !== undefined) {
    assertJson(given.config, `${path}/config`);
    assets.config = given.config;
  }
  return assets;
}

/** Every storage is put back, even when one of them refuses. */
function putBack(swaps: Swap[], { jobId, undo }: { jobId: string; undo: boolean }, reason: unknown): void {
  const failures: unknown[] = [];
  for (const { name, storage, previous, selection } of swaps) {
    try {
      replaceAll(storage, previous, selection);
      noteTakenOver(name, jobId, undo);
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

