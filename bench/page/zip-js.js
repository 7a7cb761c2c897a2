// zip.js: each table a stream of NDJSON, all of them at once, compressed by its workers.
import { BlobWriter, TextReader, ZipWriter, configure } from '@zip.js/zip.js';
import { digestsOfLines } from './check.js';
import { TABLES } from './data.js';
import { SOURCE, openDatabase } from './database.js';
import { linesOf } from './lines.js';

/** Starts its workers, as ours are there before the time begins. */
async function startWorkers() {
  configure({ terminateWorkerTimeout: 600_000 });
  const zip = new ZipWriter(new BlobWriter(), { level: 6, bufferedWrite: true });
  await Promise.all(TABLES.map(({ name }) => zip.add(name, new TextReader('one line\n'.repeat(1000)))));
  await zip.close();
}

/** A table as a stream: a page of records is read once the one before has been taken. */
function streamOf(database, { name, keyPath }) {
  let after;
  return new ReadableStream({
    async pull(controller) {
      // A transaction does not outlive a stream's waiting, so each page has its own.
      const [values, keys] = await nextPage(database, name, keyPath, after);
      if (values.length > 0) controller.enqueue(linesOf(values, keys));
      after = keys.at(-1);
      if (values.length < PAGE_RECORDS) controller.close();
    },
  });
}

const PAGE_RECORDS = 1000;

function nextPage(database, name, keyPath, after) {
  const range = after === undefined ? undefined : IDBKeyRange.lowerBound(after, true);
  const store = database.transaction(name).objectStore(name);
  return new Promise((resolve, reject) => {
    const keys = keyPath === null ? store.getAllKeys(range, PAGE_RECORDS) : null;
    const values = store.getAll(range, PAGE_RECORDS);
    values.onerror = () => reject(values.error);
    values.onsuccess = () => resolve([values.result, keys === null ? values.result.map((value) => value[keyPath]) : keys.result]);
  });
}

export const cases = [
  {
    name: 'zip.js, in parallel',
    kind: 'backup',
    async prepare() {
      await startWorkers();
      return { database: await openDatabase(SOURCE) };
    },
    async run({ database }) {
      const zip = new ZipWriter(new BlobWriter('application/zip'), { level: 6, bufferedWrite: true });
      await Promise.all(TABLES.map((table) => zip.add(`${table.name}.ndjson`, streamOf(database, table))));
      return { output: await zip.close() };
    },
    digests: ({ output }) => digestsOfLines(output, (name) => name.replace('.ndjson', ''), ({ value }) => value),
    clean: ({ database }) => database.close(),
  },
];
