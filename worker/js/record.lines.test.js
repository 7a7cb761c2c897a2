import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { RecordDecoder, RecordEncoder, setBlobReader } from './record.js';
import { loadBlobs, readBlob } from './testing/node-blobs.js';
import { decodeAll, decodeRecords, encodeAll } from './testing/whole.js';

/** Shared with the reader in Rust, which must accept and refuse the same lines. */
const all = JSON.parse(readFileSync(new URL('../../tests/fixtures/records.json', import.meta.url), 'utf8'));

/** Those that need no browser; the others are tried in one. */
const vectors = all.filter(({ browser }) => browser !== true);

/** Entries in these lines hold zeros. */
const zeros = (_, size) => new Blob([new Uint8Array(size)]);
const RECORD_BLOB_BYTES = 4096;

const bytes = (string) => new TextEncoder().encode(string);

function refusalOf(input) {
  try {
    decodeRecords(input);
  } catch (error) {
    return error;
  }
  return 'nothing refused';
}

beforeAll(() => setBlobReader(readBlob));

describe('a line is accepted', () => {
  const accepted = vectors.filter(({ ok }) => ok);

  it.each(accepted.map((vector) => [vector.name, vector]))('%s', async (_name, { line, canonical, outOfLine }) => {
    if (lacks(line)) {
      await expect(decodeAll(new RecordDecoder(bytes(line)), zeros)).rejects.toMatchObject({ found: expect.stringMatching(/unknown here|no payload/) });
      return;
    }
    const { values, keys } = await decodeAll(new RecordDecoder(bytes(`${line}\n`)), zeros);
    expect(values).toHaveLength(1);
    expect(keys?.length).toBe(outOfLine === true ? 1 : undefined);
    await loadBlobs(values[0]);
    if (canonical === false) return;
    const again = await encodeAll(new RecordEncoder(values, keys, outOfLine === true ? null : [], false), RECORD_BLOB_BYTES);
    expect(new TextDecoder().decode(again.bytes)).toBe(`${line}\n`);
  });
});

/** Node 20 has no Float16Array, and makes no view that follows its buffer while a part of an element is at the end. */
function lacks(line) {
  return globalThis.Float16Array === undefined && (line.includes('float16array') || line.includes('"maxByteLength":16,"data":"AAEC"'));
}

describe('a line is refused', () => {
  const refused = vectors.filter(({ ok }) => !ok);

  it.each(refused.map((vector) => [vector.name, vector]))('%s', async (_name, { line, path, outOfLine }) => {
    const good = outOfLine === true ? '{"v":1,"k":1}' : '{"v":1}';
    const decoded = decodeAll(new RecordDecoder(bytes(`${good}\n${line}\n${good}\n`)), zeros);
    await expect(decoded).rejects.toEqual({ index: 1, path, found: expect.any(String) });
  });

  it.each([
    ['a map with the same key twice', '{"v":{"m":[["a",1],["a",2]]},"t":{"/m":"map"}}', '/m'],
    ['a map with NaN twice', '{"v":{"m":[["NaN",1],["NaN",2]]},"t":{"/m":"map","/m/0/0":"number","/m/1/0":"number"}}', '/m'],
    ['a map with the same object twice', '{"v":{"m":[[{},1],["/m/0/0",2]]},"t":{"/m":"map","/m/1/0":"ref"}}', '/m'],
    ['a set with the same member twice', '{"v":{"s":[1,1]},"t":{"/s":"set"}}', '/s'],
    ['a file name with a lone surrogate', '{"v":{"name":"\\ud800","type":"","lastModified":1,"data":""},"t":{"":"file"}}', ''],
  ])('%s', (_name, line, path) => {
    expect(refusalOf(bytes(line))).toMatchObject({ index: 0, path });
  });
});

describe('lines are refused', () => {
  it.each([
    ['an empty line between', '{"v":1}\n\n{"v":2}\n', 1],
    ['an empty line at the end', '{"v":1}\n\n', 1],
    ['a byte order mark', '\ufeff{"v":1}\n', 0],
    ['a record over two lines', '{"v":[1,\n2]}\n', 0],
    ['a key missing', '{"v":1,"k":1}\n{"v":2}\n', 1],
    ['a key too many', '{"v":1}\n{"v":2}\n{"v":3,"k":1}\n', 2],
  ])('for %s', (_name, lines, index) => {
    expect(refusalOf(bytes(lines))).toMatchObject({ index, path: '' });
  });

  it.each([
    ['a stray byte', [0x80]], ['a lone surrogate in UTF-8', [0xed, 0xa0, 0x80]], ['an overlong form', [0xc0, 0xaf]], ['a cut off form', [0xe2, 0x82]],
  ])('for bytes that are not UTF-8: %s', (_name, wrong) => {
    const input = Uint8Array.of(...bytes('{"v":"€"}\n{"v":"'), ...wrong, ...bytes('"}\n{"v":1}\n'));
    expect(refusalOf(input)).toEqual({ index: 1, path: '', found: 'bytes that are not UTF-8' });
  });
});

