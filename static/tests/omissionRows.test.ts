import { expect, test } from 'vitest';
import { besidesOmissions, firstOmissions } from '../src/manager/omissionRows';

const omission = (n: number) => ({ table: 'orders', key: n, path: `/lines/${n}`, found: 'a CryptoKey' });

test('keys are shown as a person reads them, and an empty path is the whole record', () => {
  const date = { v: 1700000000000, t: { '': 'date' } };
  const { rows, more } = firstOmissions([{ ...omission(1), key: 'k-1' }, { ...omission(2), key: date }, { ...omission(3), path: '' }]);
  expect(rows.map(({ key, path }) => [key, path])).toEqual([
    ['k-1', '/lines/1'], ['2023-11-14T22:13:20.000Z', '/lines/2'], ['3', null],
  ]);
  expect(more).toBe(0);
});

test.each([[0, 0, 0], [20, 20, 0], [21, 20, 1], [10_000, 20, 9980]])('of %i omissions, %i are shown and %i counted', (count, shown, more) => {
  const first = firstOmissions(Array.from({ length: count }, (_, n) => omission(n)));
  expect([first.rows.length, first.more]).toEqual([shown, more]);
});

test('beside the list, the warning that counts it is not shown', () => {
  const count = { code: 'UNSUPPORTED_VALUE', message: '2 values cannot be kept and were left out.' } as const;
  const others = [{ ...count, table: 'orders' }, { message: 'Something else.' }];
  expect(besidesOmissions([count, ...others])).toEqual(others);
});
