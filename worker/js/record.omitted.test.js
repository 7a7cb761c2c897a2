import { beforeAll, describe, expect, it } from 'vitest';
import { setBlobReader } from './record.js';
import { difference } from './testing/difference.js';
import { loadBlobs, readBlob } from './testing/node-blobs.js';
import { decodeRecords, encodeRecords } from './testing/whole.js';

/** What is left out where that was asked for. */

class Price {
  constructor(amount) {
    this.amount = amount;
  }
}

const at = (time) => new Date(time);
const keptOf = (value) => {
  const { bytes, omissions } = encodeRecords([value], ['k'], null, true);
  return { kept: decodeRecords(bytes).values[0], paths: omissions.map(({ path }) => path), omissions };
};

beforeAll(() => setBlobReader(readBlob));

describe('a value that cannot be kept', () => {
  it('is left out with key, path and what it is', () => {
    const { kept, omissions } = keptOf({ fine: at(1), price: new Price(1), list: [1, Symbol('x'), [() => {}]] });
    expect(difference(kept, { fine: at(1), price: undefined, list: [1, undefined, [undefined]] }, readBlob)).toBeUndefined();
    expect(omissions).toEqual([
      { key: '"k"', path: '/price', found: 'Price' },
      { key: '"k"', path: '/list/1', found: 'a symbol' },
      { key: '"k"', path: '/list/2/0', found: 'a function' },
    ]);
  });

  it('is left out of a map as a key with its entry, and of a set', () => {
    const shared = { shared: at(2) };
    const map = new Map([
      [1, at(1)], [new Price(1), { lost: shared }], [2, { kept: at(3), price: new Price(2) }], [Symbol('x'), 1], [new Set([new Price(3), shared]), shared],
    ]);
    const { kept, paths } = keptOf({ map, set: new Set([new Price(4), at(5), [new Price(5)], Symbol('y')]), shared });
    const expected = {
      map: new Map([[1, at(1)], [2, { kept: at(3), price: undefined }], [new Set([shared]), shared]]),
      set: new Set([at(5), [undefined]]),
      shared,
    };
    expect(difference(kept, expected, readBlob)).toBeUndefined();
    expect(paths).toEqual(['/map/1/0', '/map/2/1/price', '/map/3/0', '/map/4/0/0', '/set/0', '/set/2/0', '/set/3']);
  });

  it('is listed wherever it is', () => {
    const price = new Price(1);
    const { kept, paths } = keptOf([price, { price }, new Map([[price, 1], ['x', price]])]);
    expect(difference(kept, [undefined, { price: undefined }, new Map([['x', undefined]])], readBlob)).toBeUndefined();
    expect(paths).toEqual(['/0', '/1/price', '/2/0/0', '/2/1/1']);
  });

  it('is left out of arrays with holes and errors', () => {
    const array = Object.assign([, new Price(1)], { named: new Price(2) });
    const { kept, paths } = keptOf({ array, error: new Error('m', { cause: new Price(3) }) });
    expect(Object.keys(kept.array)).toEqual(['1', 'named']);
    expect([kept.array[1], kept.array.named, kept.error.cause]).toEqual([undefined, undefined, undefined]);
    expect(Object.hasOwn(kept.error, 'cause')).toBe(true);
    expect(paths).toEqual(['/array/properties/1', '/array/properties/named', '/error/cause']);
  });

  it('is left out of the depth, with its whole path', () => {
    let value = new Price(1);
    for (let i = 0; i < 500; i++) value = i % 2 === 0 ? [value] : { value };
    expect(keptOf(value).paths).toEqual(['/value/0'.repeat(250)]);
  });

  it('is left out of a record with shared buffers once', () => {
    const view = new Uint8Array(4);
    const { kept, paths } = keptOf([new Price(1), view, new DataView(view.buffer)]);
    expect(paths).toEqual(['/0']);
    expect(kept[1].buffer).toBe(kept[2].buffer);
  });
});

describe('a record that cannot be kept', () => {
  const rest = (encoded) => [decodeRecords(encoded.bytes).values, encoded.omissions, encoded.firstKey, encoded.lastKey];

  it('is left out where it is itself what cannot be kept', () => {
    const encoded = encodeRecords([new Price(1), 'a', () => {}, 'b', Symbol('x')], [1, 2, 3, 4, 5], null, true);
    expect(rest(encoded)).toEqual([
      ['a', 'b'],
      [{ key: '1', path: '', found: 'Price' }, { key: '3', path: '', found: 'a function' }, { key: '5', path: '', found: 'a symbol' }],
      '2', '4',
    ]);
    expect(encoded.records).toBe(2);
  });

  it('is left out where its key cannot be kept', () => {
    const nested = (levels) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);
    const omission = { key: 'null', path: '', found: 'as a key, arrays nested deeper than 90 levels' };
    expect(rest(encodeRecords(['a', 'b'], [nested(91), 1], null, true))).toEqual([['b'], [omission], '1', '1']);
    const records = [{ id: 1 }, { id: nested(91) }, { id: nested(90) }];
    expect(rest(encodeRecords(records, undefined, 'id', true))).toEqual([
      [{ id: 1 }, { id: nested(90) }], [omission], '1', JSON.stringify(nested(90)),
    ]);
  });

  it('is null where its key should be in it: the browser could not read it', () => {
    const unreadable = { path: '', found: 'a record that no worker of this browser can read' };
    const records = [{ id: 1 }, null, { id: 3 }];
    expect(rest(encodeRecords(records, [1, 2, 3], 'id', true))).toEqual([
      [{ id: 1 }, { id: 3 }], [{ key: '2', ...unreadable }], '1', '3',
    ]);
    expect(() => encodeRecords(records, [1, 2, 3], 'id')).toThrow(expect.objectContaining({ index: 1, key: '2', ...unreadable }));
  });

  it('is left out where its key is in what cannot be kept', () => {
    const records = [{ price: new Price(1), other: 1 }, { price: { amount: 2 }, other: new Price(3), pri: new Price(4) }];
    const encoded = encodeRecords(records, undefined, ['price.amount'], true);
    expect(rest(encoded)).toEqual([
      [{ price: { amount: 2 }, other: undefined, pri: undefined }],
      [{ key: '[1]', path: '', found: 'Price' }, { key: '[2]', path: '/other', found: 'Price' }, { key: '[2]', path: '/pri', found: 'Price' }],
      '[2]', '[2]',
    ]);
  });

  it('is left out where it is too long', async () => {
    const encoded = encodeRecords(['x'.repeat(2 ** 27), 'y'], [1, 2], null, true);
    expect(rest(encoded)).toEqual([['y'], [{ key: '1', path: '', found: 'a record of more than 134217728 characters as JSON' }], '2', '2']);
  });

  it('may be the only one', () => {
    expect(encodeRecords([new Price(1)], [1], null, true)).toMatchObject({ records: 0, firstKey: '', lastKey: '', end: true, omissions: { length: 1 } });
  });
});

it('what can be kept is written the same when leaving out was asked for', async () => {
  const value = { at: at(1), map: new Map([[{}, new Set([1])]]), blob: new Blob(['x']) };
  await loadBlobs(value);
  const [plain, omitting] = [false, true].map((omit) => encodeRecords([value], ['k'], null, omit));
  expect(omitting).toEqual(plain);
});
