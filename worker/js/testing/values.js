/** Values that must come back exactly, by name. All of them survive structured clone. */

const at = (time) => new Date(time);
const bytes = (...list) => new Uint8Array(list);

/** @returns {Record<string, unknown>} */
export function keptValues() {
  return {
    ...scalars(),
    ...names(),
    ...dates(),
    ...binaries(),
    ...collections(),
    ...references(),
    'an order': {
      id: 'o-1', createdAt: at(1_700_000_000_000), customerId: undefined, total: 12.5, paid: true, note: null,
      lines: [{ product: 7, at: at(1), discount: undefined }, { product: 8, at: at(2), tags: ['x', at(3)] }],
    },
  };
}

function scalars() {
  return {
    'undefined': undefined, 'null': null, 'true': true, 'false': false, 'zero': 0, 'negative zero': -0,
    'NaN': NaN, 'Infinity': Infinity, '-Infinity': -Infinity, 'a fraction': 0.1, 'the smallest number': 5e-324,
    'the largest number': Number.MAX_VALUE, 'beyond safe integers': 2 ** 53 + 2, 'a large exponent': 1e21,
    'bigint': 12n, 'negative bigint': -1n, 'zero bigint': 0n, 'a long bigint': 7n ** 400n,
    'an empty string': '', 'a string': 'Käse €5 😀', 'quotes and controls': '"\\\u0000\b\n\r\u001f\u007f\u2028',
    'lone surrogates': '\ud800 \udc00\ud800', 'surrogates in the wrong order': '\udc00\ud800', 'a byte order mark': '\ufeff',
    'special numbers in an object': { a: NaN, b: -0, c: Infinity, d: -Infinity, e: 0 },
    'special numbers in an array': [NaN, -0, Infinity, -Infinity, 0],
    'undefined in an object': { a: undefined, b: { c: undefined } },
    'undefined in an array': [undefined, [undefined], 1, undefined],
  };
}

function names() {
  const proto = JSON.parse('{"a":1,"__proto__":{"polluted":1,"at":0},"b":2}');
  proto.__proto__.at = at(5);
  return {
    'own __proto__': JSON.parse('{"__proto__":{"x":1}}'),
    'own __proto__ with a date below': proto,
    'own __proto__ that is a date': Object.defineProperty({}, '__proto__', { value: at(1), enumerable: true, writable: true, configurable: true }),
    'names of methods': { constructor: 1, toJSON: { x: at(1) }, hasOwnProperty: undefined, valueOf: 'v', toString: null, then: 0, length: 5 },
    'toJSON that is data': { toJSON: 'text', at: at(1) },
    'names with / and ~': { 'a/b': at(1), 'c~d': at(2), '~1': at(3), '~0/': { '/': at(4) }, '': at(5), '"\\': at(6) },
    'names with lone surrogates': { '\ud800': at(1), '\udc00': { '\ud800': undefined } },
    'names like array indexes': { 10: at(1), 9: 'x', b: 1, a: 2, '-1': 3, '01': 4 },
    'order of names': { z: 1, a: 2, m: undefined, b: at(1), _: 4 },
    'names like ours': { v: at(1), k: undefined, t: { '/v': 'date' } },
    'very many names': Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`id-${i}`, i % 7 === 0 ? at(i) : i])),
  };
}

function dates() {
  return {
    'a date': at(1_700_000_000_123), 'a date before 1970': at(-1), 'the last date': at(8.64e15), 'the first date': at(-8.64e15),
    'an invalid date': at(NaN), 'dates in arrays': [at(1), [at(2), at(NaN)]], 'dates in objects': { a: at(1), b: { c: at(2) } },
  };
}

function binaries() {
  const views = [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array,
    BigInt64Array, BigUint64Array, DataView, ...(globalThis.Float16Array === undefined ? [] : [globalThis.Float16Array]),
  ];
  return {
    'buffers': [0, 1, 2, 3, 4, 255, 256].map((length) => Uint8Array.from({ length }, (_, i) => 255 - i).buffer),
    'all views': Object.fromEntries(views.map((View) => [View.name, new View(bytes(1, 2, 3, 4, 5, 6, 247, 248).buffer)])),
    'views without bytes': views.map((View) => new View(new ArrayBuffer(0))),
    'NaN bits in a Float64Array': new Float64Array(bytes(1, 0, 0, 0, 0, 0, 0xf8, 0x7f).buffer),
    'a megabyte': { image: Uint8Array.from({ length: 1 << 20 }, (_, i) => (i * 31) >> 3).buffer },
    'a blob': new Blob(['hello ', bytes(0, 255)], { type: 'image/png' }),
    'a blob without type': { image: new Blob([]) },
    'a file': [new File([bytes(1, 2, 3)], 'Käse "1"/2.txt', { type: 'text/plain', lastModified: 1_600_000_000_000 })],
    'a file before 1970': new File([], '', { lastModified: -1 }),
  };
}

function collections() {
  return {
    'an empty map': new Map(), 'an empty set': new Set(), 'empty containers': [{}, [], new Map(), new Set()],
    'a map': new Map([['a', 1], ['b', new Map([['c', at(1)]])]]),
    'keys of all kinds in a map': new Map([
      [undefined, 1], [null, 2], [NaN, 3], [0, 4], [true, 5], ['', 6], [1n, 7], [Infinity, 8],
      [{ a: 1 }, 9], [at(1), at(2)], [new Set([1]), undefined], [bytes(1), [-0]],
    ]),
    'a set': new Set([1, '1', 1n, undefined, null, NaN, at(1), [], new Set()]),
    'order of entries': new Map([['z', 1], ['a', 2], [1, 3], [0, 4]]),
    'a map of maps of sets': new Map([[new Map([[new Set(['x']), 1]]), new Set([new Map()])]]),
    'a map of many': new Map(Array.from({ length: 3000 }, (_, i) => [i, { i }])),
  };
}

function references() {
  const shared = { x: 1 };
  const list = [1];
  const date = at(1);
  const cycle = { name: 'a' };
  cycle.self = cycle;
  cycle.list = [cycle, { up: cycle }];
  const map = new Map();
  map.set(map, map).set('set', new Set([map]));
  const set = new Set();
  set.add(set).add([set]);
  const loop = [];
  loop.push([[loop]]);
  const view = bytes(1, 2);
  const buffer = bytes(3).buffer;
  const blob = new Blob(['b']);
  const many = Array.from({ length: 300 }, (_, i) => ({ i }));
  const members = new Map([[shared, list]]);
  return {
    'an object twice': { a: shared, b: shared, c: [shared] },
    'an array twice': [list, list],
    'a date twice': { created: date, changed: date, dates: [date] },
    'equal objects that are two': [{ x: 1 }, { x: 1 }, at(1), at(1)],
    'a map and a set twice': [map, map, set, set],
    'a view, a buffer and a blob twice': [view, view, buffer, buffer, blob, { blob }],
    'an object that holds itself': cycle,
    'a map that holds itself': map,
    'a set that holds itself': { set },
    'an array that holds itself': loop,
    'a key of a map elsewhere': [members, shared, list],
    'the last of many objects twice': [...many, many[299]],
    'the first of many objects twice': [...many, many[0]],
    'references with / and ~ in them': { 'a/~': { '~1': shared }, b: shared },
    'references to places with numbers as names': { 1: shared, 0: shared, a: [shared] },
  };
}
