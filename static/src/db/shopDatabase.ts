import { Dexie, type Table } from 'dexie';
import type { ShopConfig } from '../domain/shopConfig';

export const LOGO_FILE = 'logo.png';
export const RECEIPT_TEMPLATE_FILE = 'receipt-template.txt';

const CONFIG_KEY = 'config';

/** What is the shop's and not the till's: its config and its files. A backup takes them as assets. */
export class ShopDatabase extends Dexie {
  config!: Table<ShopConfig, string>;
  files!: Table<Blob, string>;

  constructor(name = 'pos-shop') {
    super(name, { cache: 'disabled' });
    this.version(1).stores({ config: '', files: '' });
  }

  loadConfig(): Promise<ShopConfig | undefined> {
    return this.config.get(CONFIG_KEY);
  }

  async saveConfig(config: ShopConfig): Promise<void> {
    await this.config.put(config, CONFIG_KEY);
  }

  async loadFiles(): Promise<Record<string, Blob>> {
    const files: Record<string, Blob> = {};
    await this.files.each((file, { primaryKey }) => {
      files[primaryKey] = file;
    });
    return files;
  }

  /** Makes config and files exactly these; what is undefined stays as it is, a null config goes. */
  replace(config: ShopConfig | null | undefined, files: Record<string, Blob> | undefined): Promise<void> {
    return this.transaction('rw', this.config, this.files, async () => {
      if (config === null) await this.config.clear();
      else if (config !== undefined) await this.saveConfig(config);
      if (files === undefined) return;
      await this.files.clear();
      await this.files.bulkPut(Object.values(files), Object.keys(files));
    });
  }
}

export const shopDb = new ShopDatabase();
