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
