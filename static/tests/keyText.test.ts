import { expect, test } from 'vitest';
import { keyText } from '../src/manager/keyText';

test.each([
  ['a string', 'k-1', 'k-1'],
  ['a number', 7, '7'],
  ['a compound key', ['a', 7, ['b']], '["a", 7, ["b"]]'],
  ['a date', { v: 1700000000000, t: { '': 'date' } }, '2023-11-14T22:13:20.000Z'],
  ['a date in a compound key', { v: [3, 1700000000000], t: { '/1': 'date' } }, '[3, 2023-11-14T22:13:20.000Z]'],
  ['bytes', { v: 'AQID', t: { '': 'arraybuffer' } }, 'bytes AQID'],
  ['a number that JSON lacks', { v: '-Infinity', t: { '': 'number' } }, '-Infinity'],
  ['text with marks of lone surrogates', { v: '\ue000d800', s: '\ue000' }, '"\ue000d800"'],
  ['what is no date', { v: null, t: { '': 'date' } }, 'null'],
  ['what is no list of tags', { v: 1, t: null }, '1'],
])('%s', (_what, key, text) => {
  expect(keyText(key)).toBe(text);
});
