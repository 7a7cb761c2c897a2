// What came of a case, as digests of each table. Archives are read by zip.js, whoever wrote them.
import { BlobReader, ZipReader } from '@zip.js/zip.js';
import { Digest, TABLES } from './data.js';
import { openDatabase, readTable } from './database.js';

class Digests {
  #tables = Object.fromEntries(TABLES.map(({ name }) => [name, new Digest()]));

  add(table, record) {
    this.#tables[table].add(JSON.stringify(record));
  }

  /** Plain objects: they cross from the page to Node. */
  all() {
    return Object.fromEntries(Object.entries(this.#tables).map(([name, digest]) => [name, { ...digest }]));
  }
}

/** The digests of a database's tables. */
export async function digestsOfDatabase(name) {
  const database = await openDatabase(name);
  const digests = new Digests();
  for (const table of database.objectStoreNames) {
    await readTable(database.transaction(table), table, (values) => values.forEach((value) => digests.add(table, value)));
  }
  database.close();
  return digests.all();
}

/** Calls `each` with every line of an entry. */
async function lines(entry, each) {
  const { readable, writable } = new TextDecoderStream();
  const written = entry.getData(writable);
  let rest = '';
  for await (const text of readable) {
    const parts = (rest + text).split('\n');
    rest = parts.pop();
    parts.forEach(each);
  }
  if (rest !== '') each(rest);
  await written;
}

/** The digests of the NDJSON in a ZIP. `tableOf` says of an entry's name which table it belongs to, `recordOf` what a line holds. */
export async function digestsOfLines(blob, tableOf, recordOf) {
  const digests = new Digests();
  for (const entry of await new ZipReader(new BlobReader(blob)).getEntries()) {
    const table = tableOf(entry.filename);
    if (table !== undefined) await lines(entry, (line) => digests.add(table, recordOf(JSON.parse(line))));
  }
  return digests.all();
}

/** The JSON that an entry of a ZIP holds. */
export async function jsonOf(blob, name) {
  const entries = await new ZipReader(new BlobReader(blob)).getEntries();
  const { readable, writable } = new TransformStream();
  const [json] = await Promise.all([new Response(readable).json(), entries.find(({ filename }) => filename === name).getData(writable)]);
  return json;
}

/** The digests of records in memory, by table. */
export function digestsOfRecords(tables) {
  const digests = new Digests();
  for (const [table, records] of tables) records.forEach((record) => digests.add(table, record));
  return digests.all();
}
