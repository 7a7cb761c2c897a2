// pos-backup itself, by its client as an app uses it.
import { BackupClient } from '/client.js';
import { keep, kept } from './archives.js';
import { digestsOfDatabase, digestsOfLines } from './check.js';
import { SOURCE, TARGET, changeSome, createEmpty, removeDatabase } from './database.js';

/** A client of a database of the bench. */
export const connect = (database) => BackupClient.connect({ database, actionQueue: 'actionQueue', appVersion: '1.0.0' });

const recordsOfArchive = (blob) => digestsOfLines(
  blob,
  (name) => (name.startsWith('action-queue/') ? 'actionQueue' : /^database\/(\w+)\//.exec(name)?.[1]),
  ({ v }) => v,
);

/** Removes what was stored. */
export async function removeBackups() {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry('pos-backup', { recursive: true }).catch(() => {});
}

/** Follows a job to its end; answers when it turned from reading to checking what was written, in milliseconds after its start. */
export async function follow(job) {
  const start = performance.now();
  let checkingMs;
  job.addEventListener('status', ({ detail }) => {
    if (detail.phase === 'checking') checkingMs ??= performance.now() - start;
  });
  const result = await job.result;
  return { result, checkingMs };
}


const clean = async (client) => {
  client.close();
  await removeBackups();
};

function backup(consistency, more) {
  return {
    name: `backup, ${consistency}`,
    kind: 'backup',
    prepare: async () => ({ client: await connect(SOURCE) }),
    async run({ client }) {
      const { result, checkingMs } = await follow(client.createBackup({ consistency }));
      return { output: result.file, writtenMs: checkingMs };
    },
    digests: ({ output }) => recordsOfArchive(output),
    clean: ({ client }) => clean(client),
    ...more,
  };
}

/** A job on the archive that was kept. */
function job(name, kind, run, more) {
  return {
    name,
    kind,
    prepare: async () => ({ client: await connect(SOURCE), archive: await kept('pos-backup') }),
    async run({ client, archive }) {
      await run(client, archive).result;
    },
    clean: ({ client }) => clean(client),
    ...more,
  };
}

/** A restore over what is there, of which one in a hundred records is changed. */
function restoreSome(name, options) {
  return job(name, 'restore of little', (client, archive) => client.restore(archive, options), {
    writes: true,
    async prepare() {
      await changeSome(SOURCE, 100);
      return { client: await connect(SOURCE), archive: await kept('pos-backup') };
    },
    digests: () => digestsOfDatabase(SOURCE),
  });
}

export const cases = [
  backup('snapshot', { keep: ({ output }) => keep('pos-backup', output) }),
  backup('table'),
  backup('batch'),
  job('verify', 'verify', (client, archive) => client.verify(archive)),
  job('plan', 'plan', (client, archive) => client.planRestore(archive)),
  restoreSome('restore, 1 % changed', { safetyBackup: false }),
  restoreSome('restore, 1 % changed, with its undo', {}),
  job('restore, all', 'restore', (client, archive) => client.restore(archive, { anyDatabase: true }), {
    writes: true,
    async prepare() {
      await createEmpty(TARGET);
      return { client: await connect(TARGET), archive: await kept('pos-backup') };
    },
    digests: () => digestsOfDatabase(TARGET),
    async clean({ client }) {
      await clean(client);
      await removeDatabase(TARGET);
    },
  }),
];
