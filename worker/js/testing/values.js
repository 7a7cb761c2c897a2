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
    ...views(),
    ...boxed(),
    ...arrays(),
    ...errors(),
    ...platform(),
    ...deep(),
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
  const views = viewClasses();
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

function views() {
  const buffer = bytes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15).buffer;
  const shared = bytes(1, 2, 3, 4, 5, 6, 7, 8).buffer;
  const resizable = new ArrayBuffer(8, { maxByteLength: 24 });
  new Uint8Array(resizable).set([1, 2, 3, 4, 5, 6, 7, 8]);
  const full = new ArrayBuffer(4, { maxByteLength: 4 });
  const own = bytes(7);
  return {
    'a view of the first part of a buffer': new Uint8Array(buffer, 0, 4),
    'a view of the last part of a buffer': { view: new DataView(buffer, 4) },
    'an empty view of a buffer': new Float64Array(buffer, 8, 0),
    'all views of a part of one buffer': viewClasses().map((View) => new View(buffer, 8, 1)),
    'two views of a buffer': { a: new Uint8Array(shared), b: new Int8Array(shared) },
    'a view and then its buffer': [new Uint8Array(shared), shared],
    'a buffer and then its view': [shared, new Uint8Array(shared)],
    'views of many shared buffers': Array.from({ length: 50 }, (_, i) => bytes(i)).flatMap((view) => [view, view.buffer, { view }]),
    'a view, its buffer, another view, far apart': new Map([[own, own.buffer], [new Set([new Int8Array(own.buffer)]), [own]]]),
    'a resizable buffer': resizable,
    'a resizable buffer without bytes': new ArrayBuffer(0, { maxByteLength: 0 }),
    'views that follow a resizable buffer': [
      new Uint8Array(resizable), new Float32Array(resizable, 4), new DataView(resizable, 8), new BigInt64Array(resizable, 8), resizable,
    ],
    'views that do not': [new Uint8Array(resizable, 0, 8), new Float32Array(resizable, 4, 1), new DataView(resizable, 8, 0), new BigInt64Array(resizable, 8, 0)],
    'views of a resizable buffer that is full': [new Uint16Array(full), new Uint16Array(full, 0, 2), new DataView(full, 1), new DataView(full, 1, 3)],
  };
}

function boxed() {
  const flags = ['', 'd', 'g', 'i', 'm', 's', 'u', 'y', 'dgimsuy', ...(supportsFlag('v') ? ['v', 'dgimsvy'] : [])];
  const one = new Number(1);
  return {
    'boxed primitives': [
      new Number(1.5), new Number(-0), new Number(NaN), new Number(-Infinity), new String(''), new String('a\ud800b'), new Boolean(true),
      new Boolean(false), Object(0n), Object(-(12n ** 20n)),
    ],
    'boxed primitives of equal values in a set': new Set([new Number(1), new Number(1), 1, one]),
    'a boxed primitive twice': [one, { one }],
    'a boxed primitive as the record': new String('record'),
    'regular expressions': flags.map((flag) => new RegExp('a/\\/[b]|\\n', flag)),
    'an empty regular expression': new RegExp(''),
    'a regular expression that poses as plain': Object.assign(/x/, { constructor: Object }),
  };
}

function arrays() {
  const named = Object.assign([1, at(2)], { total: 3, '': at(4), 'a/b~': [undefined], '-1': 5, 4294967295: 6 });
  own(named, '__proto__', at(7));
  const cycle = Object.assign([1, , 3], { x: 1 });
  cycle[5] = cycle;
  cycle.self = cycle;
  return {
    'a hole': [1, , 3], 'a hole beside undefined': [undefined, , undefined], 'a hole at the end': Object.assign([1], { length: 2 }), 'only holes': new Array(5),
    'four thousand million holes': Object.assign(new Array(4_294_967_295), { 4294967294: at(1), 7: 'x' }),
    'named properties': named, 'a hole and a named property': Object.assign([1, , 3], { total: 3 }),
    'a named property alone': Object.assign([], { at: at(1) }), 'own __proto__ of an array': own([1], '__proto__', { x: undefined }),
    'a match': 'abc'.match(/b(?<name>c)/), 'holes in holes': [, [, [, at(1)]]], 'an array that holds itself beside a hole': cycle,
    'names of an array like index 7 of another': [Object.assign([, 1], { 7: 2 })],
  };
}

