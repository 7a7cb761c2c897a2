import { LOGO_FILE, RECEIPT_TEMPLATE_FILE, shopDb } from '../db/shopDatabase';
import { Formats, type Language } from '../domain/format';
import { DEFAULT_SHOP, type ShopConfig } from '../domain/shopConfig';
import { languageState } from './preferences';
import { Store, useStore } from './store';

export interface Shop {
  config: ShopConfig;
  logo: Blob | undefined;
  receiptTemplate: Blob | undefined;
}

export const shopState = new Store<Shop>({ config: DEFAULT_SHOP, logo: undefined, receiptTemplate: undefined });

export async function reloadShop(): Promise<void> {
  const [config, files] = await Promise.all([shopDb.loadConfig(), shopDb.loadFiles()]);
  shopState.set({ config: config ?? DEFAULT_SHOP, logo: files[LOGO_FILE], receiptTemplate: files[RECEIPT_TEMPLATE_FILE] });
}

export function useShopConfig(): ShopConfig {
  return useStore(shopState).config;
}

const formats = new Map<string, Formats>();

/** Made once for all components: Intl's formatters are slow to make. */
function formatsOf(language: Language, currency: string): Formats {
  const key = `${language} ${currency}`;
  const made = formats.get(key) ?? new Formats(language, currency);
  formats.set(key, made);
  return made;
}

export function useFormats(): Formats {
  const language = useStore(languageState);
  const { currency } = useShopConfig();
  return formatsOf(language, currency);
}
