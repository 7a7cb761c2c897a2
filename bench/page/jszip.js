// What people write by hand: getAll, JSON, a checksum by crypto.subtle, JSZip; and bulkAdd for the way back.
import { keep, kept } from './archives.js';
import { digestsOfDatabase, digestsOfRecords, jsonOf } from './check.js';
import { TABLES } from './data.js';
import { SOURCE, TARGET, removeDatabase } from './database.js';
import { open } from './dexie-export-import.js';

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const cases = [
  {
    name: 'getAll + JSZip',
    kind: 'backup',
    prepare: () => open(SOURCE),
    async run({ database }) {
      const zip = new JSZip();
      const checksums = {};
      for (const { name } of TABLES) {
        const table = database.table(name);
        const [keys, values] = await Promise.all([table.toCollection().primaryKeys(), table.toArray()]);
        const bytes = new TextEncoder().encode(JSON.stringify(values.map((value, i) => ({ key: keys[i], value }))));
        checksums[name] = hex(await crypto.subtle.digest('SHA-256', bytes));
        zip.file(`${name}.json`, bytes);
      }
      zip.file('checksums.json', JSON.stringify(checksums));
      return { output: await zip.generateAsync({ type: 'blob', compression: 'DEFLATE', compressionOptions: { level: 6 } }) };
    },
    digests: async ({ output }) => digestsOfRecords(await Promise.all(TABLES.map(async ({ name }) => [name, (await jsonOf(output, `${name}.json`)).map(({ value }) => value)]))),
    keep: ({ output }) => keep('jszip', output),
  },
  {
    name: 'restore: JSZip + bulkAdd',
    kind: 'restore',
    writes: true,
    async prepare() {
      await removeDatabase(TARGET);
      return { ...(await open(TARGET)), archive: await kept('jszip') };
    },
    async run({ database, archive }) {
      const zip = await JSZip.loadAsync(archive);
      const tables = await Promise.all(TABLES.map(async ({ name, keyPath }) => [name, keyPath, JSON.parse(await zip.file(`${name}.json`).async('string'))]));
      await database.transaction('rw', database.tables, async () => {
        for (const [name, keyPath, records] of tables) {
          const values = records.map(({ value }) => value);
          await database.table(name).bulkAdd(values, keyPath === null ? records.map(({ key }) => key) : undefined);
        }
      });
    },
    digests: () => digestsOfDatabase(TARGET),
    async clean({ database }) {
      database.close();
      await removeDatabase(TARGET);
    },
  },
];
