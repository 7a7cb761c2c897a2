import { beforeAll, describe, expect, it } from 'vitest';
import { RecordEncoder, setBlobReader, setClone } from './record.js';
import { encodeRecords } from './testing/whole.js';
import { refusedValues } from './testing/refused.js';

const MIB = 1024 * 1024;

function refusalOf(...args) {
  try {
    encodeRecords(...args);
  } catch (error) {
    return error;
  }
  return 'nothing refused';
}

beforeAll(() => setBlobReader((blob) => new ArrayBuffer(blob.size)));

describe('a record is refused', () => {
  it.each(Object.entries(refusedValues()))('for %s', (_name, [value, path, found]) => {
    const refusal = refusalOf(['kept', value], [1, 'the key'], null);
    expect(refusal).toEqual({ index: 1, key: '"the key"', path, found, tooLarge: false });
    expect(refusal).not.toBeInstanceOf(Error);
  });

  it.each([
    ['a shared buffer', new SharedArrayBuffer(4), 'SharedArrayBuffer'],
    ['a view of a shared buffer', new Uint8Array(new SharedArrayBuffer(4)), 'a Uint8Array over SharedArrayBuffer'],
    ['an object without a prototype', Object.create(null), 'an object without a prototype'],
    ['an object of a class', new (class Price {})(), 'Price'],
    ['an object of a class without a name', new (class {})(), 'an object of an unknown class'],
    ['an array of a class', new (class List extends Array {})(), 'List'],
  ])('for %s', (_name, value, found) => {
    expect(refusalOf([{ a: [value] }], undefined, [])).toMatchObject({ path: '/a/0', found });
    expect(refusalOf([value], undefined, [])).toMatchObject({ path: '', found });
  });

  it.each([
    ['a string is', 'x'.repeat(129 * MIB), ''],
    ['strings together are, even for JSON.stringify', Array(5).fill('x'.repeat(129 * MIB)), ''],
    ['binary values together are', Array.from({ length: 3 }, () => new Blob([new Uint8Array(48 * MIB)])), '/2'],
  ])('where %s too long for a line', (_name, value, path) => {
    const found = 'a record of more than 134217728 characters as JSON';
    expect(refusalOf([value], ['k'], null)).toEqual({ index: 0, key: '"k"', path, found, tooLarge: true });
  });

  it('where more values than a line has tags for need one', () => {
    const at = new Date(5);
    const found = 'a record of more than 1000000 values that need tags';
    for (const more of [at, 5n]) {
      const dates = Array.from({ length: 1_000_000 }, () => new Date(5));
      expect(refusalOf([[dates, more]], ['k'], null)).toMatchObject({ key: '"k"', found, tooLarge: true });
    }
    expect(encodeRecords([Array.from({ length: 1_000_000 }, () => new Date(5))], ['k'], null).records).toBe(1);
  });

  it('where a BigInt is so large that its digits take an engine seconds', () => {
    const [largest, larger] = [10n ** 999_999n, 10n ** 1_000_000n];
    const found = 'a BigInt of more than 1000000 digits';
    expect(encodeRecords([{ largest: -largest, object: Object(largest) }], ['k'], null).records).toBe(1);
    for (const value of [larger, -larger, Object(larger)]) {
      expect(refusalOf([{ value }], ['k'], null)).toEqual({ index: 0, key: '"k"', path: '/value', found, tooLarge: false });
    }
  });

  it('with the key where it has one, and null where not', () => {
    const x = Symbol('x');
    expect(refusalOf([{ id: new Date(5), x }], undefined, 'id')).toMatchObject({ key: '{"v":5,"t":{"":"date"}}' });
    expect(refusalOf([{ x }], undefined, [])).toMatchObject({ key: '[]', path: '/x' });
    expect(refusalOf([{ x }], undefined, 'id')).toMatchObject({ key: 'null', path: '', found: 'as a key, undefined' });
  });

  it('and the next batch is untouched by it', () => {
    refusalOf([{ at: new Date(1) }, Symbol('x')], undefined, []);
    expect(new TextDecoder().decode(encodeRecords([{ a: 1 }], undefined, []).bytes)).toBe('{"v":{"a":1}}\n');
  });
});

