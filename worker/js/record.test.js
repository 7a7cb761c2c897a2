import { beforeAll, describe, expect, it } from 'vitest';
import { RecordDecoder, RecordEncoder, keyFromJson, keyToJson, setBlobReader } from './record.js';
import { decodeRecords, encodeRecords } from './testing/whole.js';
import { difference } from './testing/difference.js';
import { loadBlobs, readBlob } from './testing/node-blobs.js';
import { keptValues } from './testing/values.js';

const text = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
const bytes = (string) => new TextEncoder().encode(string);
const lineOf = (value) => text(encodeRecords([value], undefined, []).bytes);

beforeAll(() => setBlobReader(readBlob));

describe('a record comes back exactly', () => {
  // Node clones a File to something that is none; the browser's test clones them too.
  const clone = (name, value) => (name.startsWith('a file') ? value : structuredClone(value));

  it.each(Object.entries(keptValues()))('%s', async (name, value) => {
    const stored = clone(name, value);
    await loadBlobs(stored);
    const encoded = encodeRecords([stored, stored], [1, 2], null);
    const { values, keys } = decodeRecords(encoded.bytes);
    await loadBlobs(values[0]);
    expect(difference(values[0], stored, readBlob)).toBeUndefined();
    expect(keys).toEqual([1, 2]);
    await loadBlobs(value);
    expect(difference(stored, value, readBlob), 'encoding has changed the record').toBeUndefined();
    await loadBlobs(values[1]);
    expect(text(encodeRecords(values, keys, null).bytes)).toBe(text(encoded.bytes));
  });
});

describe('a line', () => {
  it('is the one of the format’s text', () => {
    const record = { id: 7, name: 'Espresso', at: new Date(1_700_000_000_000) };
    expect(lineOf(record)).toBe('{"v":{"id":7,"name":"Espresso","at":1700000000000},"t":{"/at":"date"}}\n');
  });

  it('shows a map, a set and references in JSON', () => {
    const shared = { x: 1 };
    const record = { m: new Map([[shared, new Set([5n])]]), again: shared, none: undefined };
    expect(lineOf(record)).toBe(
      '{"v":{"m":[[{"x":1},["5"]]],"again":"/m/0/0","none":null},' +
        '"t":{"/m":"map","/m/0/1":"set","/m/0/1/0":"bigint","/again":"ref","/none":"undefined"}}\n',
    );
  });

  it('holds an out-of-line key', () => {
    const { bytes: line } = encodeRecords([1, 2], [new Date(5), ['a', 1]], null);
    expect(text(line)).toBe('{"v":1,"k":{"v":5,"t":{"":"date"}}}\n{"v":2,"k":["a",1]}\n');
  });

  it('has no tags of the line before it', () => {
    const { bytes: lines } = encodeRecords([{ at: new Date(1) }, { at: 1 }, { m: new Map() }, { at: 1 }], undefined, []);
    const tags = text(lines).split('\n').map((line) => line.includes('"t"'));
    expect(tags).toEqual([true, false, true, false, false]);
  });
});

describe('many lines', () => {
  it('of any length and width come back in order', () => {
    const values = Array.from({ length: 3000 }, (_, i) => ({ i, name: '€😀x'.repeat(i % 97), at: new Date(i) }));
    values[1000].name = '€'.repeat(3_000_000);
    const { bytes: lines, firstKey, lastKey } = encodeRecords(values, undefined, 'i');
    expect([firstKey, lastKey]).toEqual(['0', '2999']);
    expect(difference(decodeRecords(lines).values, values, readBlob)).toBeUndefined();
  });

  it('belong to their own batch', () => {
    const first = encodeRecords(['a'], undefined, '').bytes;
    const second = encodeRecords(['b'], undefined, '').bytes;
    expect([text(first), text(second)]).toEqual(['{"v":"a"}\n', '{"v":"b"}\n']);
  });

  it('may lack the last LF', () => {
    expect(decodeRecords(bytes('{"v":1}\n{"v":2}')).values).toEqual([1, 2]);
  });

  it('may be none', () => {
    expect(decodeRecords(bytes(''))).toEqual({ values: [], keys: undefined, bytes: 0, wanted: [], end: true });
    expect(encodeRecords([], undefined, 'id')).toEqual(
      { bytes: bytes(''), records: 0, firstKey: '', lastKey: '', omissions: [], wanted: [], end: true },
    );
    expect(encodeRecords([], [], null)).toMatchObject({ records: 0, firstKey: '', lastKey: '', end: true });
  });
});

