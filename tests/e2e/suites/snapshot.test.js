// A backup is one moment: what one transaction wrote is in the archive as a whole or not at all.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pull, records } from '../lib/archive.js';
import { launchSuite } from '../lib/browser.js';

const FILLER = 30_000;
const BACKUPS = 4;

describe('snapshot', () => {
  let suite;
  let page;

  before(async () => {
    suite = await launchSuite();
    page = await suite.openPage();
    await page.evaluate(async (filler) => {
      await e2e.createPairs(filler);
      await e2e.connect();
    }, FILLER);
  });
  after(() => suite?.close());

  /** Backs up while pairs are written; what the archive holds of them, and how many were written when. */
  async function backUpWhileWriting(consistency) {
    const written = await page.evaluate(async (consistency) => {
      const writer = await e2e.writePairs();
      const began = writer.written;
      while (writer.written < began + 20) await e2e.sleep(5);
      const before = writer.written;
      await e2e.backUp({ consistency });
      const during = writer.written;
      while (writer.written < during + 20) await e2e.sleep(5);
      return { before, during, after: await writer.stop() };
    }, consistency);
    const archive = await pull(page);
    const pairs = (table) => records(archive, table).map(({ v }) => v.n).filter((n) => n >= 0);
    return { written, left: pairs('left'), right: pairs('right') };
  }

  for (let round = 1; round <= BACKUPS; round += 1) {
    test(`the archive shows both records of a pair or neither, backup ${round}`, async () => {
      const { written, left, right } = await backUpWhileWriting('snapshot');
      assert.deepEqual(right, left);
      assert.deepEqual(left, left.map((_, i) => i), 'no pair is missing in between');
      assert.ok(left.length >= written.before, 'what was committed before the backup is in it');
      assert.ok(left.length < written.after, 'there were pairs for the backup to miss');
    });
  }

  test('with consistency \'batch\' the same check sees pairs torn apart', async () => {
    const { written, left, right } = await backUpWhileWriting('batch');
    assert.ok(written.during > written.before, 'the writer was not held up');
    assert.ok(right.length > left.length, `${left.length} of the table read first, ${right.length} of the one read last`);
  });

  test('each table of consistency \'table\' is whole in itself', async () => {
    const { left, right } = await backUpWhileWriting('table');
    for (const pairs of [left, right]) {
      assert.deepEqual(pairs, pairs.map((_, i) => i));
    }
  });
});
