import { describe, expect, it } from 'vitest';
import { Formats } from '../src/domain/format';
import { DEFAULT_RECEIPT_TEMPLATE, renderReceipt } from '../src/domain/receipt';
import { makeSale } from '../src/domain/sale';
import { addProduct, EMPTY_CART, setDiscountRate } from '../src/domain/cart';
import { DEFAULT_SHOP, parseShopConfig } from '../src/domain/shopConfig';
import { makeProducts } from '../src/seed/products';

const [first, second] = makeProducts(2, 7);
if (!first || !second) throw new Error('the demo shop has products');
const shop = { ...DEFAULT_SHOP, name: 'Quay Stores' };
const cart = setDiscountRate(addProduct(addProduct(addProduct(EMPTY_CART, first, 0), first, 0), second, 0), first.id, 1_000);
const sale = makeSale('id', cart, { method: 'cash', tendered: 100_00, slip: null }, { shop, cashier: 'Maeve', shiftId: null }, Date.UTC(2026, 10, 23, 9));
const formats = new Formats('en-IE', 'EUR', 'UTC');

describe('a receipt', () => {
  it('fills the template, and drops the lines that stay empty', () => {
    const text = renderReceipt(DEFAULT_RECEIPT_TEMPLATE, sale, 'HL-000001', shop, formats, 80);
    expect(text).toMatchInlineSnapshot(`
      "Quay Stores

      HL-000001  23 Nov 2026, 09:00
      Served by Maeve
      ------------------------------------------
      Ice Cider 750 ml                    €20.61
        2 × €11.45 − €2.29
      Greek Yoghurt 1 kg                   €4.40
      ------------------------------------------
      TOTAL                               €25.01
      VAT 23% in €20.61                    €3.85
      VAT 0% in €4.40                      €0.00
      Cash                               €100.00
      Change                              €74.99

      Thank you for shopping with us.
      "
    `);
  });

  it('fits the paper', () => {
    for (const [paper, width] of [[58, 32], [80, 42]] as const) {
      const rows = renderReceipt(DEFAULT_RECEIPT_TEMPLATE, sale, 'HL-000001', shop, formats, paper).split('\n');
      expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(width);
    }
  });

  it('leaves unknown placeholders empty', () => {
    expect(renderReceipt('a{{nothing}}b', sale, '', shop, formats, 80)).toBe('ab');
  });
});

describe('a config from a backup', () => {
  it('is taken as it is, or refused with the field that is wrong', () => {
    expect(parseShopConfig(JSON.parse(JSON.stringify(shop)))).toEqual(shop);
    expect(() => parseShopConfig({ ...shop, taxes: [{ id: 'zero' }] })).toThrow('taxes');
    expect(() => parseShopConfig(null)).toThrow('name');
    expect(() => parseShopConfig({ ...shop, receipt: {} })).toThrow('receipt');
  });
});
