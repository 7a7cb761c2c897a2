// The limits: what no tool can be faster than.
import { SOURCE, TARGET, createEmpty, removeDatabase } from './database.js';
import { digestsOfDatabase } from './check.js';
import { startWorker } from './workers.js';

/** A case that runs a job of the bare worker. */
function limit(name, job, database, options, more) {
  return {
    name,
    kind: 'limit',
    async prepare({ scale }) {
      if (database === TARGET) await createEmpty(TARGET);
      const worker = startWorker('./limits-worker.js');
      await worker.ask({ job, database, options: { ...options, scale } });
      return { worker, job };
    },
    async run({ worker, job }) {
      await worker.ask({ job });
      worker.end();
    },
    ...more,
  };
}

export const cases = [
  limit('read in turn', 'read', SOURCE, { sideBySide: false }),
  limit('read side by side', 'read', SOURCE, { sideBySide: true }),
  limit('put', 'put', TARGET, {}, {
    writes: true,
    digests: () => digestsOfDatabase(TARGET),
    clean: () => removeDatabase(TARGET),
  }),
];
