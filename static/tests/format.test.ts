import { describe, expect, it } from 'vitest';
import { archiveName } from '../src/domain/archiveName';
import { Formats, parseAmount } from '../src/domain/format';
import { wordsOf } from '../src/domain/words';

const irish = new Formats('en-IE', 'EUR', 'UTC');
const american = new Formats('en-US', 'USD', 'UTC');
const NOON = Date.UTC(2026, 10, 23, 12, 5);

describe('formats', () => {
  it('follow the language', () => {
    expect(irish.money(123_456)).toBe('€1,234.56');
    expect(american.money(123_456)).toBe('$1,234.56');
    expect(irish.dateTime(NOON)).toBe('23 Nov 2026, 12:05');
    expect(american.dateTime(NOON)).toMatch(/^Nov 23, 2026, 12:05\sPM$/);
    expect(irish.percent(0.135)).toBe('13.5%');
  });

  it('count bytes in decimal units', () => {
    expect(irish.bytes(999)).toBe('999 bytes');
    expect(irish.bytes(21_340_000)).toBe('21.3 MB');
    expect(irish.bytes(1_250_000_000)).toBe('1.3 GB');
  });

  it('say how long ago in the largest unit that fits', () => {
    expect(irish.ago(NOON, NOON + 59_000)).toBe('just now');
    expect(irish.ago(NOON, NOON + 2 * 3_600_000 + 5)).toBe('2 hours ago');
    expect(irish.ago(NOON, NOON + 86_400_000)).toBe('yesterday');
  });

  it('give a length of time as a person would', () => {
    expect(irish.duration(1_440)).toBe('1.4s');
    expect(irish.duration(42_300)).toBe('42s');
    expect(irish.duration(80_000)).toBe('1m 20s');
    expect(irish.duration(120_000)).toBe('2m');
  });

  it('choose singular and plural', () => {
    expect(irish.plural(1, 'item', 'items')).toBe('1 item');
    expect(irish.plural(1_200, 'item', 'items')).toBe('1,200 items');
  });
});

describe('a typed amount', () => {
  it('is read in the ways it is typed', () => {
    expect(['20', '12.5', '12,50', '€ 7.05', '0'].map(parseAmount)).toEqual([2_000, 1_250, 1_250, 705, 0]);
  });

  it('is refused when it is none', () => {
    expect(['', 'x', '1.234', '1.2.3', '-5'].map(parseAmount)).toEqual([null, null, null, null, null]);
  });
});

describe('words', () => {
  it('are folded and each kept once', () => {
    expect(wordsOf('Kerr’s Pink 2.5 kg, pink')).toEqual(['kerrs', 'pink', '2', '5', 'kg']);
    expect(wordsOf('Róisín Ó Briain')).toEqual(['roisin', 'o', 'briain']);
  });
});

describe('an archive’s name', () => {
  it('has shop, date and id, and nothing a file system minds', () => {
    const noonLocal = new Date(2026, 10, 3, 12).getTime();
    expect(archiveName('Áine’s Deli & Café', { id: '3f2a-9c1e77aa01', timestamp: noonLocal })).toBe('aines-deli-cafe-2026-11-03-1e77aa01.zip');
    expect(archiveName('…', { id: 'x', timestamp: noonLocal })).toBe('till-2026-11-03-x.zip');
  });
});
