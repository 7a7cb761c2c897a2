import { expect, test } from 'vitest';
import { Formats } from '../src/domain/format';
import { heldAfterwards } from '../src/manager/texts';

test.each([
  [0, 'held at that time.'],
  [1, 'held at that time, but for 1 value that the backup left out.'],
  [1200, 'held at that time, but for 1,200 values that the backup left out.'],
])('after a backup that left out %i values, a restore promises no more', (leftOut, end) => {
  expect(heldAfterwards(new Formats('en-GB', 'EUR'), leftOut).endsWith(end)).toBe(true);
});
