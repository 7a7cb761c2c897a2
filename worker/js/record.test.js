import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { RecordDecoder, RecordEncoder, keyFromJson, keyToJson, setBlobReader, setClone } from './record.js';
import { decodeRecords, encodeRecords } from './testing/whole.js';
import { difference } from './testing/difference.js';
import { loadBlobs, readBlob } from './testing/node-blobs.js';
import { nesting } from './testing/nesting.js';
import { keptValues } from './testing/values.js';

const text = (bytes) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
const bytes = (string) => new TextEncoder().encode(string);
const lineOf = (value) => text(encodeRecords([value], undefined, []).bytes);

beforeAll(() => {
  setBlobReader(readBlob);
  // Node's own goes less deep than the codec.
  setClone(undefined);
});

describe('a record comes back exactly', () => {
  // Node clones a File and a DOMException to something that is none; the browser's test clones them too.
  const notCloned = /^(a file|a platform exception|an error that is its own cause)/;
  const clone = (name, value) => (notCloned.test(name) ? value : structuredClone(value));

  it.each(Object.entries(keptValues()))('%s', async (name, value) => {
    const stored = clone(name, value);
    await loadBlobs(stored);
    const encoded = encodeRecords([stored, stored], [1, 2], null);
    for (const line of text(encoded.bytes).split('\n')) expect(nesting(line)).toBeLessThanOrEqual(100);
    const { values, keys } = decodeRecords(encoded.bytes);
    await loadBlobs(values[0]);
    expect(difference(values[0], stored, readBlob)).toBeUndefined();
    expect(keys).toEqual([1, 2]);
    const untouched = clone(name, value);
    await loadBlobs(untouched);
    expect(difference(stored, untouched, readBlob), 'encoding has changed the record').toBeUndefined();
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

  it('belong to their own batch, once they are copied', () => {
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
      { bytes: bytes(''), records: 0, firstKey: '', lastKey: '', unusual: false, omissions: [], wanted: [], end: true },
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
    [5000, 'plain', 1], [5000, 'with a date', new Date(1)], [5000, 'with a bigint', 1n], [100_000, 'very deep', new Date(1)],
  ])('of %d levels comes back: %s', (levels, _name, bottom) => {
    const { bytes: line } = encodeRecords([nested(levels, bottom)], undefined, []);
    expect(nesting(text(line))).toBeLessThanOrEqual(100);
    expect(line.length).toBeLessThan(levels * 30);
    expect(difference(decodeRecords(line).values[0], nested(levels, bottom), readBlob)).toBeUndefined();
  });

  it('is named in d, level by level', () => {
    const { bytes: line } = encodeRecords([nested(200, new Date(5))], undefined, []);
    const { v, t, d } = JSON.parse(text(line));
    expect(Object.values(t)).toEqual(['deep']);
    expect(d.map(({ t }) => Object.values(t))).toEqual([['deep'], ['date']]);
    expect(nesting(JSON.stringify(v))).toBe(90);
  });

  it('shows its whole path where something is not kept', () => {
    const attempt = () => encodeRecords([nested(1000, Symbol('x'))], undefined, []);
    expect(attempt).toThrow(expect.objectContaining({ path: '/0/value'.repeat(500), found: 'a symbol' }));
  });

  it('in a line of another writer is read up to 256 levels, the line among them', () => {
    const line = (levels) => bytes(`{"v":${'['.repeat(levels)}${']'.repeat(levels)}}`);
    expect(decodeRecords(line(255)).values).toHaveLength(1);
    for (const levels of [256, 1_000_000]) {
      expect(() => decodeRecords(line(levels))).toThrow(expect.objectContaining({ path: '', found: 'a line that nests too deep' }));
    }
  });
});

describe.runIf(existsSync('/usr/bin/jq'))('jq', () => {
  it('shows each record, however deep it is', () => {
    let deep = new Date(1);
    for (let i = 0; i < 5000; i++) deep = i % 2 === 0 ? { deep } : [deep, new Map([[i, deep]])];
    const kept = Object.entries(keptValues()).filter(([name]) => !/blob|file|binary|own cause/.test(name)).map(([, value]) => structuredClone(value));
    const lines = text(encodeRecords([deep, ...kept], undefined, []).bytes).split('\n');
    const shown = execFileSync('/usr/bin/jq', ['-c', '.v'], { input: lines.join('\n'), maxBuffer: 2 ** 28 });
    expect(text(shown).split('\n')).toHaveLength(lines.length);
  });
});

describe('a key', () => {
  const date = new Date(1_700_000_000_000);
  const buffer = Uint8Array.of(1, 2, 3).buffer;

  it.each([
    [5, '5'], [-1.5, '-1.5'], ['', '""'], ['\ud800"', '{"v":"\ue000d800\\"","s":"\ue000"}'], [[], '[]'], [[1, ['a', []]], '[1,["a",[]]]'],
    [date, '{"v":1700000000000,"t":{"":"date"}}'], [buffer, '{"v":"AQID","t":{"":"arraybuffer"}}'],
    [Infinity, '{"v":"Infinity","t":{"":"number"}}'], [-Infinity, '{"v":"-Infinity","t":{"":"number"}}'],
    [-0, '{"v":"-0","t":{"":"number"}}'],
    [['\\ud800', '\ue000'], '["\\\\ud800","\ue000"]'],
    [['\ue000', ['\udc00', date]], '{"v":["\ue000",["\ue001dc00",1700000000000]],"t":{"/1/1":"date"},"s":"\ue001"}'],
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

  it('may nest 90 levels, and no more', () => {
    const nested = (levels) => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    const dated = (levels) => (levels === 0 ? new Date(1) : [dated(levels - 1)]);
    for (const key of [nested(90), dated(90)]) {
      const { bytes: line } = encodeRecords([1], [key], null);
      expect(nesting(text(line))).toBeLessThanOrEqual(100);
      expect(difference(decodeRecords(line).keys, [key], readBlob)).toBeUndefined();
    }
    const refused = expect.objectContaining({ found: 'as a key, arrays nested deeper than 90 levels' });
    expect(() => encodeRecords([1], [nested(91)], null)).toThrow(refused);
    expect(() => encodeRecords([{ id: nested(91) }], undefined, 'id')).toThrow(refused);
    expect(() => keyFromJson(JSON.stringify(nested(91)))).toThrow(refused);
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
    ['file.lastModifiedDate', { file }, new Date(9)],
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
    do {
      const batch = encoder.encode(200, Infinity);
      batches.push({ ...batch, bytes: batch.bytes.slice() });
    } while (!batches.at(-1).end);
    expect(batches.map(({ firstKey, lastKey, records }) => [firstKey, lastKey, records])).toEqual([['0', '1', 2], ['2', '3', 2], ['4', '5', 2], ['6', '6', 1]]);
    const text = batches.map((batch) => new TextDecoder().decode(batch.bytes)).join('');
    expect(text).toBe(new TextDecoder().decode(whole.bytes));
  });

  it('must be as many as the records', () => {
    expect(() => encodeRecords([1], undefined, null)).toThrow(TypeError);
    expect(() => encodeRecords([1], [1, 2], null)).toThrow(TypeError);
  });
});
