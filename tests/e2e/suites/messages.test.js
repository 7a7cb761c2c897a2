// The wire: what the worker says, what it refuses, and that it survives it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchSuite } from '../lib/browser.js';

const PER_SECOND = 20;

/** The keys that each event may have, in the protocol's words; `?` marks those that may be absent. */
const KEYS = {
  LOADED: ['type', 'protocolVersion'],
  READY: ['type', 'protocolVersion', 'capabilities', 'recovered'],
  STATUS: ['type', 'jobId', 'status'],
  APPLY_ASSETS: ['type', 'jobId', 'assets'],
  DONE: ['type', 'jobId', 'result'],
  FAILED: ['type', 'jobId', 'error'],
  CANCELLED: ['type', 'jobId'],
};
const STATUS_KEYS = ['id', 'status', 'progress', 'message', 'timestamp', 'phase', 'recordsDone', 'recordsTotal', 'bytesDone'];
const STATUS_KEYS_OR_NOT = ['table', 'bytesTotal', 'etaMs', 'metadata', 'error'];
const STATUSES = ['pending', 'in-progress', 'validating', 'restoring', 'completed', 'failed', 'cancelled'];
const ERROR_KEYS = ['code', 'message', 'hint', 'context', 'retryable'];

describe('messages', () => {
  let suite;
  let page;

  before(async () => {
    suite = await launchSuite();
    page = await suite.openPage();
    await page.evaluate(async () => {
      await e2e.createOrders({ rows: 100 });
      globalThis.raw = await e2e.ready(e2e.CONFIG);
      globalThis.unchanged = JSON.stringify(await e2e.state());
    });
  });
  after(() => suite?.close());

  const assertAlive = async () => {
    assert.equal(await page.evaluate(() => raw.lives()), true, 'the worker lives on');
    assert.equal(await page.evaluate(async () => JSON.stringify(await e2e.state()) === unchanged), true, 'nothing has changed');
  };

  test('LOADED comes first, unasked, and READY answers INIT', async () => {
    const events = await page.evaluate(async () => {
      const worker = new e2e.RawWorker();
      await worker.next('LOADED');
      await e2e.sleep(100);
      const first = worker.events.length;
      await worker.ask({ type: 'INIT', config: e2e.CONFIG }, 'READY');
      worker.end();
      return { first, events: worker.events.map(({ receivedAt: _, ...event }) => event) };
    });
    assert.equal(events.first, 1);
    assert.deepEqual(events.events, [
      { type: 'LOADED', protocolVersion: 1 },
      { type: 'READY', protocolVersion: 1, capabilities: { opfs: true, locks: true }, recovered: { removedPartFiles: [] } },
    ]);
  });

  const COMMANDS = {
    CREATE_BACKUP: '{ type: "CREATE_BACKUP", jobId: "j" }',
    PLAN_RESTORE: '{ type: "PLAN_RESTORE", jobId: "j", source: new Blob([]) }',
    RESTORE: '{ type: "RESTORE", jobId: "j", source: new Blob([]) }',
    VERIFY: '{ type: "VERIFY", jobId: "j", source: new Blob([]) }',
    INSPECT: '{ type: "INSPECT", jobId: "j", source: { backupId: "x" } }',
  };
  for (const [type, command] of Object.entries(COMMANDS)) {
    test(`${type} before INIT`, async () => {
      const event = await page.evaluate(async (command) => {
        const worker = new e2e.RawWorker();
        await worker.next('LOADED');
        const event = await worker.ask((0, eval)(`(${command})`), 'FAILED');
        worker.end();
        return event;
      }, command);
      assert.deepEqual([event.jobId, event.error.code], ['j', 'NOT_INITIALIZED']);
    });
  }

  /** message → the path of the field that is wrong with it; the job it names, if it does. */
  const malformed = {
    'null': ['null'],
    'a string': ['"CREATE_BACKUP"'],
    'a number': ['7'],
    'an array': ['[{ type: "VERIFY" }]'],
    'undefined': ['undefined'],
    'a Blob': ['new Blob(["x"])', '/type'],
    'a Date': ['new Date(0)'],
    'an object without type': ['{ jobId: "j" }', '/type', 'j'],
    'an empty object': ['{}', '/type'],
    'an unknown type': ['{ type: "DELETE_EVERYTHING", jobId: "j" }', '/type', 'j'],
    'a type in lower case': ['{ type: "verify", jobId: "j", source: new Blob([]) }', '/type', 'j'],
    'a type that is no string': ['{ type: 5, jobId: "j" }', '/type', 'j'],
    'an event': ['{ type: "DONE", jobId: "j", result: {} }', '/type', 'j'],
    'a BigInt': ['{ type: "VERIFY", jobId: "j", source: new Blob([]), options: { a: 1n } }', undefined, 'j'],
    'a cycle': ['(() => { const message = { type: "VERIFY" }; message.self = message; return message; })()'],
    'no jobId': ['{ type: "CREATE_BACKUP" }', '/jobId'],
    'no jobId of a CANCEL': ['{ type: "CANCEL" }', '/jobId'],
    'a jobId that is a number': ['{ type: "CREATE_BACKUP", jobId: 7 }', '/jobId'],
    'an empty jobId': ['{ type: "CREATE_BACKUP", jobId: "" }', '/jobId', ''],
    'a jobId that is too long': ['{ type: "CREATE_BACKUP", jobId: "j".repeat(201) }', '/jobId', 'j'.repeat(201)],
    'a field too many': ['{ type: "CREATE_BACKUP", jobId: "j", fast: true }', '/fast', 'j'],
    'a field too many of CANCEL': ['{ type: "CANCEL", jobId: "j", now: true }', '/now', 'j'],
    'no config': ['{ type: "INIT" }', '/config'],
    'a config without database': ['{ type: "INIT", config: { appVersion: "1" } }', '/config/database'],
    'a config with a field too many': ['{ type: "INIT", config: { database: "pos", appVersion: "1", retention: 5 } }', '/config/retention'],
    'a schemaVersion that is no version': ['{ type: "INIT", config: { database: "pos", appVersion: "1", schemaVersion: -1 } }', '/config/schemaVersion'],
    'an option of a backup that is unknown': ['{ type: "CREATE_BACKUP", jobId: "j", options: { encrypt: true } }', '/options/encrypt', 'j'],
    'a consistency that is unknown': ['{ type: "CREATE_BACKUP", jobId: "j", options: { consistency: "eventual" } }', '/options/consistency', 'j'],
    'tables that are no list': ['{ type: "CREATE_BACKUP", jobId: "j", options: { tables: "orders" } }', '/options/tables', 'j'],
    'tables that are no strings': ['{ type: "CREATE_BACKUP", jobId: "j", options: { tables: ["orders", 5] } }', '/options/tables/1', 'j'],
    'options that are none': ['{ type: "CREATE_BACKUP", jobId: "j", options: 5 }', '/options', 'j'],
    'an option of a restore that is unknown': ['{ type: "RESTORE", jobId: "j", source: new Blob([]), options: { force: true } }', '/options/force', 'j'],
    'anyDatabase that is no boolean': ['{ type: "RESTORE", jobId: "j", source: new Blob([]), options: { anyDatabase: 1 } }', '/options/anyDatabase', 'j'],
    'an option of a check that is unknown': ['{ type: "VERIFY", jobId: "j", source: new Blob([]), options: { deep: true } }', '/options/deep', 'j'],
    'an asset that is unknown': ['{ type: "CREATE_BACKUP", jobId: "j", assets: { cookies: {} } }', '/assets/cookies', 'j'],
    'a file that is none': ['{ type: "CREATE_BACKUP", jobId: "j", assets: { files: { "a.txt": "text" } } }', '/assets/files/a.txt', 'j'],
    'a localStorage that holds numbers': ['{ type: "CREATE_BACKUP", jobId: "j", assets: { localStorage: { a: 1 } } }', '/assets/localStorage', 'j'],
    'no source': ['{ type: "RESTORE", jobId: "j" }', '/source', 'j'],
    'a source that is a string': ['{ type: "RESTORE", jobId: "j", source: "backup.zip" }', '/source', 'j'],
    'a source that is an ArrayBuffer': ['{ type: "RESTORE", jobId: "j", source: new ArrayBuffer(8) }', '/source', 'j'],
    'a source that is null': ['{ type: "VERIFY", jobId: "j", source: null }', '/source', 'j'],
    'a source without backupId': ['{ type: "VERIFY", jobId: "j", source: {} }', '/source', 'j'],
    'a backupId that is a number': ['{ type: "VERIFY", jobId: "j", source: { backupId: 7 } }', '/source', 'j'],
    'a source that names the wire\'s own placeholder': ['{ type: "VERIFY", jobId: "j", source: { $handle: 0 } }', '/source', 'j'],
  };
  for (const [name, [message, path, jobId = null]] of Object.entries(malformed)) {
    test(`refused: ${name}`, async () => {
      const event = await page.evaluate(async (message) => {
        const { receivedAt: _, ...event } = await raw.ask((0, eval)(`(${message})`), 'FAILED');
        return event;
      }, message);
      assert.deepEqual(Object.keys(event), KEYS.FAILED);
      assert.deepEqual(Object.keys(event.error), ERROR_KEYS);
      assert.equal(event.error.code, 'INVALID_MESSAGE', JSON.stringify(event));
      assert.equal(event.error.context.path, path, JSON.stringify(event));
      assert.equal(event.jobId, jobId);
      await assertAlive();
    });
  }

  /** From here on with so much data that a job has something to say. */
  test('INIT may come again, and then means another database', async () => {
    const kind = await page.evaluate(async () => {
      await e2e.createOrders({ name: 'large', rows: 12_000, scribbled: 400 });
      const { type } = await raw.ask({ type: 'INIT', config: { ...e2e.CONFIG, database: 'large' } }, 'READY');
      const { result } = await raw.ask({ type: 'CREATE_BACKUP', jobId: 'large' }, 'DONE');
      globalThis.archive = result.file;
      return [type, result.metadata.database];
    });
    assert.deepEqual(kind, ['READY', 'large']);
  });

  test('a second job of the same id is refused, the first goes on', async () => {
    const { events, refused } = await page.evaluate(async () => {
      const skip = raw.events.length;
      raw.post({ type: 'CREATE_BACKUP', jobId: 'twin' });
      raw.post({ type: 'VERIFY', jobId: 'twin', source: new Blob([]) });
      const refused = await raw.next('FAILED', { skip });
      await raw.next('DONE', { skip });
      return { refused, events: raw.events.slice(skip).map(({ type }) => type) };
    });
    // It names no job: the one of that id has not failed.
    assert.deepEqual([refused.jobId, refused.error.code, refused.error.context.path], [null, 'INVALID_MESSAGE', '/jobId']);
    assert.equal(events.filter((type) => type === 'DONE').length, 1);
  });

  test('CANCEL of a job that is unknown says nothing', async () => {
    const said = await page.evaluate(async () => {
      const skip = raw.events.length;
      raw.post({ type: 'CANCEL', jobId: 'nobody' });
      raw.post({ type: 'ASSETS_APPLIED', jobId: 'nobody' });
      await e2e.sleep(200);
      return raw.events.slice(skip);
    });
    assert.deepEqual(said, []);
  });

  test('three CANCELs of one job are one', async () => {
    const types = await page.evaluate(async () => {
      const skip = raw.events.length;
      raw.post({ type: 'CREATE_BACKUP', jobId: 'thrice' });
      await e2e.sleep(100);
      for (let i = 0; i < 3; i += 1) raw.post({ type: 'CANCEL', jobId: 'thrice' });
      await raw.next('CANCELLED', { skip });
      await e2e.sleep(200);
      return raw.events.slice(skip).map(({ type, status }) => status?.phase ?? type);
    });
    assert.deepEqual(types.slice(types.indexOf('cancelling')), ['cancelling', 'ended', 'CANCELLED']);
  });

  for (const kind of ['backup', 'verify', 'plan', 'restore', 'inspect']) {
    test(`a ${kind}: nothing but the protocol's objects, at most ${PER_SECOND} updates a second, and never backwards`, async (t) => {
      const { events, fileIsFile, assetsAre } = await page.evaluate(async (kind) => {
        const skip = raw.events.length;
        const source = archive;
        const command = {
          backup: { type: 'CREATE_BACKUP', assets: { localStorage: { a: 'b' }, files: { 'logo.png': new Blob(['logo']) }, config: { a: [1] } } },
          verify: { type: 'VERIFY', source },
          plan: { type: 'PLAN_RESTORE', source },
          restore: { type: 'RESTORE', source },
          inspect: { type: 'INSPECT', source },
        }[kind];
        raw.post({ ...command, jobId: `wire ${kind}` });
        let assetsAre;
        if (kind === 'restore') {
          const { assets } = await raw.next('APPLY_ASSETS', { skip, timeoutMs: 60_000 });
          assetsAre = [assets.localStorage, assets.config, await assets.files['logo.png'].text(), Object.keys(assets)];
          raw.post({ type: 'ASSETS_APPLIED', jobId: `wire ${kind}`, previous: {} });
        }
        const done = await raw.next('DONE', { skip, timeoutMs: 60_000 });
        if (kind === 'backup') globalThis.archive = done.result.file;
        return { events: raw.events.slice(skip), fileIsFile: done.result.file instanceof File, assetsAre };
      }, kind);
      for (const event of events) {
        const { receivedAt: _, ...sent } = event;
        assert.deepEqual(Object.keys(sent), KEYS[event.type]);
      }
      if (kind === 'backup') assert.ok(fileIsFile);
      if (kind === 'restore') assert.deepEqual(assetsAre, [{ a: 'b' }, { a: [1] }, 'logo', ['localStorage', 'files', 'config']]);

      const updates = events.filter(({ type }) => type === 'STATUS');
      for (const { jobId, status } of updates) {
        const keys = Object.keys(status);
        assert.deepEqual(STATUS_KEYS.filter((key) => !keys.includes(key)), []);
        assert.deepEqual(keys.filter((key) => ![...STATUS_KEYS, ...STATUS_KEYS_OR_NOT].includes(key)), []);
        assert.equal(status.id, jobId);
        assert.ok(STATUSES.includes(status.status));
        assert.ok(status.recordsDone <= status.recordsTotal, `${status.recordsDone} of ${status.recordsTotal}`);
        if (status.bytesTotal !== undefined) assert.ok(status.bytesDone <= status.bytesTotal);
      }
      assert.equal(updates[0].status.status, 'pending');
      for (let i = 1; i < updates.length; i += 1) {
        assert.ok(updates[i].status.progress >= updates[i - 1].status.progress);
        assert.ok(updates[i].status.timestamp >= updates[i - 1].status.timestamp);
      }
      const last = updates.at(-1).status;
      assert.deepEqual([last.status, last.phase, last.progress], ['completed', 'ended', 1]);
      assert.deepEqual(events.slice(-2).map(({ type }) => type), ['STATUS', 'DONE'], 'the last update comes right before the end');

      const sentAt = updates.map(({ status }) => status.timestamp);
      const most = Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + 1000).length));
      t.diagnostic(`${updates.length} updates in ${(sentAt.at(-1) - sentAt[0]).toFixed(0)} ms, at most ${most} within a second`);
      assert.ok(most <= PER_SECOND, `${most} updates within a second`);
    });
  }

  test('a failed job ends with a status that says why', async () => {
    const events = await page.evaluate(async () => {
      const skip = raw.events.length;
      raw.post({ type: 'VERIFY', jobId: 'fails', source: new Blob(['no archive']) });
      await raw.next('FAILED', { skip });
      return raw.events.slice(skip).map(({ receivedAt: _, ...event }) => event);
    });
    const [{ status }, failed] = events.slice(-2);
    assert.deepEqual([status.status, status.phase, status.error], ['failed', 'ended', failed.error]);
    assert.equal(failed.error.code, 'NOT_AN_ARCHIVE');
  });

  test('a page that never answers APPLY_ASSETS with what it should still gets an answer', async () => {
    const { error, counts } = await page.evaluate(async () => {
      const skip = raw.events.length;
      raw.post({ type: 'RESTORE', jobId: 'refusing', source: archive });
      await raw.next('APPLY_ASSETS', { skip, timeoutMs: 60_000 });
      raw.post({ type: 'ASSETS_APPLIED', jobId: 'refusing', previous: 5 });
      raw.post({ type: 'ASSETS_APPLIED', jobId: 'refusing', error: 'no space' });
      const failures = [];
      for (let i = 0; failures.length < 2; i = raw.events.length) {
        await e2e.sleep(20);
        failures.push(...raw.events.slice(skip).filter(({ type }) => type === 'FAILED').slice(failures.length));
      }
      return { error: failures.map(({ error }) => [error.code, error.context.path, error.context.found]), counts: await shop.orders.count() };
    });
    assert.equal(error[0][0], 'INVALID_MESSAGE');
    assert.match(error[0][1], /^\/previous/);
    assert.deepEqual([error[1][0], error[1][2]], ['ASSETS_NOT_APPLIED', 'no space']);
    assert.equal(counts, 12_000);
  });
});