function errors() {
  const own = new Error('own');
  Object.defineProperty(own, 'cause', { value: { own, at: at(1) }, enumerable: false, writable: true, configurable: true });
  const bare = new Error('without a stack');
  delete bare.stack;
  const told = new TypeError('with a stack of its own');
  told.stack = 'told\n  at \ud800 .';
  return {
    'errors of all kinds': [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError].map((Kind) => new Kind('m')),
    'an error without a message': new Error(), 'an error with an empty message': new RangeError(''),
    'a cause': new Error('outer', { cause: new TypeError('inner', { cause: at(1) }) }),
    'undefined as a cause': new Error('x', { cause: undefined }), 'an error that is its own cause': own,
    'an error twice': [told, told], 'an error without a stack': bare,
    'an error of many': new AggregateError([new Error('a'), at(1), [undefined]], 'm', { cause: 1n }),
    'an error with a custom name': Object.assign(new Error('x'), { name: 'Custom' }),
  };
}

/** Of classes that Node lacks, or does not clone. */
function platform() {
  const has = (/** @type {string} */ name) => globalThis[name] !== undefined;
  const point = has('DOMPoint') ? new DOMPoint(1, -0, NaN, Infinity) : undefined;
  return {
    'a platform exception': [new DOMException('m', 'AbortError'), new DOMException('', 'Custom'), new DOMException()],
    ...(has('DOMPoint') && {
      'points': [point, new DOMPointReadOnly(1.5), point],
      'rectangles': [new DOMRect(1, -0, -3, 4), new DOMRectReadOnly(NaN)],
      'a quad': new DOMQuad({ x: 1 }, { y: -0, w: 0 }, { z: 3 }, { w: Infinity }),
      'flat matrices': [new DOMMatrix(), new DOMMatrix([1, -0, NaN, 4, 5, 6]), new DOMMatrixReadOnly([1, 2, 3, 4, 5, 6])],
      'matrices of space': [
        new DOMMatrix([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]), new DOMMatrixReadOnly(Array.from({ length: 16 }, (_, i) => (i === 3 ? -0 : i))),
      ],
    }),
    ...(has('ImageData') && {
      'image data': new ImageData(new Uint8ClampedArray([1, 2, 3, 0, 5, 6, 7, 255]), 2, 1),
      'image data twice, and its data': twoImages(),
    }),
    ...(has('ImageData') && new ImageData(1, 1).pixelFormat !== undefined && {
      'image data of another color space': { image: new ImageData(2, 3, { colorSpace: 'display-p3' }) },
      'image data of floats': new ImageData(new Float16Array([0.5, 2, -1, 1]), 1, 1, { pixelFormat: 'rgba-float16' }),
    }),
  };
}

function twoImages() {
  const image = new ImageData(1, 1);
  return [image, image, image.data];
}

function deep() {
  const shared = { shared: at(1) };
  const nested = (levels, bottom, around) => {
    let value = bottom;
    for (let i = 0; i < levels; i++) value = around(value, i);
    return value;
  };
  const mixed = (value, i) => [
    () => ({ value, i }), () => [i, value], () => new Map([[i, value]]), () => new Map([[value, shared]]), () => new Set([value, i]),
    () => Object.assign([, value], { i }), () => new Error('', { cause: value }),
  ][i % 7]();
  const cycle = { bottom: undefined };
  cycle.bottom = { cycle };
  const wide = nested(95, at(1), (value, i) => [[[i]], value, new Date(i), [{ i: [shared] }]]);
  return {
    '89 levels': nested(89, at(1), (value) => [value]), '90 levels': nested(90, at(1), (value) => [value]), '91 levels': nested(91, at(1), (value) => [value]),
    '92 levels of objects': nested(92, 1n, (value) => ({ value })),
    '1,000 levels of everything': nested(1000, shared, mixed),
    '1,000 levels of plain arrays': nested(1000, [], (value) => [value]),
    'shared objects above and below': [shared, nested(300, shared, mixed), shared, nested(95, { shared }, mixed)],
    'a cycle through many levels': nested(200, cycle, mixed),
    'a record that its own depth holds': cyclic(250),
    'deep ones side by side': wide,
    'a view far above its buffer': sharedBufferBelow(200),
    'binary at every level': nested(120, bytes(1).buffer, (value, i) => [value, bytes(i), new Blob([String(i)])]),
  };
}

