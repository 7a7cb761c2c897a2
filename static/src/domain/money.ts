import type { Cents, OrderTotals, TaxRateId, TaxTotal } from '../db/types';

export const FULL_PERCENT = 10_000;

export interface TaxRate {
  id: TaxRateId;
  label: string;
  /** Hundredths of a percent: 1350 is 13.5 %. */
  basisPoints: number;
}

export interface PricedLine {
  price: Cents;
  qty: number;
  tax: TaxRateId;
  /** Hundredths of a percent taken off the line. */
  discountRate: number;
}

/** Halves go away from zero, so that a refund is exactly the sale it undoes. */
export function roundCents(amount: number): Cents {
  const rounded = Math.sign(amount) * Math.round(Math.abs(amount));
  return rounded === 0 ? 0 : rounded;
}

export function lineGross(line: PricedLine): Cents {
  return line.price * line.qty;
}

export function lineDiscount(line: PricedLine): Cents {
  return roundCents((lineGross(line) * line.discountRate) / FULL_PERCENT);
}

export function lineTotal(line: PricedLine): Cents {
  return lineGross(line) - lineDiscount(line);
}

/** The tax within an amount that includes it. */
export function taxWithin(amount: Cents, basisPoints: number): Cents {
  return amount - roundCents((amount * FULL_PERCENT) / (FULL_PERCENT + basisPoints));
}

/** Tax is worked out once per rate over the sale, as a receipt shows it, not line by line. */
export function saleTotals(lines: readonly PricedLine[], rates: readonly TaxRate[]): OrderTotals {
  const byRate: TaxTotal[] = [];
  for (const rate of rates) {
    const taxed = lines.filter((line) => line.tax === rate.id);
    if (taxed.length === 0) continue;
    const amount = taxed.reduce((sum, line) => sum + lineTotal(line), 0);
    const tax = taxWithin(amount, rate.basisPoints);
    byRate.push({ rate: rate.id, basisPoints: rate.basisPoints, net: amount - tax, tax });
  }
  const gross = lines.reduce((sum, line) => sum + lineGross(line), 0);
  const discount = lines.reduce((sum, line) => sum + lineDiscount(line), 0);
  return {
    items: lines.reduce((sum, line) => sum + line.qty, 0),
    gross,
    discount,
    due: gross - discount,
    tax: byRate.reduce((sum, entry) => sum + entry.tax, 0),
    byRate,
  };
}

/** Notes and coins a customer is likely to hand over, the exact amount first. */
export function cashSuggestions(due: Cents): Cents[] {
  if (due <= 0) return [];
  const suggestions = new Set<Cents>([due]);
  for (const step of [500, 1_000, 2_000, 5_000, 10_000]) {
    suggestions.add(Math.ceil(due / step) * step);
  }
  return [...suggestions].sort((a, b) => a - b).slice(0, 5);
}
