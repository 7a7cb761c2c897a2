/**
 * Seeded random numbers (sfc32), so that the demo data is the same on every machine and in every
 * browser. Each kind of record draws from a stream of its own: changing one leaves the others as
 * they were.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, stream: string) {
    let hash = (seed ^ 0x9e3779b9) >>> 0;
    const mix = (value: number): number => {
      hash = Math.imul(hash ^ value, 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      return (hash ^= hash >>> 16) >>> 0;
    };
    for (let i = 0; i < stream.length; i++) mix(stream.charCodeAt(i));
    this.#a = mix(1);
    this.#b = mix(2);
    this.#c = mix(3);
    for (let i = 0; i < 12; i++) this.uint32();
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }

  /** At least 0, less than 1. */
  unit(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** An integer of at least `low` and at most `high`. */
  int(low: number, high: number): number {
    return low + Math.floor(this.unit() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.unit() * items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** An index below `length`; small ones come up far more often, as a shop's best sellers do. */
  popularIndex(length: number): number {
    const u = this.unit();
    return Math.floor(length * u * u * (0.35 + 0.65 * u));
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.uint32().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  digits(count: number): string {
    let text = '';
    while (text.length < count) text += String(this.uint32() % 1_000_000).padStart(6, '0');
    return text.slice(0, count);
  }

  uuid(): string {
    const hex = this.hex(32);
    const variant = '89ab'[this.int(0, 3)] ?? '8';
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }
}
