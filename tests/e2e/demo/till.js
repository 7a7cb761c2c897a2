// The demo page as a person uses it: found by roles and names, nothing else.
import { expectText } from './expect.js';

const FILL_TIMEOUT_MS = 10 * 60_000;
const JOB_TIMEOUT_MS = 10 * 60_000;

export class Till {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.sale = page.getByRole('region', { name: 'Current sale' });
    this.goods = page.getByRole('listbox', { name: 'Products found' }).getByRole('option');
    this.lastSale = page.getByRole('group', { name: 'Last sale' });
  }

  async show(view) {
    await this.page.getByRole('tab', { name: view }).click();
    await this.page.getByRole('tabpanel', { name: view }).waitFor();
  }

  /** Fills the empty till; answers what the page says of it. */
  async fill(size) {
    await this.show('Settings');
    const panel = this.page.getByRole('region', { name: 'Demo data' });
    await panel.getByRole('radio', { name: new RegExp(`^${size}`) }).check();
    await panel.getByRole('button', { name: 'Fill with demo data' }).click();
    return expectText(panel.getByRole('status').or(panel.getByRole('alert')), /^Filled with/, FILL_TIMEOUT_MS);
  }

  async wipe() {
    await this.show('Settings');
    const panel = this.page.getByRole('region', { name: 'Demo data' });
    await panel.getByRole('button', { name: 'Wipe all data' }).click();
    await this.page.getByRole('alertdialog', { name: 'Wipe all data?' }).getByRole('button', { name: 'Wipe everything' }).click();
    await expectText(panel.getByRole('status').or(panel.getByRole('alert')), /^All data wiped/, FILL_TIMEOUT_MS);
  }

  /** Rings up a few items and takes the payment; each sale is another one. */
  async sell(number) {
    for (const item of [number, number * 3 + 1, number * 5 + 2].map((n) => n % 20)) {
      await this.goods.nth(item).click();
    }
    await this.sale.getByRole('button', { name: /^One more/ }).first().click();
    await this.sale.getByRole('button', { name: /^Pay/ }).click();
    const payment = this.page.getByRole('dialog', { name: 'Payment' });
    if (number % 2 === 1) await payment.getByText('Card', { exact: true }).click();
    await payment.getByRole('button', { name: /^Take/ }).click();
    await payment.waitFor({ state: 'hidden' });
  }

  /** Waits until the last sale is in the database. */
  lastSaleSaved() {
    return expectText(this.lastSale, /saved/, JOB_TIMEOUT_MS);
  }

  /** Presses the button; the backup then runs. */
  async backUp() {
    await this.show('Backup');
    await this.page.getByRole('status').filter({ hasText: 'Backup worker ready' }).waitFor();
    await this.page.getByRole('button', { name: 'Back up now' }).click();
  }

  /** Waits for the result's heading. */
  result(name) {
    const failure = this.page.getByRole('alert').getByRole('heading');
    return expectText(this.page.getByRole('heading', { name, exact: true }).or(failure), name, JOB_TIMEOUT_MS);
  }

  /** Downloads the newest backup to `directory`; answers the file's path. */
  async download(directory) {
    const downloading = this.page.waitForEvent('download');
    await this.page.getByRole('link', { name: /^Download/ }).first().click();
    const download = await downloading;
    const path = `${directory}/${download.suggestedFilename()}`;
    await download.saveAs(path);
    return path;
  }

  async chooseFile(path) {
    await this.show('Backup');
    await this.page.getByLabel('Backup file').setInputFiles(path);
    await this.page.getByRole('group', { name: 'What the file holds' }).waitFor({ timeout: JOB_TIMEOUT_MS });
  }

  async checkFile() {
    await this.page.getByRole('button', { name: 'Check the file' }).click();
    await this.result('The file is whole');
  }

  /** Asks for the plan; answers the dialog's table, row by row. */
  async planRestore() {
    await this.page.getByRole('button', { name: 'Restore…' }).click();
    const dialog = this.page.getByRole('alertdialog', { name: 'Restore this backup?' });
    await dialog.waitFor({ timeout: JOB_TIMEOUT_MS });
    const rows = await dialog.getByRole('row').allInnerTexts();
    return rows.map((row) => row.split(/\s+/));
  }

  confirmRestore() {
    return this.page.getByRole('button', { name: 'Restore and replace' }).click();
  }
}
