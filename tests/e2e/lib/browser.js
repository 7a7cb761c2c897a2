// A browser of one's own: headless, with a fresh profile on a real disk.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach } from 'node:test';
import { chromium } from 'playwright-core';
import { serve } from './site.js';

export const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, '../../../target');

const ARGUMENTS = [
  '--headless=new',
  // Needed by root, as in containers; the pages are our own.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** No page is of use for longer: what goes on in it hangs, and would hang the tests with it. */
const PAGE_LIMIT_MS = 10 * 60_000;

/** A folder below target/ that nobody else uses. */
export function scratch(name) {
  const parent = join(target, 'e2e');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `${name}-`));
}

/** Starts Chromium (`CHROME` names another one), on a fresh profile or this one. `close()` ends it and removes the profile. */
export async function launch({ profile = scratch('profile'), ...options } = {}) {
  const start = () =>
    chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROME ?? '/usr/bin/chromium',
      args: ARGUMENTS,
      ...options,
    });
  const browser = {
    /** The folder of its profile. */
    profile,
    context: await start(),
    /** Ends it and starts it anew with the same profile. */
    async restart() {
      await browser.context.close();
      browser.context = await start();
    },
    async close() {
      await browser.context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return browser;
}

/** Browser and site of one suite. */
export async function launchSuite() {
  const site = await serve();
  const browser = await launch();
  return {
    url: site.url,
    browser,
    /**
     * Opens the bare page: `e2e` is there, nothing is connected. What it says of errors goes to this
     * process's output, unless the suite causes them.
     */
    async openPage({ quiet = false } = {}) {
      const page = await browser.context.newPage();
      page.setDefaultTimeout(120_000);
      const overdue = setTimeout(() => {
        console.error(`page: closed, as it was open for ${PAGE_LIMIT_MS / 60_000} minutes`);
        page.close();
      }, PAGE_LIMIT_MS);
      page.once('close', () => clearTimeout(overdue));
      if (!quiet) {
        page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`));
        page.on('pageerror', (error) => console.error(`page: ${error.stack}`));
      }
      await page.goto(`${site.url}e2e/`);
      await page.waitForFunction('globalThis.e2e !== undefined');
      return page;
    },
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

/**
 * In a `describe`: a browser for its tests, and for each test a bare page of an origin that keeps nothing.
 *
 * @param {(page, suite) => void} use - is given both before each test
 */
export function freshPages(use) {
  let suite;
  before(async () => {
    suite = await launchSuite();
  });
  after(() => suite?.close());
  beforeEach(async () => {
    // Those of the test before, its own ones too: an open database is not removed.
    const earlier = suite.browser.context.pages();
    const page = await suite.openPage();
    for (const page of earlier) await page.close();
    await page.evaluate(() => e2e.wipe());
    use(page, suite);
  });
}
