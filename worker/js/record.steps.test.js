import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { RecordDecoder, RecordEncoder, setBlobReader } from './record.js';
import { difference } from './testing/difference.js';
import { loadBlobs, readBlob } from './testing/node-blobs.js';
import { decodeAll, encodeAll } from './testing/whole.js';

/** What is wanted, and got, between one call and the next. */

const text = (bytes) => new TextDecoder().decode(bytes);
const filled = (size, value) => new Uint8Array(size).fill(value);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const zeros = (size) => ({ blob: sha256(new Uint8Array(size)), size });
const lineOf = (v, t) => `${JSON.stringify({ v, t })}\n`;
const decoderOf = (...lines) => new RecordDecoder(new TextEncoder().encode(lines.join('')));
const encoderOf = (values) => new RecordEncoder(values, undefined, [], false);

beforeAll(() => setBlobReader(readBlob));

describe('an encoder', () => {
  it('ends before a record that wants something, and says what the ones behind it want too', async () => {
    const buffer = filled(5000, 1).buffer;
    const blob = new Blob([filled(4096, 2)], { type: 'a/b' });
    const small = new Blob([filled(4095, 3)]);
    await loadBlobs(small);
    const encoder = encoderOf([1, { buffer }, 2, { blob, small }, 3]);

    const first = encoder.encode(Infinity, 4096);
    expect(first).toMatchObject({ records: 1, end: false });
    expect(text(first.bytes)).toBe('{"v":1}\n');
    expect(first.wanted).toMatchObject([{ kind: 'sha256' }, { kind: 'sha256', source: blob }]);
    expect(first.wanted[0].source.buffer).toBe(buffer);

    first.wanted[0].fulfil(sha256(filled(5000, 1)));
    const second = encoder.encode(Infinity, 4096);
    expect(second).toMatchObject({ records: 2, end: false, wanted: [first.wanted[1]] });
    expect(text(second.bytes)).toBe(`{"v":{"buffer":{"blob":"${sha256(filled(5000, 1))}","size":5000}},"t":{"/buffer":"arraybuffer"}}\n{"v":2}\n`);

    second.wanted[0].fulfil(sha256(filled(4096, 2)));
    const third = encoder.encode(Infinity, 4096);
    expect(third).toMatchObject({ records: 2, end: true, wanted: [] });
    expect(text(third.bytes)).toContain(`{"type":"a/b","data":{"blob":"${sha256(filled(4096, 2))}","size":4096}},"small":{"type":"","data":"AwMD`);
  });

  it('gives no record when the first one wants something', () => {
    const encoder = encoderOf([filled(10, 1)]);
    for (let call = 0; call < 2; call++) {
      const encoded = encoder.encode(1, 10);
      expect(encoded).toMatchObject({ records: 0, firstKey: '', lastKey: '', end: false, wanted: [{ kind: 'sha256' }] });
      expect(encoded.bytes).toHaveLength(0);
    }
  });

  it('looks no further ahead than what is enough', () => {
    const encoder = encoderOf(Array.from({ length: 10 }, (_, i) => filled(1000, i)));
    const first = encoder.encode(3500, 1000);
    expect(first.wanted).toHaveLength(4);
    for (const wanted of first.wanted) wanted.fulfil('0'.repeat(64));
    const second = encoder.encode(3500, 1000);
    expect(second).toMatchObject({ records: 4, end: false });
    expect(encoder.encode(3500, 1000)).toMatchObject({ records: 0, wanted: { length: 4 } });
  });

  it('counts the bytes that are kept apart', async () => {
    const encoder = encoderOf(Array.from({ length: 6 }, (_, i) => ({ i, image: filled(1000, i) })));
    const records = [];
    for (let end = false; !end;) {
      const encoded = encoder.encode(2000, 1000);
      for (const wanted of encoded.wanted) wanted.fulfil('0'.repeat(64));
      if (encoded.records > 0) records.push(encoded.records);
      ({ end } = encoded);
    }
    expect(records).toEqual([2, 2, 2]);
  });

  it('refuses a later record only when its turn comes', () => {
    const encoder = encoderOf([filled(10, 1), { x: Symbol('x') }]);
    const { wanted } = encoder.encode(Infinity, 10);
    wanted[0].fulfil('0'.repeat(64));
    expect(() => encoder.encode(Infinity, 10)).toThrow(expect.objectContaining({ index: 1, path: '/x' }));
  });

  it('asks once for a buffer that several values of a record hold', () => {
    const view = filled(100, 1);
    const { wanted } = encoderOf([[view, view.buffer, new DataView(view.buffer, 4)]]).encode(Infinity, 10);
    expect(wanted).toHaveLength(1);
  });
});

