// Every kind of value, through IndexedDB, a backup and a restore, in two browsers: what comes back?
//
//     node run.js [--write] [--browser=firefox]
//
// `--write` writes docs/fidelity.md; without it, the file is compared. The last line sums up: rows and checks.
import { parseArgs } from 'node:util';
import { serve } from '../e2e/lib/site.js';
import { archiveChecks, comparisonChecks, shopChecks } from './lib/checks.js';
import { chromium, firefox } from './lib/browsers.js';
import { checkDocument, writeDocument } from './lib/document.js';
import { printFaults, printTable } from './lib/table.js';

const BROWSERS = { chromium, firefox };

const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { write: { type: 'boolean' }, browser: { type: 'string', multiple: true } },
});
const names = options.browser ?? Object.keys(BROWSERS);

const site = await serve({ '/fidelity/': import.meta.dirname });
const runs = [];
for (const name of names) {
  const browser = await BROWSERS[name]();
  const started = performance.now();
  try {
    runs.push(await runOf(browser));
  } finally {
    await browser.close();
  }
  console.error(`${browser.name} ${browser.version}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
await site.close();

const checks = runs.flatMap(({ checks }) => checks);
if (options.write) writeDocument(runs);
else if (names.length === Object.keys(BROWSERS).length) checks.push(checkDocument(runs));

printTable(runs);
const results = [...runs.flatMap(({ rows }) => rows), ...checks];
const failed = printFaults(runs, checks);
// Read by xtask, in exactly this form.
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * @typedef {object} Run
 * @property {string} browser
 * @property {string} version
 * @property {import('./page/deepest.js').Depths} depths
 * @property {{ kind: string, name: string, ok: boolean, outcome: string }[]} rows
 * @property {{ name: string, ok: boolean, outcome: string }[]} checks
 */

/** @returns {Promise<Run>} */
async function runOf(browser) {
  const page = await browser.openPage(`${site.url}fidelity/page/`);
  await page.waitForFunction('globalThis.fidelity !== undefined');
  const checks = await comparisonChecks(browser.name, page);
  const depths = await page.evaluate(() => fidelity.deepest());
  const rows = [...(await page.evaluate(() => fidelity.keptRows())), ...(await page.evaluate(() => fidelity.refusedRows()))];
  checks.push(...(await archiveChecks(browser.name, page)));
  await page.close();
  if (browser.name === 'Firefox') checks.push(...(await shopChecks(browser, site.url)));
  return { browser: browser.name, version: browser.version, depths, rows, checks };
}
