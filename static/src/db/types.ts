/** Every amount is an integer number of cents; every instant a Date. */
export type Cents = number;

export type TaxRateId = 'standard' | 'reduced' | 'zero';

export interface Product {
  id: number;
  sku: string;
  name: string;
  /** The name's words in lower case: what the search looks up. */
  words: string[];
  barcode: string;
  category: string;
  brand: string;
  unit: string;
  price: Cents;
  cost: Cents;
  tax: TaxRateId;
  /** 1 or 0, because IndexedDB cannot index a boolean. */
  active: 0 | 1;
  tags: string[];
  supplier: { code: string; name: string; leadDays: number; caseSize: number };
  allergens: Set<string>;
  /** Per 100 g or 100 ml, in the order of the packet. */
  nutrition?: Map<string, number>;
  image?: Blob;
  /** A small PNG for slow screens, kept as bytes. */
  thumb?: Uint8Array;
  updatedAt: Date;
}

export interface Customer {
  id: string;
  name: string;
  words: string[];
  email: string;
  phone: string;
  birthday: Date | undefined;
  since: Date;
  points: number;
  address: { line1: string; line2?: string; town: string; county: string; postcode: string; country: string };
  consent: { email: boolean; phone: boolean; recordedAt: Date; channel: string };
  note: string | null;
}

export type OrderStatus = 'held' | 'closed' | 'refunded' | 'void';

export interface OrderLine {
  productId: number;
  sku: string;
  name: string;
  category: string;
  qty: number;
  price: Cents;
  cost: Cents;
  /** Hundredths of a percent taken off the line. */
  discountRate: number;
  /** What the discount takes off the whole line. */
  discount: Cents;
  tax: TaxRateId;
  total: Cents;
}

export interface TaxTotal {
  rate: TaxRateId;
  basisPoints: number;
  net: Cents;
  tax: Cents;
}

export interface OrderTotals {
  items: number;
  gross: Cents;
  discount: Cents;
  due: Cents;
  tax: Cents;
  byRate: TaxTotal[];
}

export interface Order {
  id: number;
  number: string;
  status: OrderStatus;
  register: string;
  cashier: string;
  shiftId: string | null;
  customerId?: string;
  openedAt: Date;
  closedAt: Date | undefined;
  lines: OrderLine[];
  totals: OrderTotals;
  note: string | undefined;
}

export type PaymentMethod = 'cash' | 'card';

export interface Payment {
  id: string;
  orderId: number;
  method: PaymentMethod;
  amount: Cents;
  tendered: Cents;
  change: Cents;
  currency: string;
  at: Date;
  terminal: { id: string; register: string; shiftId: string | null; batch: number; sequence: number; firmware: string };
  card?: {
    scheme: string;
    last4: string;
    entry: string;
    authCode: string;
    reference: string;
    aid?: string;
    tvr?: string;
    tsi?: string;
    cryptogram?: string;
    verifiedBy?: string;
    host?: { code: string; respondedInMs: number; issuerCountry: string };
  };
}

export type StockReason = 'sale' | 'return' | 'delivery' | 'count' | 'waste';

/** Its key is [productId, at, ref]: a document moves a product at most once. */
export interface StockMove {
  productId: number;
  at: Date;
  /** The document behind the move: `sale:HL-000123`, `po:01001/03`. */
  ref: string;
  qty: number;
  reason: StockReason;
  location: string;
  unitCost: Cents;
  /** What the move is worth at cost. */
  value: Cents;
  /** The supplier's lot, where the document names one. */
  lot: string | null;
  by: string;
}

export type ActionStatus = 'pending' | 'sending' | 'failed';

/** Something that the shop's back office has not been told yet. */
export interface Action {
  id: number;
  type: string;
  status: ActionStatus;
  payload: Record<string, unknown>;
  createdAt: Date;
  attempts: number;
  lastError?: string;
  nextAttemptAt: Date | undefined;
}

/** A setting's value is whatever suits it: a string, a Map, a BigInt, a typed array … */
export type SettingValue = unknown;
export type SettingKey = string | [string, string | number];