describe('prototypes are not reached', () => {
  it.each([
    '{"v":{"__proto__":{"polluted":1}}}',
    '{"v":{"__proto__":{"polluted":0}},"t":{"/__proto__/polluted":"date"}}',
    '{"__proto__":{"polluted":1,"t":{"":"date"}},"v":1}',
    '{"v":{"a":{"__proto__":{"__proto__":{"polluted":1}}}},"t":{"/a/__proto__/__proto__":"map"}}',
    '{"v":{"polluted":0},"t":{"/__proto__/polluted":"date"}}',
    '{"v":{"polluted":0},"t":{"/constructor/prototype/polluted":"date"}}',
    '{"v":[],"t":{"/__proto__/polluted":"undefined"}}',
    '{"v":{"a":{"polluted":1},"__proto__":"/a"},"t":{"/__proto__":"ref"}}',
    '{"v":{"__proto__":0},"t":{"__proto__":"date","/__proto__":"date"}}',
    '{"v":{"length":1,"properties":{"__proto__":{"polluted":0}}},"t":{"":"array","/properties/__proto__/polluted":"date"}}',
    '{"v":{"__proto__":{"length":1,"properties":{"polluted":1}}},"t":{"/__proto__":"array"}}',
    '{"v":{"name":"Error","cause":{"__proto__":{"polluted":1}}},"t":{"":"error"}}',
    '{"v":{"name":"__proto__","message":"polluted"},"t":{"":"error"}}',
    '{"v":{"a":0},"t":{"/a":"deep"},"d":[{"v":{"__proto__":{"polluted":0}},"t":{"/__proto__/polluted":"date"}}]}',
  ])('by %s', (line) => {
    const before = Reflect.ownKeys(Object.prototype).length;
    refusalOf(bytes(line));
    expect({}.polluted).toBeUndefined();
    expect([].polluted).toBeUndefined();
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
  });

  it('and own __proto__ stays a property', () => {
    const [value] = decodeRecords(bytes('{"v":{"a":{"x":1},"__proto__":"/a"},"t":{"/__proto__":"ref"}}')).values;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(value, '__proto__').value).toBe(value.a);
  });
});

describe('a line is refused', () => {
  const found = (line) => {
    try {
      return decodeRecords(new TextEncoder().encode(line)).values.length;
    } catch (refusal) {
      return refusal.found;
    }
  };
  const tagged = (count) => JSON.stringify({ v: Array(count).fill(0), t: Object.fromEntries(Array.from({ length: count }, (_, i) => [`/${i}`, 'date'])) });

  it('for more tags than it may have', () => {
    expect(found(tagged(1_000_000))).toBe(1);
    expect(found(tagged(1_000_001))).toBe('a line of more than 1000000 tags');
  });

  it('for more characters than it may have', () => {
    const text = 'ä'.repeat(2 ** 27 - 8);
    expect(found(`{"v":"${text}"}`)).toBe(1);
    expect(found(`{"v":"${text}ä"}`)).toBe('a line of more than 134217728 characters');
  });

  it('for more digits than a BigInt may have', () => {
    const line = (digits) => `{"v":"-1${'0'.repeat(digits - 1)}","t":{"":"bigint"}}`;
    expect(found(line(1_000_000))).toBe(1);
    expect(found(line(1_000_001))).toBe('no payload of bigint');
  });
});

describe('records that are written together', () => {
  const linesOf = (values) => new TextDecoder().decode(new RecordEncoder(values, undefined, 'id', false).encode(Infinity, RECORD_BLOB_BYTES).bytes).split('\n');
  const row = (id, more = {}) => ({ id, name: `row ${id}`, ...more });

  it.each([
    ['have nothing but ASCII', {}],
    ['have wider characters', { name: 'Brötchen 🥐' }],
    ['have what stands between two of them in a string', { name: '},{"v":' }],
    ['have what stands between two of them in a list', { list: [{ a: 1 }, { v: 2 }] }],
    ['have a lone surrogate', { name: '\ud800' }],
    ['have a tag', { at: new Date(5) }],
    ['have a value that must be packed by itself', { amount: -0 }],
  ])('%s', (_name, more) => {
    const values = [row(1), row(2, more), row(3), row(4, more), row(5)];
    const lines = linesOf(values);
    // One by one there is nothing to tell apart.
    expect(lines).toEqual([...values.flatMap((value) => linesOf([value]).slice(0, 1)), '']);
    expect(decodeRecords(bytes(lines.join('\n'))).values).toEqual(values);
  });
});
