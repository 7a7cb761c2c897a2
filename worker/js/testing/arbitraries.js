/** Random records and keys, for fast-check. */

import fc from 'fast-check';

export const name = fc.oneof(
  fc.constantFrom('a', 'b', '__proto__', 'toJSON', 'constructor', 'a/b', '~', '', '0', '10', '\ud800'),
  fc.string({ unit: 'binary', maxLength: 4 }),
);
export const string = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom('\ud800', '\udc00x', '"\\\n'));
const scalar = fc.oneof(
  string, fc.boolean(), fc.constant(null), fc.double(), fc.integer(), fc.constantFrom(-0, NaN, Infinity, undefined), fc.bigInt(),
);
export const date = fc.date({ noInvalidDate: false });
const binary = fc.oneof(
  fc.uint8Array({ maxLength: 9 }), fc.float64Array({ maxLength: 3 }), fc.bigInt64Array({ maxLength: 2 }),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => bytes.buffer),
);

/** Views of parts of buffers, of which there are few, so that several share one. */
const buffers = [new ArrayBuffer(8), Uint8Array.of(1, 2, 3, 4).buffer, new ArrayBuffer(4, { maxByteLength: 16 })];
const view = fc.tuple(fc.constantFrom(...buffers), fc.constantFrom(Uint8Array, Uint16Array, Float32Array, DataView), fc.nat(2), fc.option(fc.nat(1), { nil: undefined }))
  .map(([buffer, View, offset, length]) => new View(buffer, offset * (View.BYTES_PER_ELEMENT ?? 1) % 8 % (buffer.byteLength + 1), length === 1 ? 0 : undefined));
const boxed = fc.oneof(fc.double(), fc.string(), fc.boolean(), fc.bigInt()).map(Object);
const regexp = fc.tuple(fc.constantFrom('a', '(?:)', '[/]', '\\/', '^$'), fc.constantFrom('', 'g', 'dgimsuy')).map(([source, flags]) => new RegExp(source, flags));

/** Own properties, also of the name __proto__. */
export function object(entries) {
  const result = {};
  for (const [name, value] of entries) {
    Object.defineProperty(result, name, { value, enumerable: true, writable: true, configurable: true });
  }
  return result;
}

/**
 * Any record that every engine can make; `more` are arbitraries of further values in it.
 * @param {fc.Arbitrary<unknown>[]} more
 */
export const recordOf = (...more) => fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar, date, binary, tie('object'), tie('array'), tie('map'), tie('set'), tie('twice'), ...more,
    { arbitrary: fc.oneof(view, boxed, regexp, tie('sparse'), tie('error'), tie('deep')), weight: 2 },
  ),
  sparse: fc.tuple(fc.nat(9), fc.array(fc.tuple(fc.oneof(fc.nat(12).map(String), name), tie('value')), { maxLength: 4 })).map(([length, entries]) => {
    const array = Object.defineProperties([], Object.getOwnPropertyDescriptors(object(entries)));
    array.length = Math.max(length, array.length);
    return array;
  }),
  error: fc.tuple(fc.constantFrom(Error, TypeError, URIError), fc.option(fc.string(), { nil: undefined }), fc.option(tie('value'))).map(([Kind, message, cause]) =>
    (cause === null ? new Kind(message) : new Kind(message, { cause }))),
  deep: fc.tuple(tie('value'), fc.nat(120), fc.nat(3)).map(([value, levels, way]) => {
    for (let i = 0; i < levels; i++) value = [() => [value], () => ({ value }), () => new Map([[value, i]]), () => new Set([i, value])][(way + i) % 4]();
    return value;
  }),
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

export const record = recordOf();

/** Any valid key. */
export const key = fc.letrec((tie) => ({
  key: fc.oneof(
    { depthSize: 'small' },
    string, fc.double({ noNaN: true }), fc.date({ noInvalidDate: true }), fc.uint8Array().map((bytes) => bytes.buffer),
    fc.array(tie('key'), { maxLength: 4 }),
  ),
})).key;
