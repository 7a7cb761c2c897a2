// The bench's page: `bench` holds what the bench asks of it.
import { digestsOfDatabase } from './check.js';
import { SOURCE, fill, removeDatabase } from './database.js';
import { cases as dexieExportImport } from './dexie-export-import.js';
import { cases as fflate } from './fflate.js';
import { cases as jszip } from './jszip.js';
import { cases as limits } from './limits.js';
import { cases as posBackup } from './pos-backup.js';
import { startTicker } from './ticker.js';
import * as waiting from './waiting.js';
import { cases as zipJs } from './zip-js.js';

// In this order: a backup's archive is what its restore takes.
const CASES = [...limits, ...posBackup, ...zipJs, ...fflate, ...jszip, ...dexieExportImport];

let current;

globalThis.bench = {
  ...waiting,

  /** Every case: its name, its kind, and whether it writes to a database. */
  cases: () => CASES.map(({ name, kind, writes = false }) => ({ name, kind, writes })),

  /** Makes the data, whatever was there. */
  async prepareData(scale) {
    await removeDatabase(SOURCE);
    await fill(SOURCE, scale);
  },

  digests: () => digestsOfDatabase(SOURCE),

  /** Makes a case ready to be measured. */
  async prepare(name, options) {
    const found = CASES.find((each) => each.name === name);
    current = { ...found, state: await found.prepare?.(options) };
  },

  /** Runs it. Milliseconds, of the whole and of the main thread's gaps. */
  async run() {
    const ticker = startTicker();
    const start = performance.now();
    const { output, ...more } = (await current.run(current.state)) ?? {};
    const ms = performance.now() - start;
    current.state = { ...current.state, output };
    return { ms, outputBytes: output?.size, ...ticker.stop(), ...more };
  },

  /** What came of it, keeps what others need, and takes the rest away. */
  async finish() {
    const digests = await current.digests?.(current.state);
    await current.keep?.(current.state);
    await current.clean?.(current.state);
    current = undefined;
    return digests;
  },
};
