import type { ErrorDetails } from 'pos-backup';
import { expect, test } from 'vitest';
import { hintOf } from '../src/manager/failures';

const failure = (code: ErrorDetails['code']): ErrorDetails => ({
  code, message: 'It failed.', hint: 'Leave it out with `onUnsupported: "omit"`.', context: {}, retryable: false,
});

test.each(['UNSUPPORTED_VALUE', 'DATABASE_MISMATCH'] as const)('%s speaks to the person at the till', (code) => {
  expect(hintOf(failure(code))).not.toMatch(/`|context/);
});

test('what the client says to a person is passed on', () => {
  expect(hintOf(failure('QUOTA_EXCEEDED'))).toBe(failure('QUOTA_EXCEEDED').hint);
});
