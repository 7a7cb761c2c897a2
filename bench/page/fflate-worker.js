// A worker has no import map: fflate stands where the site has it.
import { Zip, ZipDeflate } from '/npm/fflate/esm/browser.js';
import { TABLES } from './data.js';
import { SOURCE, openDatabase, readTable } from './database.js';
import { linesOf } from './lines.js';

let database;
let file;

async function prepare() {
  database = await openDatabase(SOURCE);
  const root = await navigator.storage.getDirectory();
  file = await (await root.getDirectoryHandle('bench', { create: true })).getFileHandle('fflate', { create: true });
}

async function run() {
  const output = await file.createSyncAccessHandle();
  output.truncate(0);
  const zip = new Zip((error, bytes) => {
    if (error) throw error;
    output.write(bytes);
  });
  const transaction = database.transaction(TABLES.map(({ name }) => name));
  for (const { name, keyPath } of TABLES) {
    const entry = new ZipDeflate(`${name}.ndjson`, { level: 6 });
    zip.add(entry);
    await readTable(transaction, name, (values, keys) => entry.push(linesOf(values, keys ?? values.map((value) => value[keyPath]))));
    entry.push(new Uint8Array(), true);
  }
  zip.end();
  output.flush();
  output.close();
  database.close();
  return file.getFile();
}

onmessage = async ({ data }) => {
  postMessage(data.prepare ? await prepare() : await run());
};
