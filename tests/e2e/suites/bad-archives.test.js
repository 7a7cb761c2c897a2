// Archives that are damaged, altered or not for this database are refused, and change nothing.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { altered, entries, pull, push, zip } from '../lib/archive.js';
import { launchSuite } from '../lib/browser.js';

const TRUNCATIONS = 50;
const FLIPS = 200;
/** Every so many of them are restored too. */
const RESTORED_OF_TRUNCATIONS = 5;
const RESTORED_OF_FLIPS = 20;

/** What may be said of an archive that is damaged at any place. */
const DAMAGE = new Set([
  'NOT_AN_ARCHIVE', 'ARCHIVE_TRUNCATED', 'ARCHIVE_DAMAGED', 'ENTRY_NAME_INVALID', 'ENTRY_DUPLICATE', 'ENTRY_MISSING',
  'ENTRY_UNEXPECTED', 'CHECKSUM_MISMATCH', 'MANIFEST_INVALID', 'METADATA_INVALID', 'SCHEMA_INVALID', 'RECORD_INVALID', 'FORMAT_TOO_NEW',
]);

/** `count` places, evenly over `length`. */
const places = (count, length) => Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));

describe('bad archives', () => {
  let suite;
  let page;
  let original;
  let untouched;

  before(async () => {
    suite = await launchSuite();
    page = await suite.openPage();
    untouched = await page.evaluate(async () => {
      await e2e.createShop({ rows: 12 });
      // Large values say no more here than small ones.
      await shop.products.filter(({ name }) => ['a megabyte', 'very many names', 'a map of many'].includes(name)).delete();
      await shop.settings.clear();
      await shop.settings.put(new Map([['key', new Date(5)]]), ['a', new Date(7)]);
      localStorage.setItem('key', 'value');
      await e2e.connect();
      await e2e.backUp({ config: { taxRate: 0.19 }, files: { 'logo.png': new Blob(['logo']) } });
      await shop.log.clear();
      return e2e.state();
    });
    original = await pull(page);
    await push(page, original, 'original');
  });
  after(() => suite?.close());

  const unchanged = async () => assert.deepEqual(await page.evaluate(() => e2e.state()), untouched);

  test('the archive itself is whole, packed by us and packed anew', async () => {
    assert.deepEqual(await page.evaluate(() => e2e.errorsOf(original)), { verify: null });
    await push(page, zip(entries(original)));
    const { report, plan } = await page.evaluate(async () => ({ report: await client.verify(archive).result, plan: await client.planRestore(archive).result }));
    assert.equal(report.sealed, false);
    assert.equal(plan.warnings.length, 1);
    await push(page, altered(original, {}));
    assert.deepEqual(await page.evaluate(() => e2e.errorsOf(archive)), { verify: null });
  });

  describe('truncated', () => {
    for (const i of places(TRUNCATIONS, TRUNCATIONS)) {
      const restore = i % RESTORED_OF_TRUNCATIONS === 0;
      test(`after ${i}/${TRUNCATIONS} of its bytes${restore ? ', restored too' : ''}`, async () => {
        const length = places(TRUNCATIONS, original.length)[i];
        const errors = await page.evaluate(([length, restore]) => e2e.errorsOf(e2e.cut(original, length), { restore }), [length, restore]);
        for (const [job, error] of Object.entries(errors)) {
          // Without its first bytes it could be anything.
          assert.equal(error?.code, length < 4 ? 'NOT_AN_ARCHIVE' : 'ARCHIVE_TRUNCATED', `${job}: ${JSON.stringify(error)}`);
        }
        await unchanged();
      });
    }

    test('by its last byte', async () => {
      const errors = await page.evaluate(() => e2e.errorsOf(e2e.cut(original, original.size - 1), { restore: true }));
      assert.deepEqual(Object.values(errors).map((error) => error?.code), Array(3).fill('ARCHIVE_TRUNCATED'));
      await unchanged();
    });
  });

  describe('one byte flipped', () => {
    for (const i of places(FLIPS, FLIPS)) {
      const restore = i % RESTORED_OF_FLIPS === 0;
      test(`at ${i}/${FLIPS} of its length${restore ? ', restored too' : ''}`, async () => {
        const offset = places(FLIPS, original.length)[i];
        const errors = await page.evaluate(async ([offset, restore]) => e2e.errorsOf(await e2e.flip(original, offset), { restore }), [offset, restore]);
        for (const [job, error] of Object.entries(errors)) {
          assert.ok(DAMAGE.has(error?.code), `${job}, byte ${offset}: ${JSON.stringify(error)}`);
        }
        await unchanged();
      });
    }
  });

  /** Every job refuses the archive with this code; answers what RESTORE said. */
  async function refused(bytes, code, { verified = true, options } = {}) {
    await push(page, bytes);
    const errors = await page.evaluate((options) => e2e.errorsOf(archive, { restore: true, options }), options);
    if (!verified) {
      assert.equal(errors.verify, null, 'whole in itself');
      delete errors.verify;
    }
    for (const [job, error] of Object.entries(errors)) {
      assert.equal(error?.code, code, `${job}: ${JSON.stringify(error)}`);
      assert.ok(error.hint.length > 0);
    }
    await unchanged();
    return errors.restore;
  }

  describe('no archive of ours', () => {
    const files = {
      'an empty file': Buffer.alloc(0),
      'a picture': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
      'text': Buffer.from('Dear Sir or Madam,\n'.repeat(500)),
      'a megabyte of zeros': Buffer.alloc(1 << 20),
    };
    for (const [name, bytes] of Object.entries(files)) {
      test(name, () => refused(bytes, 'NOT_AN_ARCHIVE'));
    }

    test('a ZIP of something else', () => refused(zip([{ name: 'photos/1.jpg', content: Buffer.from('x') }]), 'ENTRY_NAME_INVALID'));
    test('a ZIP without entries', () => refused(zip([]), 'MANIFEST_INVALID'));
    test('an archive with a byte after its end', () => refused(Buffer.concat([original, Buffer.from('\n')]), 'ARCHIVE_TRUNCATED'));
    test('an archive with a byte before its start', () => refused(Buffer.concat([Buffer.from('\n'), original]), 'NOT_AN_ARCHIVE'));
  });

  describe('entries', () => {
    const edited = (edit) => {
      const all = entries(original);
      return zip(edit(all) ?? all);
    };
    const without = (name) => edited((all) => all.filter((entry) => entry.name !== name));
    const renamed = (from, to) => edited((all) => all.map((entry) => (entry.name === from ? { ...entry, name: to } : entry)));

    test('a part is missing', () => refused(without('database/customers/000000.ndjson'), 'ENTRY_MISSING'));
    test('a file is missing', () => refused(without('files/logo.png'), 'ENTRY_MISSING'));
    test('manifest.json is missing', () => refused(without('manifest.json'), 'MANIFEST_INVALID'));
    test('metadata.json is missing', () => refused(without('metadata.json'), 'ENTRY_MISSING'));
    test('schema.json is missing', () => refused(without('schema.json'), 'ENTRY_MISSING'));
    test('an entry is added', () => refused(edited((all) => [{ name: 'files/more.txt', content: Buffer.from('x') }, ...all]), 'ENTRY_UNEXPECTED'));
    test('a directory is added', () => refused(edited((all) => [{ name: 'files/', content: Buffer.alloc(0) }, ...all]), 'ENTRY_NAME_INVALID'));
    for (const name of ['../x', 'files/../x', '/etc/passwd', 'C:\\x', 'files\\x', 'files/a/b', 'database/customers/0.ndjson', 'files/%2e%2e']) {
      test(`an entry is renamed to ${name}`, async () => {
        const error = await refused(renamed('files/logo.png', name), 'ENTRY_NAME_INVALID');
        assert.equal(error.context.entry, name);
      });
    }
    test('an entry is renamed to another good name', () => refused(renamed('files/logo.png', 'files/other.png'), 'ENTRY_MISSING'));
    test('an entry is there twice', () => refused(edited((all) => [...all, all[0]]), 'ENTRY_DUPLICATE'));
    test('an entry is there twice with other content', () => refused(edited((all) => [{ ...all[0], content: Buffer.from('{}') }, ...all]), 'ENTRY_DUPLICATE'));
    test('a record is changed', async () => {
      const error = await refused(
        edited((all) => all.map((entry) => (entry.name.includes('customers') ? { ...entry, content: Buffer.from(entry.content.toString().replace('k-1', 'k-!')) } : entry))),
        'CHECKSUM_MISMATCH',
      );
      assert.equal(error.context.entry, 'database/customers/000000.ndjson');
    });
  });

  describe('fields of the wrong type', () => {
    const wrong = {
      manifest: {
        code: 'MANIFEST_INVALID',
        fields: { version: 1, timestamp: 'today', checksum: 7, entries: {} },
        build: (field, value) => altered(original, { manifestAfter: (document) => ({ ...document, [field]: value }) }),
      },
      'an entry of the manifest': {
        code: 'MANIFEST_INVALID',
        fields: { path: null, checksum: false, size: '12', type: 'blob', table: 1, records: -1 },
        build: (field, value) =>
          altered(original, { manifestAfter: (document) => ({ ...document, entries: document.entries.map((entry) => (entry.type === 'database' ? { ...entry, [field]: value } : entry)) }) }),
      },
      metadata: {
        code: 'METADATA_INVALID',
        fields: {
          version: null, id: 5, timestamp: '2026', appVersion: 2.3, schemaVersion: '1', database: null, consistency: 'eventual', checksum: 0,
          size: 1.5, tables: [], actionQueueCount: null, fileAssets: 'none', config: 'yes', omissions: {},
        },
        build: (field, value) => altered(original, { metadata: (document) => ({ ...document, [field]: value }) }),
      },
      schema: {
        code: 'SCHEMA_INVALID',
        fields: { database: 'pos', actionQueue: 5, stores: {} },
        build: (field, value) => altered(original, { schema: (document) => ({ ...document, [field]: value }) }),
      },
      'a store of the schema': {
        code: 'SCHEMA_INVALID',
        fields: { name: 1, keyPath: 7, autoIncrement: 'no', indexes: null, nextKey: 'next' },
        build: (field, value) => altered(original, { schema: (document) => ({ ...document, stores: document.stores.map((store) => ({ ...store, [field]: value })) }) }),
      },
    };
    for (const [document, { code, fields, build }] of Object.entries(wrong)) {
      for (const [field, value] of Object.entries(fields)) {
        test(`${document}: ${field} is ${JSON.stringify(value)}`, async () => {
          const error = await refused(build(field, value), code);
          assert.match(error.context.path ?? '', new RegExp(field));
        });
      }
    }
    test('metadata.json lacks every field', () => refused(altered(original, { metadata: () => ({}) }), 'METADATA_INVALID'));
    test('manifest.json lacks a field', () => refused(altered(original, { manifestAfter: ({ entries: _, ...rest }) => rest }), 'MANIFEST_INVALID'));
    test('a document has a field more', async () => {
      await push(page, altered(original, { metadata: (document) => ({ ...document, later: 1 }), manifestAfter: (document) => ({ ...document, later: { x: 1 } }) }));
      assert.deepEqual(await page.evaluate(() => e2e.errorsOf(archive)), { verify: null });
    });
  });

  describe('documents that say something else than the archive holds', () => {
    const cases = {
      'metadata.checksum': ['METADATA_INVALID', { metadata: (document) => ({ ...document, checksum: '0'.repeat(64) }) }],
      'metadata.size': ['METADATA_INVALID', { metadata: (document) => ({ ...document, size: document.size + 1 }) }],
      'metadata.tables': ['METADATA_INVALID', { metadata: (document) => ({ ...document, tables: { ...document.tables, customers: 11 } }) }],
      'metadata.actionQueueCount': ['METADATA_INVALID', { metadata: (document) => ({ ...document, actionQueueCount: 0 }) }],
      'metadata.fileAssets': ['METADATA_INVALID', { metadata: (document) => ({ ...document, fileAssets: [] }) }],
      'manifest.checksum': ['MANIFEST_INVALID', { manifestAfter: (document) => ({ ...document, checksum: '0'.repeat(64) }) }],
      'the number of records in a part': [
        'RECORD_INVALID',
        {
          manifest: (list) => list.map((entry) => (entry.table === 'customers' ? { ...entry, records: 13 } : entry)),
          metadata: (document) => ({ ...document, tables: { ...document.tables, customers: 13 } }),
        },
      ],
      'a record that is no JSON': ['RECORD_INVALID', { parts: (all) => { all.find(({ name }) => name.includes('customers')).content = Buffer.from('{"v":1}\n{"v"\n') } }],
      'a record with an unknown tag': [
        'RECORD_INVALID',
        { parts: (all) => { const part = all.find(({ name }) => name.includes('customers')); part.content = Buffer.from(part.content.toString().replace('"/since":"date"', '"/since":"month"')); } },
      ],
    };
    for (const [name, [code, changes]] of Object.entries(cases)) {
      test(name, () => refused(altered(original, changes), code));
    }
  });

  describe('not for this version or database', () => {
    for (const version of ['2.0', '9.1.3']) {
      test(`format ${version}`, async () => {
        await refused(altered(original, { manifestAfter: (document) => ({ ...document, version }) }), 'FORMAT_TOO_NEW');
        await refused(altered(original, { metadata: (document) => ({ ...document, version }) }), 'FORMAT_TOO_NEW');
      });
    }
    test('a large value that the manifest does not list', () => refused(zip([{ name: `blobs/${'0'.repeat(64)}`, content: Buffer.from('x') }, ...entries(original)]), 'ENTRY_UNEXPECTED'));
    test('a large value without a name of its own', () => refused(zip([{ name: 'blobs/0', content: Buffer.from('x') }, ...entries(original)]), 'ENTRY_NAME_INVALID'));
    test('an older minor version is read', async () => {
      await push(page, altered(original, { metadata: (document) => ({ ...document, version: '1.7' }), manifestAfter: (document) => ({ ...document, version: '1.7' }) }));
      assert.deepEqual(await page.evaluate(() => e2e.errorsOf(archive)), { verify: null });
    });

    const ofSchema = (schemaVersion) => altered(original, { metadata: (document) => ({ ...document, schemaVersion }) });
    test('a newer schema', async () => {
      const { context } = await refused(ofSchema(20), 'SCHEMA_TOO_NEW', { verified: false });
      assert.match(context.expected, /10/);
      assert.match(context.found, /20/);
    });
    test('an older schema, without a migration', () => refused(ofSchema(9), 'MIGRATION_MISSING', { verified: false }));

    const ofDatabase = (name) => altered(original, { metadata: (document) => ({ ...document, database: name }), schema: (document) => ({ ...document, database: { ...document.database, name } }) });
    test('a database of another name', async () => {
      const { context } = await refused(ofDatabase('other'), 'DATABASE_MISMATCH', { verified: false });
      assert.deepEqual([context.expected, context.found], ['pos', 'other']);
    });

    test('a table that the database lacks', () => {
      const rename = (store) => (store.name === 'customers' ? { ...store, name: 'guests' } : store);
      return refused(
        altered(original, {
          parts: (all) => { all.find(({ name }) => name.includes('customers')).name = 'database/guests/000000.ndjson'; },
          schema: (document) => ({ ...document, stores: document.stores.map(rename) }),
          metadata: (document) => ({ ...document, tables: Object.fromEntries(Object.entries(document.tables).map(([name, count]) => [rename({ name }).name, count])) }),
          manifest: (list) => list.map((entry) => (entry.table === 'customers' ? { ...entry, table: 'guests', path: 'database/guests/000000.ndjson' } : entry)),
        }),
        'SCHEMA_MISMATCH',
        { verified: false },
      );
    });
    test('a table with other keys than the database\'s', () => {
      const rekeyed = altered(original, {
        schema: (document) => ({ ...document, stores: document.stores.map((store) => (store.name === 'customers' ? { ...store, keyPath: ['id'] } : store)) }),
        manifest: (list) => list.map((entry) => (entry.table === 'customers' ? { ...entry, firstKey: [entry.firstKey], lastKey: [entry.lastKey] } : entry)),
      });
      return refused(rekeyed, 'SCHEMA_MISMATCH', { verified: false });
    });
    test('`tables` names one that the archive lacks', async () => {
      const error = await refused(original, 'TABLE_NOT_FOUND', { verified: false, options: { tables: ['customers', 'guests'] } });
      assert.equal(error.context.table, 'guests');
    });
  });

  describe('what is not there', () => {
    test('a stored backup of an unknown id', async () => {
      for (const id of ['20260101T000000Z-000000', '', '..', '../db-pos/x', 'a/b', '.']) {
        const codes = await page.evaluate(async (backupId) => {
          const jobs = [client.verify({ backupId }), client.inspect({ backupId }), client.planRestore({ backupId }), client.restore({ backupId })];
          return Promise.all(jobs.map(async (job) => (await e2e.outcome(job)).error?.code));
        }, id);
        assert.deepEqual(codes, Array(4).fill('BACKUP_NOT_FOUND'), id);
      }
      await unchanged();
    });

    test('a table to back up', async () => {
      const { error } = await page.evaluate(() => e2e.outcome(client.createBackup({ tables: ['customers', 'guests'] })));
      assert.deepEqual([error?.code, error?.context.table], ['TABLE_NOT_FOUND', 'guests']);
      await unchanged();
    });

    test('the database, and asking does not create it', async () => {
      const codes = await page.evaluate(async () => {
        const other = await e2e.BackupClient.connect({ ...e2e.CONFIG, database: 'nowhere' });
        const { error } = await e2e.outcome(other.createBackup());
        const { createsDatabase } = await other.planRestore(original, { anyDatabase: true }).result;
        await other.close();
        return [error?.code, createsDatabase];
      });
      assert.deepEqual(codes, ['DATABASE_NOT_FOUND', true]);
      await unchanged();
    });
  });
});
