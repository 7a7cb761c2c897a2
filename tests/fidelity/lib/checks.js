// What is checked beside the rows of the table.
import { isDeepStrictEqual } from 'node:util';
import { entries } from '../../e2e/lib/archive.js';

/** The comparison itself can tell values apart. */
export async function comparisonChecks(browser, page) {
  return check(`${browser}: the comparison tells values apart`, async () => {
    const { missed } = await page.evaluate(() => fidelity.selfTest());
    return missed.length === 0 ? null : `it takes for the same: ${missed.join(', ')}`;
  });
}

/** The same large bytes in fifty records are one entry of the archive. */
export async function archiveChecks(browser, page) {
  return check(`${browser}: the same 300 KiB in fifty records are in the archive once`, async () => {
    const { archive, lost } = await page.evaluate(() => fidelity.fiftyTimesTheSame());
    if (lost !== null) return `lost: ${lost}`;
    const blobs = entries(Buffer.from(archive, 'base64')).filter(({ name }) => name.startsWith('blobs/'));
    return blobs.length === 1 ? null : `${blobs.length} entries in blobs/`;
  });
}

/** The shop of the end-to-end suites, backed up, cleared and restored. */
export async function shopChecks(browser, url) {
  return check(`${browser.name}: a shop with stores of every kind comes back`, async () => {
    const page = await browser.openPage(`${url}e2e/`);
    await page.waitForFunction('globalThis.e2e !== undefined');
    const { before, cleared, after } = await page.evaluate(async () => {
      await e2e.wipe();
      await e2e.createShop();
      await e2e.connect();
      const before = await e2e.dump('pos', { records: true, nextKeys: true });
      await e2e.backUp();
      await shop.transaction('rw', shop.tables, () => Promise.all(shop.tables.map((table) => table.clear())));
      const cleared = (await e2e.dump('pos')).stores.every(({ count }) => count === 0);
      await client.restore(archive).result;
      return { before, cleared, after: await e2e.dump('pos', { records: true, nextKeys: true }) };
    });
    await page.close();
    if (!cleared || before.stores.length < 10) return 'nothing was shown';
    const changed = before.stores.find((store, i) => !isDeepStrictEqual(store, after.stores[i]));
    return changed === undefined ? null : `${changed.name} is another one`;
  });
}

/** @param {() => Promise<string | null>} run - says what is wrong, if anything */
async function check(name, run) {
  const fault = await run().catch((error) => String(error.message ?? error));
  return [{ name, ok: fault === null, outcome: fault ?? '✓' }];
}
