import { describe, expect, it } from 'vitest';
import type { Product } from '../src/db/types';
import { addProduct, cartFromLines, changeQty, EMPTY_CART, MAX_QTY, moveSelection, parseCart, removeLine, setDiscountRate } from '../src/domain/cart';
import { toOrderLine } from '../src/domain/sale';
import { makeProducts } from '../src/seed/products';

const products: Product[] = [...makeProducts(3, 1)];
const product = (index: number): Product => {
  const found = products[index];
  if (!found) throw new RangeError('no such product');
  return found;
};
const three = products.reduce((cart, each) => addProduct(cart, each, 1_000), EMPTY_CART);

describe('a cart', () => {
  it('has one line for each product and selects what was rung up last', () => {
    const cart = addProduct(three, product(0), 2_000);
    expect(cart.lines.map(({ qty }) => qty)).toEqual([2, 1, 1]);
    expect(cart.selected).toBe(product(0).id);
    expect(cart.openedAt).toBe(1_000);
  });

  it('drops a line whose quantity falls to nothing and selects its neighbour', () => {
    const cart = changeQty(three, product(1).id, -1);
    expect(cart.lines.map(({ productId }) => productId)).toEqual([product(0).id, product(2).id]);
    expect(cart.selected).toBe(product(2).id);
  });

  it('is as new when its last line is gone', () => {
    const cart = products.reduce((rest, each) => removeLine(rest, each.id), three);
    expect(cart).toEqual(EMPTY_CART);
  });

  it('keeps quantity and discount within bounds', () => {
    expect(changeQty(three, product(0).id, 5_000).lines[0]?.qty).toBe(MAX_QTY);
    expect(setDiscountRate(three, product(0).id, 20_000).lines[0]?.discountRate).toBe(10_000);
    expect(setDiscountRate(three, product(0).id, Number.NaN).lines[0]?.discountRate).toBe(0);
  });

  it('stops the selection at the ends', () => {
    expect(moveSelection(three, 1).selected).toBe(product(2).id);
    expect(moveSelection(moveSelection(moveSelection(three, -1), -1), -1).selected).toBe(product(0).id);
    expect(moveSelection(EMPTY_CART, 1)).toBe(EMPTY_CART);
  });

  it('comes back from a held order with its discounts', () => {
    const held = setDiscountRate(changeQty(three, product(2).id, 2), product(2).id, 1_250);
    const back = cartFromLines(held.lines.map(toOrderLine), null, 'gift', 1_000);
    expect(back.lines.map(({ qty, discountRate, price }) => ({ qty, discountRate, price }))).toEqual(
      held.lines.map(({ qty, discountRate, price }) => ({ qty, discountRate, price })),
    );
    expect(back.note).toBe('gift');
  });

  it('survives storage, and anything else in storage is an empty cart', () => {
    expect(parseCart(JSON.parse(JSON.stringify(three)))).toEqual(three);
    for (const found of [undefined, null, 7, 'cart', [], { lines: 'x' }, { lines: [{ productId: '1' }] }, { lines: [{ ...three.lines[0], tax: 'none' }] }]) {
      expect(parseCart(found)).toEqual(EMPTY_CART);
    }
  });
});