function cyclic(levels) {
  const top = {};
  let at = top;
  for (let i = 0; i < levels; i++) at = at.next = { i };
  at.next = top;
  at.half = top.next.next;
  return top;
}

function sharedBufferBelow(levels) {
  const view = bytes(1, 2, 3, 4);
  let value = [view.buffer, new Uint16Array(view.buffer)];
  for (let i = 0; i < levels; i++) value = [value];
  return { view, value };
}

/** @param {string} flag */
function supportsFlag(flag) {
  try {
    return new RegExp('', flag).flags === flag;
  } catch {
    return false;
  }
}

/** An own property, also of the name __proto__. */
function own(object, name, value) {
  return Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}

function viewClasses() {
  return [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array,
    BigInt64Array, BigUint64Array, DataView, ...(globalThis.Float16Array === undefined ? [] : [globalThis.Float16Array]),
  ];
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

/**
 * Values that must come back exactly and are made asynchronously, or by a page; for browsers.
 * @param {(files: File[]) => Promise<FileList>} makeFileList
 * @returns {Promise<Record<string, unknown>>}
 */
export async function madeValues(makeFileList) {
  const keys = await cryptoKeys();
  const files = await makeFileList([new File(['a'], 'a.txt', { type: 'text/plain', lastModified: 1 }), new File(['b'.repeat(9000)], 'b', { lastModified: 2 })]);
  const levels = Uint8ClampedArray.from({ length: 1024 }, (_, i) => (i % 4 === 3 ? 255 : (i * 7) >> 2));
  const bitmap = await createImageBitmap(new ImageData(levels, 16));
  return {
    'keys of all algorithms': keys, 'a key twice': [keys[0], { key: keys[0] }], 'a key in a map': new Map([[keys[1], keys[0]]]),
    'a list of files': { files }, 'a list without files': [await makeFileList([])], 'a list of files, far down': deepened(files, 150),
    ...(await canBeStored(bitmap) && { 'an image': bitmap, 'an image twice': [bitmap, { bitmap }] }),
  };
}

async function cryptoKeys() {
  const rsa = { modulusLength: 1024, publicExponent: bytes(1, 0, 1) };
  const wanted = [
    [{ name: 'AES-GCM', length: 256 }, ['encrypt', 'decrypt']], [{ name: 'AES-CBC', length: 128 }, ['encrypt']], [{ name: 'AES-CTR', length: 128 }, ['decrypt']],
    [{ name: 'AES-KW', length: 256 }, ['wrapKey']], [{ name: 'HMAC', hash: 'SHA-384' }, ['sign', 'verify']], [{ name: 'HMAC', hash: 'SHA-1', length: 256 }, ['sign']],
    [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', ...rsa }, ['sign', 'verify']], [{ name: 'RSA-PSS', hash: 'SHA-1', ...rsa }, ['sign', 'verify']],
    [{ name: 'RSA-OAEP', hash: 'SHA-512', ...rsa }, ['encrypt', 'decrypt']], [{ name: 'ECDSA', namedCurve: 'P-521' }, ['sign', 'verify']],
    [{ name: 'ECDH', namedCurve: 'P-384' }, ['deriveBits', 'deriveKey']], [{ name: 'Ed25519' }, ['sign', 'verify']], [{ name: 'X25519' }, ['deriveBits']],
  ];
  const made = await Promise.all(wanted.map(([algorithm, usages]) => crypto.subtle.generateKey(algorithm, true, usages)));
  return made.flatMap((key) => (key instanceof CryptoKey ? [key] : [key.publicKey, key.privateKey]));
}

/** Some engines store no ImageBitmap. */
async function canBeStored(value) {
  const open = indexedDB.open('codec-can-be-stored');
  await new Promise((resolve) => {
    open.onsuccess = resolve;
    open.onupgradeneeded = () => open.result.createObjectStore('records');
  });
  try {
    open.result.transaction('records', 'readwrite').objectStore('records').put(value, 1);
    return true;
  } catch {
    return false;
  } finally {
    open.result.close();
  }
}

function deepened(value, levels) {
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}
