// One browser over one data set: its profile stays on the disk, since filling it takes longer than all that is measured of it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launch, target } from '../../tests/e2e/lib/browser.js';
import { serve } from '../../tests/e2e/lib/site.js';
import { expectedDigests } from '../page/data.js';
import { atRest, watchProcesses } from './processes.js';

const here = import.meta.dirname;

/** Where results and profiles are. */
export const folder = join(target, 'bench');

/** The data belong to an origin, and so to a port. */
const PORT = 47_321;

/** Opens the browser over the data of a scale, which is made where it is missing. `say` tells of what takes long. */
export async function openSession(scale, say) {
  const profile = join(folder, `profile-${scale}`);
  const marker = join(profile, 'bench-data');
  const data = createHash('sha256').update(readFileSync(join(here, '../page/data.js'))).update(readFileSync(join(here, '../page/database.js'))).digest('hex');
  const isSound = existsSync(marker) && readFileSync(marker, 'utf8') === data;
  if (!isSound) rmSync(profile, { recursive: true, force: true });
  mkdirSync(profile, { recursive: true });
  const site = await serve({ '/bench/': join(here, '../page'), '/npm/': join(here, '../../node_modules') }, PORT);
  const browser = await launch({ profile });
  const [blank] = browser.context.pages();
  const expected = expectedDigests(scale);
  const session = {
    scale,
    context: browser.context,
    url: site.url,
    version: browser.context.browser()?.version(),
    /** The JSON of all records, in bytes. */
    bytes: Object.values(expected).reduce((sum, { bytes }) => sum + bytes, 0),
    records: Object.values(expected).reduce((sum, { records }) => sum + records, 0),

    /** Opens a page of its own renderer. */
    async openPage(path = 'bench/') {
      const page = await browser.context.newPage();
      page.setDefaultTimeout(0);
      page.on('pageerror', (error) => console.error(`page: ${error.stack}`));
      page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`));
      await page.goto(site.url + path);
      await page.waitForFunction(() => globalThis.bench !== undefined || globalThis.readyMs !== undefined);
      return page;
    },

    /** Runs one case in a page of its own, after which the browser's storage is as it was but for cases that write, and checks what came of it. */
    async runCase({ name, writes }) {
      // The next run then makes its data anew.
      if (writes) rmSync(marker, { force: true });
      const page = await session.openPage();
      try {
        await page.evaluate(([name, scale]) => bench.prepare(name, { scale }), [name, scale]);
        await atRest();
        const watch = watchProcesses();
        const measured = await page.evaluate(() => bench.run());
        const processes = watch.stop();
        const digests = await page.evaluate(() => bench.finish());
        if (digests) assert.deepEqual(digests, expected, `${name}: what came of it is not what was there`);
        return { ...measured, ...processes };
      } finally {
        await page.close();
      }
    },

    /** Whether the data are as they were made. */
    async checkData() {
      const page = await session.openPage();
      const digests = await page.evaluate(() => bench.digests());
      await page.close();
      assert.deepEqual(digests, expected, 'the data are not what they were at the start');
    },

    async close() {
      await browser.context.close();
      await site.close();
    },
  };
  if (!isSound) {
    say(`making ${session.records.toLocaleString('en')} records`);
    const page = await session.openPage();
    await page.evaluate((scale) => bench.prepareData(scale), scale);
    await page.close();
    await session.checkData();
    writeFileSync(marker, data);
  }
  await blank?.goto('about:blank');
  return session;
}
