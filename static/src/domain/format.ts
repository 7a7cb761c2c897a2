import type { Cents } from '../db/types';

export const LANGUAGES = [
  { id: 'en-IE', label: 'English (Ireland)' },
  { id: 'en-GB', label: 'English (United Kingdom)' },
  { id: 'en-US', label: 'English (United States)' },
] as const;

export type Language = (typeof LANGUAGES)[number]['id'];

const KIBI = 1_000;
const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
const AGES: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['week', 604_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Everything the page says about numbers, money and time, in one language. */
export class Formats {
  readonly #number: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #money: Intl.NumberFormat;
  readonly #dateTime: Intl.DateTimeFormat;
  readonly #date: Intl.DateTimeFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #age: Intl.RelativeTimeFormat;

  constructor(
    readonly language: Language,
    readonly currency: string,
    readonly timeZone?: string,
  ) {
    const zone = timeZone === undefined ? {} : { timeZone };
    this.#number = new Intl.NumberFormat(language);
    this.#percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 });
    this.#money = new Intl.NumberFormat(language, { style: 'currency', currency });
    this.#dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', ...zone });
    this.#date = new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', ...zone });
    this.#time = new Intl.DateTimeFormat(language, { timeStyle: 'short', ...zone });
    this.#age = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  }

  number(value: number): string {
    return this.#number.format(value);
  }

  /** A share of one as percent. */
  percent(share: number): string {
    return this.#percent.format(share);
  }

  money(cents: Cents): string {
    return this.#money.format(cents / 100);
  }

  moneyParts(cents: Cents): Intl.NumberFormatPart[] {
    return this.#money.formatToParts(cents / 100);
  }

  dateTime(instant: Date | number): string {
    return this.#dateTime.format(instant);
  }

  date(instant: Date | number): string {
    return this.#date.format(instant);
  }

  time(instant: Date | number): string {
    return this.#time.format(instant);
  }

  /** How long ago: `2 hours ago`, `just now`. */
  ago(instant: number, now: number): string {
    const elapsed = now - instant;
    for (const [unit, length] of AGES) {
      if (elapsed >= length) return this.#age.format(-Math.floor(elapsed / length), unit);
    }
    return 'just now';
  }

  bytes(bytes: number): string {
    let unit = 0;
    let value = bytes;
    while (value >= KIBI && unit < BYTE_UNITS.length - 1) {
      value /= KIBI;
      unit += 1;
    }
    return new Intl.NumberFormat(this.language, {
      style: 'unit',
      unit: BYTE_UNITS[unit] ?? 'byte',
      unitDisplay: unit === 0 ? 'long' : 'short',
      maximumFractionDigits: unit > 1 ? 1 : 0,
    }).format(value);
  }

  /** A length of time for a person: `1m 20s`. */
  duration(ms: number): string {
    const seconds = Math.round(ms / 1_000);
    const unit = (value: number, name: string): string =>
      new Intl.NumberFormat(this.language, { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: 1 }).format(value);
    if (ms < 9_950) return unit(Math.round(ms / 100) / 10, 'second');
    if (seconds < 60) return unit(seconds, 'second');
    const minutes = Math.floor(seconds / 60);
    return seconds % 60 === 0 ? unit(minutes, 'minute') : `${unit(minutes, 'minute')} ${unit(seconds % 60, 'second')}`;
  }

  plural(count: number, one: string, many: string): string {
    return `${this.number(count)} ${count === 1 ? one : many}`;
  }
}

/** What a person typed as an amount, in cents; null when it is none. `12.5`, `12,50` and `€ 12` are. */
export function parseAmount(text: string): Cents | null {
  const plain = text.replace(/[^\d.,-]/g, '').replace(',', '.');
  if (!/^\d+(\.\d{0,2})?$/.test(plain)) return null;
  const [whole = '0', fraction = ''] = plain.split('.');
  return Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
}
