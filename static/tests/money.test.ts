import { describe, expect, it } from 'vitest';
import { cashSuggestions, lineDiscount, lineTotal, roundCents, saleTotals, taxWithin, type PricedLine } from '../src/domain/money';
import { DEFAULT_SHOP } from '../src/domain/shopConfig';

const line = (price: number, qty: number, tax: PricedLine['tax'], discountRate = 0): PricedLine => ({ price, qty, tax, discountRate });

describe('rounding', () => {
  it('sends halves away from zero, so that a refund undoes its sale', () => {
    expect(roundCents(2.5)).toBe(3);
    expect(roundCents(-2.5)).toBe(-3);
    expect(roundCents(2.4)).toBe(2);
    expect(Object.is(roundCents(-0.2), 0)).toBe(true);
  });

  it('is exact for a discount that ends on half a cent', () => {
    // 15 % of 1.30 is 19.5 cents.
    expect(lineDiscount(line(130, 1, 'zero', 1_500))).toBe(20);
    expect(lineTotal(line(130, 1, 'zero', 1_500))).toBe(110);
  });
});

describe('tax within a price', () => {
  it('is the difference to the net amount', () => {
    expect(taxWithin(123_00, 2_300)).toBe(23_00);
    expect(taxWithin(1_135, 1_350)).toBe(135);
    expect(taxWithin(999, 0)).toBe(0);
  });

  it('and net always add up to the price', () => {
    for (let amount = 0; amount < 3_000; amount += 7) {
      for (const { basisPoints } of DEFAULT_SHOP.taxes) {
        const tax = taxWithin(amount, basisPoints);
        const net = amount - tax;
        expect(Math.abs(net * (10_000 + basisPoints) - amount * 10_000)).toBeLessThanOrEqual((10_000 + basisPoints) / 2);
      }
    }
  });
});

describe('the totals of a sale', () => {
  it('take the tax once per rate, not once per line', () => {
    // Line by line the tax within 5, 3 and 3 cents is a cent each; within their sum it is 2.
    const lines = [line(5, 1, 'standard'), line(3, 1, 'standard'), line(3, 1, 'standard')];
    expect(lines.map(({ price }) => taxWithin(price, 2_300))).toEqual([1, 1, 1]);
    expect(saleTotals(lines, DEFAULT_SHOP.taxes).tax).toBe(2);
  });

  it('keep rates apart and leave out those that are not used', () => {
    const totals = saleTotals([line(1_230, 1, 'standard'), line(500, 3, 'zero', 1_000)], DEFAULT_SHOP.taxes);
    expect(totals).toEqual({
      items: 4,
      gross: 2_730,
      discount: 150,
      due: 2_580,
      tax: 230,
      byRate: [
        { rate: 'standard', basisPoints: 2_300, net: 1_000, tax: 230 },
        { rate: 'zero', basisPoints: 0, net: 1_350, tax: 0 },
      ],
    });
  });

  it('of nothing are nothing', () => {
    expect(saleTotals([], DEFAULT_SHOP.taxes)).toEqual({ items: 0, gross: 0, discount: 0, due: 0, tax: 0, byRate: [] });
  });
});

describe('cash suggestions', () => {
  it('begin with the exact amount and never fall short', () => {
    expect(cashSuggestions(2_028)).toEqual([2_028, 2_500, 3_000, 4_000, 5_000]);
    expect(cashSuggestions(2_000)).toEqual([2_000, 5_000, 10_000]);
    expect(cashSuggestions(0)).toEqual([]);
  });
});
