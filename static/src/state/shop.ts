import { useMemo } from 'react';
import { LOGO_FILE, RECEIPT_TEMPLATE_FILE, shopDb } from '../db/shopDatabase';
import { Formats } from '../domain/format';
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

export function useFormats(): Formats {
  const language = useStore(languageState);
  const { currency } = useShopConfig();
  return useMemo(() => new Formats(language, currency), [language, currency]);
}
