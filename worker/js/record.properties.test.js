import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyFromJson, keyToJson } from './record.js';
import { date, key, name, object, record, string } from './testing/arbitraries.js';
import { decodeRecords, encodeRecords } from './testing/whole.js';
import { NOT_PLAIN, packPlain, plainTags } from './record/pack-plain.js';
import { pack } from './record/pack.js';
import { difference } from './testing/difference.js';
import { nesting } from './testing/nesting.js';

const RUNS = { numRuns: 1000 };

const noBlobs = () => {
  throw new Error('no Blobs here');
};

describe('whatever structured clone gives', () => {
  it('comes back exactly, with its key', () => {
    fc.assert(fc.property(fc.array(fc.tuple(record, key), { maxLength: 3 }), (rows) => {
      const values = rows.map(([value]) => structuredClone(value));
      const keys = rows.map(([, key]) => key);
      const { bytes } = encodeRecords(values, keys, null);
      const decoded = decodeRecords(bytes);
      const content = { values: decoded.values, keys: decoded.keys ?? [] };
      expect(difference(content, { values, keys }, noBlobs)).toBeUndefined();
      const again = encodeRecords(content.values, content.keys, null).bytes;
      expect(new TextDecoder().decode(again)).toBe(new TextDecoder().decode(bytes));
    }), RUNS);
  });

  it('is written in lines of few levels', () => {
    let inDepth = 0;
    fc.assert(fc.property(record, (value) => {
      const line = new TextDecoder().decode(encodeRecords([structuredClone(value)], undefined, []).bytes);
      if (line.includes('"d":[')) inDepth++;
      expect(nesting(line)).toBeLessThanOrEqual(100);
    }), RUNS);
    expect(inDepth).toBeGreaterThan(RUNS.numRuns / 50);
  });

  it('is packed the same by the short way, where that goes', () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, string, fc.integer(), fc.boolean(), fc.constantFrom(null, undefined), date, tie('object'), tie('array')),
      object: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map(object),
      array: fc.array(tie('value'), { maxLength: 5 }),
    })).value;
    let short = 0;
    fc.assert(fc.property(fc.oneof(record, plain), (value) => {
      const payload = packPlain(value);
      if (payload === NOT_PLAIN) return;
      short++;
      const packed = { payload, tags: JSON.stringify(plainTags() ?? {}).slice(1, -1) };
      expect(difference(packed, packedLong(value), noBlobs)).toBeUndefined();
    }), RUNS);
    expect(short).toBeGreaterThan(RUNS.numRuns / 10);
  });
});

function packedLong(value) {
  const { sections } = pack(value, { blobBytes: Infinity, omit: false, refused: undefined });
  expect(sections).toHaveLength(1);
  return sections[0];
}

describe('what cannot be kept', () => {
  /** Stands for what no archive holds, and is none of what a clone gives. */
  class Unkept {}

  const holed = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.constantFrom(1, 'x', undefined), date, fc.constant('unkept'), tie('object'), tie('array'), tie('map'), tie('set')),
    object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')).map((value) => ({ ...value })),
    array: fc.array(tie('value'), { maxLength: 4 }),
    map: fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => ({ entries })),
    set: fc.array(tie('value'), { maxLength: 4 }).map((members) => ({ members })),
  })).value;

  /** The value with what cannot be kept in it, or the one that is to come back, without it. */
  function made(value, without, dropped) {
    if (value === 'unkept') return without ? dropped : new Unkept();
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    const each = (list, drop) => list.map((item) => made(item, without, drop)).filter((item) => item !== DROPPED);
    if (Array.isArray(value)) return each(value, undefined);
    if ('members' in value) return new Set(each(value.members, DROPPED));
    if (!('entries' in value)) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, made(item, without, undefined)]));
    const entries = value.entries.map(([key, item]) => [made(key, without, DROPPED), made(item, without, undefined)]);
    return new Map(entries.filter(([key]) => key !== DROPPED));
  }
  const DROPPED = Symbol('dropped');

  it('is left out, and only that', () => {
    let omitted = 0;
    fc.assert(fc.property(holed, (plan) => {
      const { bytes, omissions } = encodeRecords([[made(plan, false)]], undefined, [], true);
      omitted += omissions.length;
      expect(difference(decodeRecords(bytes).values[0], [made(plan, true, undefined)], noBlobs)).toBeUndefined();
    }), RUNS);
    expect(omitted).toBeGreaterThan(RUNS.numRuns / 10);
  });
});

describe('any key', () => {
  it('comes back exactly', () => {
    fc.assert(fc.property(key, (key) => {
      expect(difference(keyFromJson(keyToJson(key)), key, noBlobs)).toBeUndefined();
    }), RUNS);
  });
});

describe('any line', () => {
  const paths = fc.array(fc.constantFrom('/v', '/a', '/0', '/1', '/__proto__', '/~1', '/buffer', '/cause', '/properties/a', ''), { maxLength: 3 }).map((steps) => steps.join(''));
  const tag = fc.constantFrom(
    'undefined', 'number', 'bigint', 'date', 'arraybuffer', 'uint8array', 'float64array', 'map', 'set', 'blob', 'file', 'ref', 'other',
    'resizablearraybuffer', 'array', 'numberobject', 'stringobject', 'regexp', 'error', 'domexception', 'deep',
  );
  const payload = fc.letrec((tie) => ({
    payload: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 0, 1.5, 'NaN', '5', 'AQID', '', '/a', '/0/1', { type: '', data: 'AQID' }),
      fc.constantFrom({ source: 'a', flags: '' }, { name: 'Error', message: '' }, { maxByteLength: 8, data: 'AQID' }, { length: 1, properties: { a: 0 } }, [0, '/a']),
      tie('payload').map((buffer) => ({ buffer, byteOffset: 0, length: 1 })), tie('payload').map((cause) => ({ name: 'Error', cause })),
      fc.array(tie('payload'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.constantFrom('a', 'v', '0', '__proto__', 'data'), tie('payload')), { maxLength: 3 }).map(object),
    ),
  })).payload;

  it('is decoded to what encodes and decodes to the same, or refused with its place', () => {
    let accepted = 0;
    const before = Reflect.ownKeys(Object.prototype).length;
    fc.assert(fc.property(payload, fc.array(fc.tuple(paths, tag), { maxLength: 3 }), fc.option(fc.array(payload, { maxLength: 2 })), (v, tags, deep) => {
      const d = deep?.map((v) => ({ v }));
      const line = new TextEncoder().encode(JSON.stringify({ v, t: object(tags), d }));
      let decoded;
      try {
        decoded = decodeRecords(line);
      } catch (refusal) {
        expect(refusal).toEqual({ index: 0, path: expect.any(String), found: expect.any(String) });
        return;
      }
      if (tags.some(([, tag]) => tag === 'blob')) return;
      accepted++;
      const again = decodeRecords(encodeRecords(decoded.values, undefined, []).bytes);
      expect(difference(again.values, decoded.values, noBlobs)).toBeUndefined();
    }), { numRuns: 2 * RUNS.numRuns });
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 10);
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
  });
});
