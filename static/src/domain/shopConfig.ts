import type { TaxRate } from './money';

/** What is the shop's own and the same on every till; kept outside the till's database. */
export interface ShopConfig {
  name: string;
  address: string[];
  vatNumber: string;
  currency: string;
  register: string;
  receipt: { greeting: string; footer: string };
  taxes: TaxRate[];
}

export const DEFAULT_SHOP: ShopConfig = {
  name: 'New shop',
  address: [],
  vatNumber: '',
  currency: 'EUR',
  register: 'R1',
  receipt: { greeting: 'Thank you for shopping with us.', footer: '' },
  taxes: [
    { id: 'standard', label: 'Standard', basisPoints: 2_300 },
    { id: 'reduced', label: 'Reduced', basisPoints: 1_350 },
    { id: 'zero', label: 'Zero', basisPoints: 0 },
  ],
};

/**
 * A config as a backup brings it back.
 *
 * @throws Error when it is none, so that the restore leaves everything as it was
 */
export function parseShopConfig(found: unknown): ShopConfig {
  const config = found as Partial<ShopConfig> | null;
  const isText = (value: unknown): value is string => typeof value === 'string';
  if (!isText(config?.name) || !isText(config.currency) || !isText(config.register) || !isText(config.vatNumber)) throw invalid('name, currency, register or vatNumber');
  if (!Array.isArray(config.address) || !config.address.every(isText)) throw invalid('address');
  if (!isText(config.receipt?.greeting) || !isText(config.receipt.footer)) throw invalid('receipt');
  if (!Array.isArray(config.taxes) || !config.taxes.every((rate) => isText(rate?.label) && isText(rate.id) && Number.isInteger(rate.basisPoints))) throw invalid('taxes');
  return found as ShopConfig;
}

function invalid(field: string): Error {
  return new Error(`The backup’s shop config is not one of this app: ${field} is missing or of another kind.`);
}
