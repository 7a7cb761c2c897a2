import { describe, expect, it } from 'vitest';
import { fromBase64, fromBase64ByCharacters, toBase64, toBase64ByChunks } from './base64.js';

const lengths = [0, 1, 2, 3, 4, 5, 0x5fff, 0x6000, 0x6001, 0x12003];
const sample = (length) => Uint8Array.from({ length }, (_, i) => (i * 37 + (i >> 8)) & 0xff);

describe.each([
  ['the engine’s own, where there is one', toBase64, fromBase64],
  ['btoa and atob', toBase64ByChunks, fromBase64ByCharacters],
])('base64 by %s', (_name, encode, decode) => {
  it.each(lengths)('of %d bytes is that of Node', (length) => {
    const bytes = sample(length);
    const text = Buffer.from(bytes).toString('base64');
    expect(encode(bytes)).toBe(text);
    expect(decode(text)).toEqual(bytes);
    expect(decode(text).buffer.byteLength).toBe(length);
  });

  it('of a part of a buffer is of that part only', () => {
    expect(encode(Uint8Array.of(9, 1, 2, 3, 9).subarray(1, 4))).toBe('AQID');
  });

  it.each([
    'A', 'AQ', 'AQI', 'AQ=', 'AQ===', '=', '====', 'AQJ=', 'AR==', 'AQ==AQID', 'AQI=AQI=', ' AQID', 'AQID\n', 'AQ ID', 'A Q=', 'AQ= ',
    '-_-_', 'AQI*', 'AQIĀ', 'AQI\0',
  ])('refuses %o', (text) => {
    expect(decode(text)).toBeUndefined();
  });
});
