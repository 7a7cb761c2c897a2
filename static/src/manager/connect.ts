import type { BackupClient, PageAssets, PreviousPageAssets } from 'pos-backup';
import { ACTION_QUEUE, APP_VERSION, DATABASE_NAME, db } from '../db/tillDatabase';
import { shopDb } from '../db/shopDatabase';
import { parseShopConfig } from '../domain/shopConfig';
import { refreshEverything } from '../state/dataEpoch';
import { resumeUnsavedSales } from '../till/saleWriter';
import { announce } from '../ui/announce';
import { toDetails } from './failures';
import { changeManager } from './managerState';
import { recoveredTitle } from './texts';

let connecting: Promise<BackupClient> | null = null;

/** With `?debug` in the address, every message to and from the worker is written to the console. */
export const debugAsked = (): boolean => new URLSearchParams(location.search).has('debug');

/** The client; the app asks for it when it starts, as a restore that was cut off is then finished or undone. */
export function connectedClient(): Promise<BackupClient> {
  connecting ??= connect().catch((error: unknown) => {
    connecting = null;
    changeManager({ connection: { state: 'failed', error: toDetails(error) } });
    throw error;
  });
  return connecting;
}

/** Lets go of a client whose worker has failed; the next call of {@link connectedClient} begins anew. */
export async function disconnect(): Promise<void> {
  const old = connecting;
  connecting = null;
  changeManager({ connection: { state: 'none' } });
  await old?.then((client) => client.close()).catch(() => {});
}

async function connect(): Promise<BackupClient> {
  changeManager({ connection: { state: 'connecting' } });
  // The worker opens the till's database and must not find it missing.
  await db.open();
  const { BackupClient } = await import('pos-backup');
  const client = await BackupClient.connect(
    { database: DATABASE_NAME, actionQueue: ACTION_QUEUE, appVersion: APP_VERSION },
    { applyAssets, gatherAssets: currentAssets, debug: debugAsked() },
  );
  const tell = (): void => {
    const { capabilities, recovered, persisted } = client;
    changeManager({ connection: { state: 'ready', capabilities, recovered, persisted } });
  };
  client.addEventListener('persisted', tell);
  client.addEventListener('error', (event) => changeManager({ connection: { state: 'failed', error: event.detail.toDetails() } }));
  tell();
  changeManager({ undoable: client.undoable });
  if (client.recovered.restore) {
    refreshEverything();
    resumeUnsavedSales();
    announce(recoveredTitle(client.recovered.restore));
  }
  return client;
}

/** Takes over an archive's config and files in one transaction, and says what was there before. */
async function applyAssets({ config, files }: PageAssets): Promise<PreviousPageAssets> {
  const parsed = config === undefined || config === null ? config : parseShopConfig(config);
  const previous = await currentAssets();
  await shopDb.replace(parsed, files);
  return previous;
}

/** What a backup takes along besides the database and the web storages. */
export async function currentAssets(): Promise<{ config: unknown; files: Record<string, Blob> }> {
  const [config, files] = await Promise.all([shopDb.loadConfig(), shopDb.loadFiles()]);
  return { config: config ?? null, files };
}
