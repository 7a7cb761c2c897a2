// Both browsers, headless, each with a fresh profile. Both kinds of page have `goto`, `evaluate` and `close`.
import { rmSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { launch as launchChromium, scratch } from '../../e2e/lib/browser.js';

/** One step in the page may take this long, in milliseconds. */
const STEP_LIMIT_MS = 240_000;

/**
 * @typedef {object} Browser
 * @property {string} name
 * @property {string} version - such as `156.0.8078.79`
 * @property {(url: string) => Promise<any>} openPage - what the page says of errors goes to this process's output
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Browser>} `CHROME` names another one than Debian's */
export async function chromium() {
  const browser = await launchChromium();
  return {
    name: 'Chromium',
    version: browser.context.browser().version(),
    openPage: async (url) => opened(await browser.context.newPage(), url),
    close: () => browser.close(),
  };
}

/** @returns {Promise<Browser>} driven through WebDriver BiDi; `FIREFOX` names another one than Debian's */
export async function firefox() {
  const profile = scratch('firefox');
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    userDataDir: profile,
    protocolTimeout: STEP_LIMIT_MS,
  });
  return {
    name: 'Firefox',
    version: (await browser.version()).replace(/^\D*/, ''),
    openPage: async (url) => opened(await browser.newPage(), url),
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function opened(page, url) {
  page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`page: ${error.stack ?? error.message}`));
  await page.goto(url);
  return page;
}
