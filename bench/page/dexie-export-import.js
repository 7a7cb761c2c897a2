// dexie-export-import, as its README shows it, and with JSZip around what it makes.
import Dexie from 'dexie';
import { exportDB, importInto } from 'dexie-export-import';
import { keep, kept } from './archives.js';
import { digestsOfDatabase, digestsOfRecords, jsonOf } from './check.js';
import { dexieSchema } from './data.js';
import { SOURCE, TARGET, removeDatabase } from './database.js';

/** A database as an app opens it. */
export async function open(name) {
  const database = new Dexie(name, { cache: 'disabled' });
  database.version(1).stores(dexieSchema());
  return { database: await database.open() };
}

/** A row without what it says of its types: that arrays are arrays, in these data. */
function plain(row) {
  const { $types, ...rest } = row;
  return $types === undefined ? row : (rest.$ ?? rest);
}

const recordsOfExport = ({ data }) => digestsOfRecords(data.data.map(({ tableName, inbound, rows }) => [tableName, rows.map(plain).map((row) => (inbound ? row : row[1]))]));

export const cases = [
  {
    name: 'dexie-export-import',
    kind: 'backup',
    prepare: () => open(SOURCE),
    run: async ({ database }) => ({ output: await exportDB(database) }),
    digests: async ({ output }) => recordsOfExport(JSON.parse(await output.text())),
    keep: ({ output }) => keep('dexie-export-import', output),
  },
  {
    name: 'dexie-export-import + JSZip',
    kind: 'backup',
    prepare: () => open(SOURCE),
    async run({ database }) {
      const zip = new JSZip();
      zip.file('export.json', await exportDB(database));
      return { output: await zip.generateAsync({ type: 'blob', compression: 'DEFLATE', compressionOptions: { level: 6 } }) };
    },
    digests: async ({ output }) => recordsOfExport(await jsonOf(output, 'export.json')),
  },
  {
    name: 'restore: dexie-export-import',
    kind: 'restore',
    writes: true,
    async prepare() {
      await removeDatabase(TARGET);
      return { ...(await open(TARGET)), archive: await kept('dexie-export-import') };
    },
    run: ({ database, archive }) => importInto(database, archive, { acceptNameDiff: true }),
    digests: () => digestsOfDatabase(TARGET),
    async clean({ database }) {
      database.close();
      await removeDatabase(TARGET);
    },
  },
];