describe('a record whose key was generated into what keeps no properties', () => {
  it.each([
    ['Map', { m: new Map() }, 'm.id'],
    ['Map', new Map([[1, 2]]), 'id'],
    ['Date', { m: new Date(5) }, 'm.id'],
    ['Set', { a: { m: new Set() } }, 'a.m.id'],
    ['Uint8Array', { m: new Uint8Array(3) }, 'm.id'],
    ['Blob', { m: new Blob([]) }, 'm.id'],
    ['Number', { m: Object(5) }, 'm.id'],
    ['Error', { m: new Error('x') }, 'm.id'],
  ])('a %s is refused', (name, value, keyPath) => {
    const names = keyPath.split('.');
    // As a database does it.
    names.slice(0, -1).reduce((at, step) => at[step], value)[names.at(-1)] = 7;
    const found = `${name} with a generated key`;
    expect(refusalOf([value], undefined, keyPath)).toEqual({ index: 0, key: '7', path: '', found, tooLarge: false });
    expect(encodeRecords([value], undefined, keyPath, true).omissions).toEqual([{ key: '7', path: '', found }]);
  });

  it('but not one that a copy keeps', () => {
    const array = Object.assign([1], { id: 7 });
    const error = Object.assign(new Error('text'), {});
    expect(encodeRecords([{ array }], undefined, 'array.id').records).toBe(1);
    expect(encodeRecords([{ error }], undefined, 'error.message').records).toBe(1);
    expect(encodeRecords([{ text: Object('abc') }], undefined, 'text.length').records).toBe(1);
  });
});

describe('a Blob that cannot be read', () => {
  const found = 'a Blob that cannot be read (NotReadableError)';
  const lost = (blob) => {
    if (blob.size !== 1) return new ArrayBuffer(blob.size);
    throw new DOMException('gone', 'NotReadableError');
  };

  it('is refused, and left out on request', () => {
    setBlobReader(lost);
    const value = { a: new Blob(['xy']), b: [new Blob(['x'])] };
    expect(refusalOf([value], ['k'], null)).toEqual({ index: 0, key: '"k"', path: '/b/0', found, tooLarge: false });
    expect(encodeRecords([value], ['k'], null, true).omissions).toEqual([{ key: '"k"', path: '/b/0', found }]);
  });

  it('is not left out of a record whose key leads through it, under whatever name', () => {
    setBlobReader(lost);
    const holder = { f: new File(['x'], 'name', { lastModified: 5 }) };
    const value = { a: holder, b: holder };
    for (const keyPath of ['a.f.name', 'b.f.name']) {
      expect(encodeRecords([value], undefined, keyPath, true)).toMatchObject({ records: 0, omissions: [{ key: '"name"', path: '', found }] });
    }
  });

  it('is so too where it is large', () => {
    const encoded = (omit) => {
      const encoder = new RecordEncoder([{ a: new Blob(['xy']), b: new Blob(['xyz']) }, 1], ['k', 'l'], null, omit);
      const { wanted } = encoder.encode(Infinity, 2);
      wanted[1].refuse('NotReadableError');
      wanted[0].fulfil('0'.repeat(64));
      const again = encoder.encode(Infinity, 2);
      // What is left is packed anew.
      for (const one of again.wanted) one.fulfil('0'.repeat(64));
      return encoder.encode(Infinity, 2);
    };
    expect(() => encoded(false)).toThrow(expect.objectContaining({ key: '"k"', path: '/b', found }));
    expect(encoded(true)).toMatchObject({ records: 2, omissions: [{ key: '"k"', path: '/b', found }], end: true });
  });
});

describe('a record of more than 4 GiB', () => {
  const piece = new Blob([new Uint8Array(64 << 20)]);
  const value = { films: [1, 2, 3].map(() => new Blob(Array(22).fill(piece))) };
  const found = 'binary values of more than 4294967295 bytes in one record';

  it('is refused before it is read, and left out as a whole on request', () => {
    setBlobReader(() => { throw new Error('it was read'); });
    const encoded = (omit) => new RecordEncoder([value, 1], ['k', 'l'], null, omit).encode(Infinity, 4096);
    expect(() => encoded(false)).toThrow(expect.objectContaining({ key: '"k"', path: '/films/2', found, tooLarge: true }));
    expect(encoded(true)).toMatchObject({ records: 1, omissions: [{ key: '"k"', path: '', found }], wanted: [], end: true });
  });
});

describe('a record so deep that it can be read and not stored again', () => {
  it('is refused', async () => {
    setClone(() => { throw new RangeError('Maximum call stack size exceeded'); });
    let deep = 1;
    for (let i = 0; i < 1500; i++) deep = [deep];
    const found = 'a record nested deeper than a worker of this browser can store';
    const encoded = async (omit) => {
      const encoder = new RecordEncoder([{ id: 7, deep }], undefined, 'id', omit);
      for (const { make } of encoder.encode(1, 1).wanted.map((wanted) => ({ make: () => wanted.make() }))) await make();
      return encoder.encode(1, 1);
    };
    try {
      await expect(encoded(false)).rejects.toMatchObject({ key: '7', path: '', found });
      expect(await encoded(true)).toMatchObject({ records: 0, omissions: [{ key: '7', path: '', found }], end: true });
    } finally {
      setClone(undefined);
    }
  });
});