describe('a decoder', () => {
  it('ends before a record that wants something, and says what the ones behind it want too', () => {
    const decoder = decoderOf(lineOf(1), lineOf(zeros(10), { '': 'arraybuffer' }), lineOf(2), lineOf({ type: 'a/b', data: zeros(20) }, { '': 'blob' }));
    const first = decoder.decode(Infinity);
    expect(first).toMatchObject({ values: [1], bytes: 0, end: false });
    expect(first.wanted).toMatchObject([{ kind: 'buffer', ...wanted(10) }, { kind: 'blob', ...wanted(20) }]);

    const buffer = new ArrayBuffer(10);
    first.wanted[0].fulfil(buffer);
    const second = decoder.decode(Infinity);
    expect(second).toMatchObject({ bytes: 10, end: false, wanted: [first.wanted[1]] });
    expect(second.values[0]).toBe(buffer);
    expect(second.values[1]).toBe(2);

    second.wanted[0].fulfil(new Blob([new Uint8Array(20)]));
    const third = decoder.decode(Infinity);
    expect(third).toMatchObject({ bytes: 20, end: true, wanted: [] });
    expect(third.values[0]).toMatchObject({ size: 20, type: 'a/b' });
  });

  const wanted = (size) => ({ sha256: zeros(size).blob, size });

  it('asks once for an entry that many records want, and gives each a buffer of its own', async () => {
    const line = lineOf([zeros(10), zeros(10), { type: '', data: zeros(10) }], { '/0': 'arraybuffer', '/1': 'uint8array', '/2': 'blob' });
    const decoder = decoderOf(line, line);
    const { wanted } = decoder.decode(Infinity);
    expect(wanted.map(({ kind }) => kind)).toEqual(['buffer', 'blob']);
    wanted[0].fulfil(filled(10, 7).buffer);
    wanted[1].fulfil(new Blob([filled(10, 7)]));
    const { values, bytes } = decoder.decode(Infinity);
    const buffers = values.flatMap(([buffer, view]) => [buffer, view.buffer]);
    expect(new Set(buffers).size).toBe(4);
    for (const buffer of buffers) expect(new Uint8Array(buffer)).toEqual(filled(10, 7));
    expect(bytes).toBe(60);
  });

  it('keeps no entry longer than the records that were begun want it', () => {
    const line = lineOf(zeros(1000), { '': 'arraybuffer' });
    const decoder = decoderOf(line, line, line, line);
    const rounds = [];
    for (let end = false; !end;) {
      const decoded = decoder.decode(1500);
      rounds.push([decoded.values.length, decoded.wanted.length]);
      for (const wanted of decoded.wanted) wanted.fulfil(new ArrayBuffer(1000));
      ({ end } = decoded);
    }
    expect(rounds).toEqual([[0, 1], [2, 0], [0, 1], [2, 0]]);
  });

  it('begins no record after enough', () => {
    const decoder = decoderOf(...Array.from({ length: 5 }, (_, i) => lineOf({ i, x: 'x'.repeat(90) })));
    expect([200, 200, 200].map((enough) => decoder.decode(enough).values.length)).toEqual([2, 2, 1]);
    expect(decoder.decode(1)).toMatchObject({ values: [], end: true });
  });

  it('needs its bytes no longer than it takes to make it', () => {
    const bytes = new TextEncoder().encode(lineOf({ kept: true }));
    const decoder = new RecordDecoder(bytes);
    bytes.fill(0);
    expect(decoder.decode(1).values).toEqual([{ kept: true }]);
  });

  it('refuses a later line only when its turn comes', () => {
    const decoder = decoderOf(lineOf(zeros(10), { '': 'arraybuffer' }), lineOf({ x: 1 }, { '/x': 'bigint' }));
    decoder.decode(Infinity).wanted[0].fulfil(new ArrayBuffer(10));
    expect(() => decoder.decode(Infinity)).toThrow(expect.objectContaining({ index: 1, path: '/x' }));
  });

  it('takes no content of another size', () => {
    const decoder = decoderOf(lineOf(zeros(10), { '': 'arraybuffer' }));
    decoder.decode(1).wanted[0].fulfil(new ArrayBuffer(11));
    expect(() => decoder.decode(1)).toThrow(RangeError);
  });
});

describe('many records with large values', () => {
  it.each([1, 100, 2000, Infinity])('come back in calls of %d', async (enough) => {
    const values = Array.from({ length: 40 }, (_, i) => [
      { i, at: new Date(i) },
      { i, image: filled(i * 10, i % 3), part: new Uint16Array(filled(400, 1).buffer, 8, 7) },
      { i, files: [new File([filled(200, i % 2)], `${i}`, { lastModified: i }), new Blob([`${i}`])] },
    ][i % 3]);
    await loadBlobs(values);
    const encoder = new RecordEncoder(values, values.map((_, i) => i), null, false);
    const { bytes, contents, rounds, records } = await encodeAll(encoder, 150, enough);
    expect(records).toBe(40);
    if (enough === Infinity) expect(rounds).toBe(1);
    const decoded = await decodeAll(new RecordDecoder(bytes), (sha256) => contents.get(sha256), undefined, enough);
    await loadBlobs(decoded.values);
    expect(difference(decoded.values, values, readBlob)).toBeUndefined();
    expect(decoded.keys).toEqual(values.map((_, i) => i));
    if (enough === Infinity) expect(decoded.rounds).toBe(1);
  });
});
