// A browser of one's own: headless, with a fresh profile on a real disk.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from './site.js';

const target = process.env.CARGO_TARGET_DIR ?? join(import.meta.dirname, '../../../target');

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

/** A folder below target/ that nobody else uses. */
export function scratch(name) {
  const parent = join(target, 'e2e');
  mkdirSync(parent, { recursive: true });
  return mkdtempSync(join(parent, `${name}-`));
}

/** Starts Chromium (`CHROME` names another one). `close()` ends it and removes its profile. */
export async function launch(options = {}) {
  const profile = scratch('profile');
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROME ?? '/usr/bin/chromium',
    args: ARGUMENTS,
    ...options,
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Browser and site of one suite. What a page prints or throws goes to this process's output. */
export async function launchSuite() {
  const site = await serve();
  const browser = await launch();
  const { context } = browser;
  context.setDefaultTimeout(120_000);
  return {
    context,
    url: site.url,
    /** Opens the bare page: `e2e` is there, nothing is connected. */
    async openPage(path = 'e2e/') {
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') console.error(`page: ${message.text()}`);
      });
      page.on('pageerror', (error) => console.error(`page: ${error.stack}`));
      await page.goto(site.url + path);
      if (path.startsWith('e2e/')) {
        await page.waitForFunction('globalThis.e2e !== undefined');
      }
      return page;
    },
    async close() {
      await browser.close();
      await site.close();
    },
  };
}
