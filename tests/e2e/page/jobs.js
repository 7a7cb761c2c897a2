// Runs jobs and says how they went, in values that can leave the page.
import { BackupClient } from '../client.js';

export const CONFIG = { database: 'pos', actionQueue: 'actionQueue', appVersion: '2.3.0' };

/** Connects; `client` is then there for the tests of this page. */
export async function connect(config = {}, options = {}) {
  globalThis.client = await BackupClient.connect({ ...CONFIG, ...config }, options);
  return { capabilities: globalThis.client.capabilities, recovered: globalThis.client.recovered };
}

/** A new client in place of the old one. */
export async function reconnect() {
  await globalThis.client?.close();
  return connect();
}

/** A BackupError as plain data. */
export function details(error) {
  if (typeof error?.toDetails !== 'function') {
    return { code: 'NOT_A_BACKUP_ERROR', message: String(error?.stack ?? error) };
  }
  return error.toDetails();
}

/** Waits for a job: `{ result }` or `{ error }`, and all its statuses. */
export async function outcome(job) {
  const statuses = [];
  job.addEventListener('status', ({ detail }) => statuses.push(detail));
  try {
    return { result: await job.result, statuses };
  } catch (error) {
    return { error: details(error), statuses };
  }
}

/** The archive of a new backup; it stays in the page as `archive`. */
export async function backUp(options = {}) {
  const { result, error } = await outcome(globalThis.client.createBackup(options));
  if (error) throw new Error(JSON.stringify(error));
  globalThis.archive = result.file;
  const { file, ...rest } = result;
  return { ...rest, name: file.name, type: file.type, size: file.size };
}

/** Bytes as base64, the way out of the page; the way in is `fromBase64`. */
export async function toBase64(blob) {
  const url = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  return url.slice(url.indexOf(',') + 1);
}

export async function fromBase64(text) {
  return (await fetch(`data:application/zip;base64,${text}`)).blob();
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
