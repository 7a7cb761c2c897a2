import { expect, test } from 'vitest';
import { firstOmissions } from '../src/manager/omissionRows';

const omission = (n: number) => ({ table: 'orders', key: n, path: `/lines/${n}`, found: 'a CryptoKey' });

test('keys are shown as they are written in the archive, and an empty path is the whole record', () => {
  const date = { v: 1700000000000, t: { '': 'date' } };
  const { rows, more } = firstOmissions([{ ...omission(1), key: 'k-1' }, { ...omission(2), key: ['a', date] }, { ...omission(3), path: '' }]);
  expect(rows.map(({ key, path }) => [key, path])).toEqual([
    ['k-1', '/lines/1'], [`["a",${JSON.stringify(date)}]`, '/lines/2'], ['3', null],
  ]);
  expect(more).toBe(0);
});

test.each([[0, 0, 0], [20, 20, 0], [21, 20, 1], [10_000, 20, 9980]])('of %i omissions, %i are shown and %i counted', (count, shown, more) => {
  const first = firstOmissions(Array.from({ length: count }, (_, n) => omission(n)));
  expect([first.rows.length, first.more]).toEqual([shown, more]);
});
