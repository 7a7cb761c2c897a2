// fflate: streams in a worker, written to a file at once.
import { digestsOfLines } from './check.js';
import { startWorker } from './workers.js';

export const cases = [
  {
    name: 'fflate, in a worker',
    kind: 'backup',
    async prepare() {
      const worker = startWorker('./fflate-worker.js');
      await worker.ask({ prepare: true });
      return { worker };
    },
    async run({ worker }) {
      const output = await worker.ask({ run: true });
      worker.end();
      return { output };
    },
    digests: ({ output }) => digestsOfLines(output, (name) => name.replace('.ndjson', ''), ({ value }) => value),
  },
];
