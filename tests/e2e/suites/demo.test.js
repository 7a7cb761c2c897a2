// The demo page as a person uses it, by the demo's own driver on little data.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, scratch } from '../lib/browser.js';
import { serve } from '../lib/site.js';
import { Till } from '../demo/till.js';

const RECORDS_AT_LEAST = 2500;

/** Not synchronously: the site is served by this process. */
function runDemo(args, env) {
  const demo = spawn(process.execPath, [join(import.meta.dirname, '../demo.js'), ...args], { env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => demo.on('close', (code) => resolve({ code, output, last: output.trim().split('\n').at(-1) })));
}

describe('demo', () => {
  let site;
  let directory;

  before(async () => {
    site = await serve();
    directory = scratch('demo');
  });
  after(async () => {
    rmSync(directory, { recursive: true, force: true });
    await site?.close();
  });

  test('the driver finds every record identical after wiping and restoring', async () => {
    const { code, output, last } = await runDemo(['--small', '--out', directory], { POS_BACKUP_URL: site.url });
    assert.equal(code, 0, output);
    const [, tables, records] = /^demo: (\d+) tables, (\d+) records, identical after restore$/.exec(last) ?? [];
    assert.equal(tables, '7', last);
    assert.ok(Number(records) > RECORDS_AT_LEAST);
    assert.ok(existsSync(join(directory, 'backup-manager.png')));
    assert.equal(readdirSync(directory).filter((name) => name.endsWith('.zip')).length, 2);
  });

  test('the driver fails with a clear line when there is no page', async () => {
    const { code, last } = await runDemo(['--small', '--out', join(directory, 'none')], { POS_BACKUP_URL: `${site.url}nowhere/` });
    assert.equal(code, 1);
    assert.match(last, /^demo: failed: /);
  });

  test('a damaged file is refused in words, and the till keeps its data', async () => {
    const browser = await launch();
    try {
      const page = browser.context.pages()[0];
      const till = new Till(page);
      await page.goto(site.url);
      await till.fill('Small');
      await till.show('Backup');
      await page.getByLabel('Backup file').setInputFiles({ name: 'holiday.zip', mimeType: 'application/zip', buffer: Buffer.from('no archive') });
      const alert = page.getByRole('alert').filter({ has: page.getByRole('heading', { name: 'The file could not be read' }) });
      await alert.waitFor();
      assert.match(await alert.innerText(), /NOT_AN_ARCHIVE/);
      await till.show('Till');
      await till.goods.first().waitFor();
      await till.sell(1);
      assert.match(await till.lastSaleSaved(), /saved/);
    } finally {
      await browser.close();
    }
  });

  test('a value that cannot be kept is named, left out if so wished, and listed', async () => {
    const browser = await launch();
    try {
      const page = browser.context.pages()[0];
      const till = new Till(page);
      await page.goto(site.url);
      await till.fill('Small');
      await page.evaluate(async () => {
        const secret = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
        const request = indexedDB.open('pos');
        await new Promise((resolve) => (request.onsuccess = resolve));
        const transaction = request.result.transaction('settings', 'readwrite');
        for (let i = 0; i < 22; i += 1) transaction.objectStore('settings').put({ secret }, `secret ${i}`);
        await new Promise((resolve) => (transaction.oncomplete = resolve));
        request.result.close();
      });
      await till.backUp();
      const alert = page.getByRole('alert').filter({ hasText: 'UNSUPPORTED_VALUE' });
      await alert.getByRole('button', { name: 'Back up without such values' }).click();
      await till.result('Backup complete');
      const list = page.getByRole('region', { name: 'What was left out' });
      await page.getByRole('region', { name: 'Backup complete' }).filter({ has: list }).waitFor();
      await page.getByRole('button', { name: /^Open / }).click();
      await page.getByRole('group', { name: 'What the file holds' }).filter({ has: list }).waitFor();
      const rows = await list.getByRole('row').allInnerTexts();
      assert.equal(rows.length, 21, 'a head and twenty rows');
      assert.match(rows[1], /settings\s+secret 0\s+\/secret\s+.*CryptoKey/);
      await page.getByText('…and 2 more.').waitFor();
      await list.focus();
      assert.equal(await list.evaluate((element) => element === document.activeElement), true, 'the keyboard reaches it');
    } finally {
      await browser.close();
    }
  });

  /** A page with a filled till, and the file of its backup. */
  async function backedUp(browser) {
    const page = browser.context.pages()[0];
    const till = new Till(page);
    await page.goto(site.url);
    await till.fill('Small');
    await till.backUp();
    await till.result('Backup complete');
    return { page, till, path: await till.download(directory) };
  }

  test('of a damaged file, what is missing is listed before the rest is brought back, and after', async () => {
    const browser = await launch();
    try {
      const { page, till, path } = await backedUp(browser);
      const bytes = readFileSync(path);
      const name = 'database/orders/000000.ndjson';
      // Its local header is the first to name it.
      bytes[bytes.indexOf(name) + name.length + 1000] ^= 1;
      writeFileSync(path, bytes);
      await till.wipe();
      await till.chooseFile(path);
      await page.getByRole('button', { name: 'Restore…' }).click();
      await page.getByRole('button', { name: 'See what is whole…' }).click();
      const dialog = page.getByRole('alertdialog', { name: 'Restore this backup?' });
      const missing = (place) => place.getByRole('region', { name: 'What is missing' });
      await missing(dialog).waitFor();
      const rows = await missing(dialog).getByRole('row').allInnerTexts();
      assert.equal(rows.length, 2, rows.join('; '));
      assert.match(rows[1], /^database\/orders\/000000\.ndjson\s+[\d,]+\s+/);
      await dialog.getByRole('button', { name: /^Restore/ }).click();
      await till.result('Restore complete');
      await missing(page).waitFor();
    } finally {
      await browser.close();
    }
  });

  test('the plan says what becomes of a backup of an older version', async () => {
    const browser = await launch();
    try {
      const { page, till, path } = await backedUp(browser);
      // The demo has one version only: from now on it says that it has another one.
      await page.addInitScript(() => {
        const { postMessage } = Worker.prototype;
        Worker.prototype.postMessage = function (message, ...transfer) {
          if (message?.type === 'INIT') {
            const steps = [{ type: 'add-field', table: 'products', field: '/countryOfOrigin', default: '' }];
            message.config = { ...message.config, schemaVersion: 20, migrations: [{ from: 10, to: 20, steps }] };
          }
          return postMessage.call(this, message, ...transfer);
        };
      });
      await page.reload();
      await till.chooseFile(path);
      await till.planRestore();
      const dialog = page.getByRole('alertdialog', { name: 'Restore this backup?' });
      await dialog.getByText('10 → 20').waitFor();
      await dialog.getByText('What changes on the way').click();
      const said = await dialog.getByRole('listitem').filter({ hasText: 'brought up to date' }).allInnerTexts();
      assert.equal(said.length, 1, said.join('; '));
      assert.match(said[0], /^products [\d,]+ records are brought up to date \(.+ …\)$/);
    } finally {
      await browser.close();
    }
  });
});
