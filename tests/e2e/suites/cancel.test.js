// A cancel is heard at once, at any moment of any job, and leaves everything as it was.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { launchSuite } from '../lib/browser.js';

/** Of each of two tables: enough that a backup takes more than a second and a half. */
const SIZE = { rows: 30_000, scribbled: 700 };
const AT_ONCE_MS = 100;

describe('cancel', () => {
  let suite;
  let page;
  let untouched;

  before(async () => {
    suite = await launchSuite();
    page = await suite.openPage();
    untouched = await page.evaluate(async (size) => {
      await e2e.createOrders(size);
      localStorage.setItem('key', 'value');
      await e2e.connect();
      await e2e.backUp();
      // What a restore would undo; if it did not roll back, this would be gone.
      await shop.orders.update(7, { note: 'since the backup' });
      await shop.payments.delete('p-0000007');
      return e2e.state();
    }, SIZE);
  });
  after(() => suite?.close());
  // A test that fails must not take the others along.
  afterEach(() => page.evaluate(() => e2e.reconnect()));

  const unchanged = async () => assert.deepEqual(await page.evaluate(() => e2e.state()), untouched);

  /** Cancels a job in the page, and starts the next ones as soon as it has ended. */
  const run = (kind, when, argument) =>
    page.evaluate(
      async ([kind, when, argument]) => {
        const isTime = argument === undefined ? e2e[when] : e2e[when](argument);
        const seen = await e2e.cancelWhen(e2e.STARTS[kind], isTime);
        return { ...seen, next: await e2e.nextJobs() };
      },
      [kind, when, argument],
    );

  function assertCancelled(seen, { endMs = AT_ONCE_MS } = {}) {
    assert.equal(seen.code, 'CANCELLED');
    assert.equal(seen.end, 'CANCELLED');
    assert.ok(seen.toldMs < AT_ONCE_MS, `a status said so after ${seen.toldMs} ms`);
    assert.ok(seen.endMs < endMs, `cancelled after ${seen.endMs} ms`);
    const last = seen.statuses.at(-1);
    assert.deepEqual([last.status, last.phase], ['cancelled', 'ended']);
    assert.deepEqual(seen.next.errors, []);
    assert.deepEqual(seen.next.stored, [`db-pos/${seen.next.backupId}.zip`], 'only the next backup has left a file');
  }

  for (const percent of [10, 50, 90]) {
    test(`a backup at ${percent} %`, async (t) => {
      const seen = await run('backup', 'atProgress', percent / 100);
      t.diagnostic(`at ${(seen.cancelledAt * 100).toFixed(0)} %: told after ${seen.toldMs.toFixed(1)} ms, cancelled after ${seen.endMs.toFixed(1)} ms`);
      assertCancelled(seen);
      assert.ok(seen.cancelledAt < percent / 100 + 0.1, `cancelled at ${seen.cancelledAt}`);
      await unchanged();
    });

  }

  // With 98 % all is written and checked, the copy of what is replaced too, and the page is about to be asked.
  for (const percent of [10, 50, 90, 98]) {
    test(`a restore at ${percent} %`, async (t) => {
      const seen = await run('restore', 'atProgress', percent / 100);
      t.diagnostic(`at ${(seen.cancelledAt * 100).toFixed(0)} %: told after ${seen.toldMs.toFixed(1)} ms, cancelled after ${seen.endMs.toFixed(1)} ms`);
      // The browser's rollback takes its time.
      assertCancelled(seen, { endMs: 20_000 });
      assert.ok(seen.cancelledAt < percent / 100 + 0.1, `cancelled at ${seen.cancelledAt}`);
      // As little differs, it is compared until then.
      assert.equal(seen.statuses.some(({ phase }) => phase === 'rolling-back'), percent > 70, 'it had begun to write');
      await unchanged();
    });
  }

  for (const kind of ['backup', 'restore', 'verify', 'plan']) {
    test(`a ${kind} in the task that starts it`, async () => {
      assertCancelled(await run(kind, 'atOnce'));
      await unchanged();
    });

    test(`a ${kind} at its first status`, async () => {
      assertCancelled(await run(kind, 'atProgress', 0));
      await unchanged();
    });

    test(`a ${kind} while it checks the archive`, async () => {
      // A restore compares it at the same time.
      const seen = await run(kind, 'inPhase', kind === 'restore' ? 'planning' : 'checking');
      assertCancelled(seen);
      assert.ok(seen.statuses.every(({ phase }) => phase !== 'writing'));
      await unchanged();
    });
  }

  test('a verify of an archive of a thousand entries, in the task that starts it', async () => {
    const seen = await page.evaluate(async () => {
      const kept = archive;
      const noted = localStorage.getItem('backup_metadata');
      const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`file ${i}`, new Blob([`content ${i}`])]));
      const { file } = await client.createBackup({ tables: ['settings'], files }).result;
      globalThis.archive = new File([await file.arrayBuffer()], file.name);
      const seen = await e2e.cancelWhen(e2e.STARTS.verify, e2e.atOnce);
      globalThis.archive = kept;
      await e2e.nextJobs();
      localStorage.setItem('backup_metadata', noted);
      return seen;
    });
    assert.equal(seen.code, 'CANCELLED');
    assert.ok(seen.toldMs < AT_ONCE_MS, `a status said so after ${seen.toldMs} ms`);
    assert.ok(seen.endMs < AT_ONCE_MS, `cancelled after ${seen.endMs} ms`);
    await unchanged();
  });

  test('a restore while the page takes over config and files: it gets back what it had', async () => {
    const { seen, config, calls } = await page.evaluate(async () => {
      const kept = archive;
      const noted = localStorage.getItem('backup_metadata');
      const { file } = await client.createBackup({ tables: ['settings', 'actionQueue'], config: 'archived' }).result;
      globalThis.archive = file;
      let config = 'present';
      const calls = [];
      const applyAssets = async (assets) => {
        calls.push(assets.config);
        await e2e.sleep(300);
        const before = config;
        config = assets.config;
        return { config: before };
      };
      const seen = await e2e.cancelWhen((client) => client.restore(archive, { applyAssets }), e2e.inPhase('applying-assets'));
      globalThis.archive = kept;
      const next = await e2e.nextJobs();
      localStorage.setItem('backup_metadata', noted);
      return { seen: { ...seen, next }, config, calls };
    });
    assert.equal(seen.code, 'CANCELLED');
    assert.ok(seen.toldMs < AT_ONCE_MS, `a status said so after ${seen.toldMs} ms`);
    assert.deepEqual([config, calls], ['present', ['archived', 'present']]);
    assert.deepEqual(seen.next.errors, []);
    await unchanged();
  });

  for (const kind of ['backup', 'restore']) {
    test(`a ${kind} that waits for a writer`, async () => {
      const { seen, waited } = await page.evaluate(async (kind) => {
        let writing = true;
        const writer = shop.transaction('rw', shop.tables, async () => {
          while (writing) await shop.settings.get('key');
        });
        const seen = await e2e.cancelWhen(e2e.STARTS[kind], e2e.afterMs(3000));
        const waited = writing;
        writing = false;
        await writer;
        return { seen: { ...seen, next: await e2e.nextJobs() }, waited };
      }, kind);
      assert.ok(waited, 'the writer was still at it');
      assertCancelled(seen);
      await unchanged();
    });
  }

  test('cancelling twice is cancelling once', async () => {
    const { code, ends } = await page.evaluate(async () => {
      const ends = [];
      const listen = ({ detail: { message } }) => {
        if (message.type === 'CANCELLED' || (message.type === 'STATUS' && message.status.phase === 'ended')) ends.push(message.type);
      };
      client.addEventListener('message', listen);
      const job = client.createBackup();
      await e2e.sleep(200);
      // The client sends one CANCEL; a page that speaks to the worker itself may send more.
      job.cancel();
      job.cancel();
      const code = await job.result.catch((error) => error.code);
      await e2e.sleep(200);
      client.removeEventListener('message', listen);
      return { code, ends };
    });
    assert.equal(code, 'CANCELLED');
    assert.deepEqual(ends, ['STATUS', 'CANCELLED']);
    await unchanged();
  });

  test('cancelling a job that has ended does nothing', async () => {
    const { before, after } = await page.evaluate(async () => {
      const job = client.verify(archive);
      await job.result;
      const before = { ...job.status };
      job.cancel();
      await e2e.sleep(100);
      await client.inspect(archive).result;
      return { before, after: { ...job.status } };
    });
    assert.equal(before.status, 'completed');
    assert.deepEqual(after, before);
    await unchanged();
  });

  test('an AbortSignal cancels, also one that was aborted before', async () => {
    const codes = await page.evaluate(async () => {
      const late = new AbortController();
      const job = client.createBackup({ signal: late.signal });
      setTimeout(() => late.abort(), 300);
      const early = client.createBackup({ signal: AbortSignal.abort() });
      return Promise.all([job, early].map((job) => job.result.catch((error) => error.code)));
    });
    assert.deepEqual(codes, ['CANCELLED', 'CANCELLED']);
    await unchanged();
  });

  test('closing the client cancels what runs', async () => {
    const code = await page.evaluate(async () => {
      const job = client.restore(archive);
      await new Promise((begun) => job.addEventListener('status', ({ detail }) => detail.recordsDone > 0 && begun()));
      await client.close();
      const code = await job.result.catch((error) => error.code);
      await e2e.connect();
      return code;
    });
    assert.equal(code, 'CANCELLED');
    await unchanged();
  });

  test('after all of these a restore succeeds', async () => {
    const { error, note, deleted } = await page.evaluate(async () => {
      const { error } = await e2e.outcome(client.restore(archive));
      return { error, note: (await shop.orders.get(7)).note, deleted: await shop.payments.get('p-0000007') };
    });
    assert.equal(error, undefined);
    assert.equal(note, '');
    assert.ok(deleted);
  });
});
