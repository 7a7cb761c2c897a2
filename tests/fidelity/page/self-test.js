// That the comparison finds what there is to find: pairs that a careless one takes for the same.
import { difference } from './difference.js';

/** Each of the second differs from its first in one thing. */
function pairs() {
  const bytes = (...list) => new Uint8Array(list);
  const file = (content, name, options) => new File([content], name, { lastModified: 1, ...options });
  const shared = { x: 1 };
  const buffer = bytes(1, 2, 3, 4).buffer;
  const resizable = () => new ArrayBuffer(4, { maxByteLength: 8 });
  const error = (message, options) => Object.defineProperty(new Error(message, options), 'stack', { value: 'at', configurable: true });
  return {
    'zeros': [0, -0],
    'a number and a BigInt': [1, 1n],
    'undefined and null': [{ a: undefined }, { a: null }],
    'undefined and nothing': [{ a: undefined }, {}],
    'a hole and undefined': [[, 1], [undefined, 1]],
    'lengths of arrays': [[1], Object.assign([1], { length: 2 })],
    'names of arrays': [[1], Object.assign([1], { a: 1 })],
    'the order of names': [{ a: 1, b: 2 }, { b: 2, a: 1 }],
    'an array and an object': [[], {}],
    'Dates': [new Date(1), new Date(NaN)],
    'a primitive value and its object': ['a', new String('a')],
    'objects of primitive values': [new Number(0), new Number(-0)],
    'lone surrogates': ['\ud800', '\ufffd'],
    'the order of Maps': [new Map([[1, 1], [2, 2]]), new Map([[2, 2], [1, 1]])],
    'members of Sets': [new Set([new Date(1)]), new Set([new Date(2)])],
    'flags': [/x/g, /x/i],
    'an object twice and two': [[shared, shared], [shared, { x: 1 }]],
    'two objects and one twice': [[shared, { x: 1 }], [shared, shared]],
    'cycles': [Object.assign(shared, { self: shared }), { x: 1, self: { x: 1, self: null } }],
    'bytes': [bytes(1).buffer, bytes(2).buffer],
    'views': [new Uint8Array(buffer), new Int8Array(buffer)],
    'buffers behind views': [new Uint8Array(buffer, 0, 2), new Uint8Array(bytes(1, 2).buffer)],
    'resizable and not': [resizable(), new ArrayBuffer(4)],
    'following a buffer and not': [new Uint8Array(resizable()), new Uint8Array(resizable(), 0, 4)],
    'Blobs': [new Blob(['a']), new Blob(['b'])],
    'types of Blobs': [new Blob([], { type: 'a/b' }), new Blob([])],
    'a Blob and a File': [new Blob(['a']), file('a', '')],
    'names of Files': [file('a', 'a'), file('a', 'b')],
    'times of Files': [file('a', 'a'), file('a', 'a', { lastModified: 2 })],
    'classes of Errors': [error('a'), Object.setPrototypeOf(error('a'), TypeError.prototype)],
    'messages of Errors': [error(''), error()],
    'stacks of Errors': [error('a'), Object.defineProperty(error('a'), 'stack', { value: 'elsewhere' })],
    'causes of Errors': [error('a', { cause: undefined }), error('a')],
    'names of DOMExceptions': [new DOMException('a', 'AbortError'), new DOMException('a', 'DataError')],
    'points': [new DOMPoint(0), new DOMPoint(-0)],
    'a point and a read-only one': [new DOMPoint(), new DOMPointReadOnly()],
    'matrices of 2 and 3 dimensions': [new DOMMatrix(), new DOMMatrix(new DOMMatrix().toFloat64Array())],
    'pixels': [new ImageData(4, 1), new ImageData(new Uint8ClampedArray(16).fill(1), 4, 1)],
  };
}

/** @returns {Promise<{ missed: string[] }>} what the comparison takes for the same */
export async function selfTest() {
  const missed = [];
  for (const [name, [one, other]] of Object.entries(pairs())) {
    if ((await difference(one, other)) === null || (await difference(other, one)) === null) missed.push(name);
    if ((await difference(one, one)) !== null) missed.push(`${name}, compared with itself`);
  }
  for (const [name, one, other] of await keys()) if ((await difference(one, other)) === null) missed.push(name);
  return { missed };
}

async function keys() {
  const key = (bytes, extractable, usages, name = 'AES-GCM') => crypto.subtle.importKey('raw', new Uint8Array(16).fill(bytes), name, extractable, usages);
  const one = await key(1, true, ['encrypt']);
  return [
    ['what a CryptoKey holds', one, await key(2, true, ['encrypt'])],
    ['whether a CryptoKey is extractable', one, await key(1, false, ['encrypt'])],
    ['usages of a CryptoKey', one, await key(1, true, ['decrypt'])],
    ['algorithms of a CryptoKey', one, await key(1, true, ['encrypt'], 'AES-CBC')],
  ];
}
