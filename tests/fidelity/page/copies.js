// Large bytes that many records hold: an archive has them once.
import { noise } from '../values/binaries.js';
import { difference } from './difference.js';
import { backUp, wipeAndRestore } from './round-trip.js';
import { clear, get, open, put } from './store.js';

const COPIES = 50;
const BYTES = 300 * 1024;

/**
 * Puts the same bytes into many records, as Blobs, Files and buffers in turn, and brings them back.
 *
 * @returns {Promise<{ archive: string, lost: string | null }>} the archive in base64, and what is lost, if anything
 */
export async function fiftyTimesTheSame() {
  const database = await open();
  await clear(database);
  const bytes = noise(BYTES, 50);
  const kinds = [
    (i) => ({ i, picture: new Blob([bytes], { type: 'image/png' }) }),
    (i) => new File([bytes], `${i}.png`, { lastModified: i }),
    () => bytes,
  ];
  const values = Array.from({ length: COPIES }, (_, i) => kinds[i % kinds.length](i));
  for (const [i, value] of values.entries()) await put(database, String(i), value);
  const { file } = await backUp();
  const archive = await base64(file);
  await wipeAndRestore(database, file);
  let lost = null;
  for (const [i, value] of values.entries()) lost ??= await difference(value, (await get(database, String(i))).value);
  await clear(database);
  database.close();
  return { archive, lost };
}

async function base64(blob) {
  const reader = new FileReader();
  const loaded = new Promise((resolve) => (reader.onload = resolve));
  reader.readAsDataURL(blob);
  await loaded;
  return reader.result.slice(reader.result.indexOf(',') + 1);
}
