import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyFromJson, keyToJson } from './record.js';
import { decodeRecords, encodeRecords } from './testing/whole.js';
import { NOT_PLAIN, packPlain, plainTags } from './record/pack-plain.js';
import { pack } from './record/pack.js';
import { difference } from './testing/difference.js';

const RUNS = { numRuns: 1000 };

const name = fc.oneof(
  fc.constantFrom('a', 'b', '__proto__', 'toJSON', 'constructor', 'a/b', '~', '', '0', '10', '\ud800'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
const string = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('\ud800', '\udc00x', '"\\\n'));
const scalar = fc.oneof(
  string, fc.boolean(), fc.constant(null), fc.double(), fc.integer(), fc.constantFrom(-0, NaN, Infinity, undefined), fc.bigInt(),
);
const date = fc.date({ noInvalidDate: false });
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 9 }), fc.float64Array({ maxLength: 3 }), fc.bigInt64Array({ maxLength: 2 }),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => bytes.buffer),
);

/** Own properties, also of the name __proto__. */
function object(entries) {
  const result = {};
  for (const [name, value] of entries) {
    Object.defineProperty(result, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return result;
}

/** Any record; `shared` objects turn up in several places of it, and `self` is the innermost container so far. */
const record = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar, date, binary, tie('object'), tie('array'), tie('map'), tie('set'), tie('twice'),
  ),
  object: fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map(object),
  array: fc.array(tie('value'), { maxLength: 5 }),
  map: fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
  set: fc.array(tie('value'), { maxLength: 4 }).map((members) => new Set(members)),
  twice: fc.tuple(tie('value'), tie('value'), fc.boolean()).map(([shared, other, cycle]) => {
    const list = [shared, { shared, other }, new Map([[shared, [other, shared]]])];
    if (cycle) list.push(new Set([list]));
    return list;
  }),
})).value;

const key = fc.letrec((tie) => ({
  key: fc.oneof(
    { depthSize: 'small' },
    string, fc.double({ noNaN: true }), fc.date({ noInvalidDate: true }), fc.uint8Array().map((bytes) => bytes.buffer),
    fc.array(tie('key'), { maxLength: 4 }),
  ),
})).key;

const noBlobs = () => {
  throw new Error('no Blobs here');
};

describe('whatever structured clone gives', () => {
  it('comes back exactly, with its key', () => {
    fc.assert(fc.property(fc.array(fc.tuple(record, key), { maxLength: 3 }), (rows) => {
      const values = structuredClone(rows.map(([value]) => value));
      const keys = rows.map(([, key]) => key);
      const { bytes } = encodeRecords(values, keys, null);
      const decoded = decodeRecords(bytes);
      const content = { values: decoded.values, keys: decoded.keys ?? [] };
      expect(difference(content, { values, keys }, noBlobs)).toBeUndefined();
      const again = encodeRecords(content.values, content.keys, null).bytes;
      expect(new TextDecoder().decode(again)).toBe(new TextDecoder().decode(bytes));
    }), RUNS);
  });

  it('is packed the same by the short way, where that goes', () => {
    let short = 0;
    fc.assert(fc.property(record, (value) => {
      const payload = packPlain(value);
      if (payload === NOT_PLAIN) return;
      short++;
      const packed = { payload, tags: plainTags() };
      expect(difference(packed, packedLong(value), noBlobs)).toBeUndefined();
    }), RUNS);
    expect(short).toBeGreaterThan(RUNS.numRuns / 10);
  });
});

function packedLong(value) {
  const { sections } = pack(value, { blobBytes: Infinity, omit: false, refused: new Map() });
  expect(sections).toHaveLength(1);
  return sections[0];
}

describe('any key', () => {
  it('comes back exactly', () => {
    fc.assert(fc.property(key, (key) => {
      expect(difference(keyFromJson(keyToJson(key)), key, noBlobs)).toBeUndefined();
    }), RUNS);
  });
});

describe('any line', () => {
  const paths = fc.array(fc.constantFrom('/v', '/a', '/0', '/1', '/__proto__', '/~1', ''), { maxLength: 3 }).map((steps) => steps.join(''));
  const tag = fc.constantFrom(
    'undefined', 'number', 'bigint', 'date', 'arraybuffer', 'uint8array', 'float64array', 'map', 'set', 'blob', 'file', 'ref', 'other',
  );
  const payload = fc.letrec((tie) => ({
    payload: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, 0, 1.5, 'NaN', '5', 'AQID', '', '/a', '/0/1', { type: '', data: 'AQID' }),
      fc.array(tie('payload'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.constantFrom('a', 'v', '0', '__proto__', 'data'), tie('payload')), { maxLength: 3 }).map(object),
    ),
  })).payload;

  it('is decoded to what encodes and decodes to the same, or refused with its place', () => {
    let accepted = 0;
    const before = Reflect.ownKeys(Object.prototype).length;
    fc.assert(fc.property(payload, fc.array(fc.tuple(paths, tag), { maxLength: 3 }), (v, tags) => {
      const line = new TextEncoder().encode(JSON.stringify({ v, t: object(tags) }));
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
    }), RUNS);
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 10);
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
  });
});
