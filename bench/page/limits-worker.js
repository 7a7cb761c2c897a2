// What the browser takes by itself: a worker that reads or puts all records and does nothing else.
import { TABLES, recordsAt } from './data.js';
import { endOf, openDatabase, putAll, readTable, recordOf } from './database.js';

const NAMES = TABLES.map(({ name }) => name);

const jobs = {
  /** Reads every table in one transaction, in turn or side by side. */
  async read(database, { sideBySide }) {
    const transaction = database.transaction(NAMES);
    if (sideBySide) await Promise.all(NAMES.map((name) => readTable(transaction, name)));
    else for (const name of NAMES) await readTable(transaction, name);
  },

  /** Puts every record in one transaction. */
  async put(database, { records }) {
    const transaction = database.transaction(NAMES, 'readwrite');
    for (const [name, list] of records) await putAll(transaction.objectStore(name), list.length, (i) => list[i]);
    await endOf(transaction);
  },
};

const prepare = {
  read: (options) => options,
  put: ({ scale }) => ({ records: TABLES.map((table) => [table.name, Array.from({ length: recordsAt(table, scale) }, (_, i) => recordOf(table, i))]) }),
};

let prepared;
onmessage = async ({ data: { job, database: name, options } }) => {
  if (prepared === undefined) {
    prepared = { database: await openDatabase(name), options: prepare[job](options) };
    postMessage('ready');
    return;
  }
  await jobs[job](prepared.database, prepared.options);
  prepared.database.close();
  postMessage('done');
};