describe('deep nesting', () => {
  const nested = (levels, bottom) => {
    let value = bottom;
    for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { value } : [value];
    return value;
  };

  it.each([
    ['plain', 1], ['with a date', new Date(1)], ['with a bigint', 1n],
  ])('of 2,000 levels comes back: %s', (_name, bottom) => {
    const { bytes: line } = encodeRecords([nested(2000, bottom)], undefined, []);
    expect(difference(decodeRecords(line).values[0], nested(2000, bottom), readBlob)).toBeUndefined();
  });

  it.each([2001, 100_000])('of %d levels is refused', (levels) => {
    const attempt = () => encodeRecords([nested(levels, 1)], undefined, []);
    expect(attempt).toThrow(expect.objectContaining({ index: 0, found: 'nesting deeper than 2000 levels' }));
  });

  it('of maps comes back', () => {
    let map = new Map();
    for (let i = 0; i < 900; i++) map = new Map([[i, map]]);
    const { bytes: line } = encodeRecords([map], undefined, []);
    expect(difference(decodeRecords(line).values[0], map, readBlob)).toBeUndefined();
  });

  it('in a line of another writer is read', () => {
    const line = `{"v":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expect(decodeRecords(bytes(line)).values).toHaveLength(1);
  });
});

describe('a key', () => {
  const date = new Date(1_700_000_000_000);
  const buffer = Uint8Array.of(1, 2, 3).buffer;

  it.each([
    [5, '5'], [-1.5, '-1.5'], ['', '""'], ['\ud800"', '"\\ud800\\""'], [[], '[]'], [[1, ['a', []]], '[1,["a",[]]]'],
    [date, '{"v":1700000000000,"t":{"":"date"}}'], [buffer, '{"v":"AQID","t":{"":"arraybuffer"}}'],
    [Infinity, '{"v":"Infinity","t":{"":"number"}}'], [-Infinity, '{"v":"-Infinity","t":{"":"number"}}'],
    [-0, '{"v":"-0","t":{"":"number"}}'],
    [[1, [date, -0]], '{"v":[1,[1700000000000,"-0"]],"t":{"/1/0":"date","/1/1":"number"}}'],
  ])('%o is %s', (key, json) => {
    expect(keyToJson(key)).toBe(json);
    expect(difference(keyFromJson(json), key, readBlob)).toBeUndefined();
  });

  it('in a record may be a part of a buffer, and is its bytes', () => {
    expect(keyToJson(new Uint16Array(Uint8Array.of(0, 0, 1, 2, 0, 0).buffer, 2, 1))).toBe('{"v":"AQI=","t":{"":"arraybuffer"}}');
    expect(keyToJson([new DataView(buffer, 1)])).toBe('{"v":["AgM="],"t":{"/0":"arraybuffer"}}');
  });

  it('may hold the same Date twice, which is no reference', () => {
    expect(keyToJson([date, date])).toBe('{"v":[1700000000000,1700000000000],"t":{"/0":"date","/1":"date"}}');
  });

  it('may nest 1,000 levels, and no more', () => {
    const nested = (levels) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(keyFromJson(keyToJson(nested(1000)))).toEqual(nested(1000));
    const refused = expect.objectContaining({ found: 'as a key, arrays nested deeper than 1000 levels' });
    expect(() => keyToJson(nested(1001))).toThrow(refused);
    expect(() => keyFromJson(JSON.stringify(nested(1001)))).toThrow(refused);
  });

  it.each([
    [undefined], [null], [true], [NaN], [new Date(NaN)], [{}], [1n], [new Map()], [[1, undefined]], [[1, , 2]], [new Number(1)],
  ])('%o is refused', (key) => {
    expect(() => keyToJson(key)).toThrow(expect.objectContaining({ path: '', found: expect.stringMatching(/^as a key, /) }));
  });

  it('that is not JSON is refused', () => {
    expect(() => keyFromJson('[1')).toThrow(expect.objectContaining({ found: 'as a key, text that is not JSON' }));
  });
});

describe('the keys of a batch', () => {
  const date = new Date(5);
  const file = new File(['abc'], 'a.txt', { type: 'text/plain', lastModified: 9 });

  it.each([
    ['id', { id: 7 }, 7],
    ['a.b.c', { a: { b: { c: 'x' } } }, 'x'],
    ['', 'the value', 'the value'],
    [['id', 'at'], { id: 7, at: date }, [7, date]],
    ['name.length', { name: '€€' }, 2],
    ['list.length', { list: [1, 2, 3] }, 3],
    ['list.1', { list: [1, 2] }, 2],
    ['file.size', { file }, 3],
    ['file.type', { file }, 'text/plain'],
    ['file.name', { file }, 'a.txt'],
    ['file.lastModified', { file }, 9],
    ['__proto__', JSON.parse('{"__proto__":3}'), 3],
  ])('are found by the key path %o', async (keyPath, value, key) => {
    await loadBlobs(value);
    const { firstKey, lastKey } = encodeRecords([value], undefined, keyPath);
    expect(lastKey).toBe(keyToJson(key));
    expect([firstKey, lastKey]).toEqual([keyToJson(key), keyToJson(key)]);
  });

  it.each([
    ['id', {}], ['a.b', { a: null }], ['a.b', { a: 5 }], ['constructor.name', {}], ['name.size', { name: 'x' }], ['at.getTime', { at: date }],
    ['blob.name', { blob: new Blob([]) }],
  ])('are missed where the key path %o leads nowhere', async (keyPath, value) => {
    await loadBlobs(value);
    expect(() => encodeRecords([value], undefined, keyPath)).toThrow(
      expect.objectContaining({ index: 0, key: 'null', path: '', found: 'as a key, undefined' }),
    );
  });

  it('are the first and the last', () => {
    const { firstKey, lastKey } = encodeRecords([{ at: date }, { at: new Date(6) }], undefined, 'at');
    expect([firstKey, lastKey]).toEqual([keyToJson(date), keyToJson(new Date(6))]);
    expect(encodeRecords(['x', 'y'], [date, 'k'], null)).toMatchObject({ firstKey: keyToJson(date), lastKey: '"k"', records: 2 });
  });

  it('encodes as much as makes a batch, and the rest after it', () => {
    const records = Array.from({ length: 7 }, (_, id) => ({ id, text: 'x'.repeat(90) }));
    const whole = encodeRecords(records, undefined, 'id');
    expect(whole.records).toBe(7);
    const encoder = new RecordEncoder(records, undefined, 'id', false);
    const batches = [];
    do batches.push(encoder.encode(200, Infinity)); while (!batches.at(-1).end);
    expect(batches.map(({ firstKey, lastKey, records }) => [firstKey, lastKey, records])).toEqual([['0', '1', 2], ['2', '3', 2], ['4', '5', 2], ['6', '6', 1]]);
    const text = batches.map((batch) => new TextDecoder().decode(batch.bytes)).join('');
    expect(text).toBe(new TextDecoder().decode(whole.bytes));
  });

  it('must be as many as the records', () => {
    expect(() => encodeRecords([1], undefined, null)).toThrow(TypeError);
    expect(() => encodeRecords([1], [1, 2], null)).toThrow(TypeError);
  });
});
