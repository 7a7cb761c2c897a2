/** What IndexedDB refuses, or stores otherwise than it was given; what it then gives must come back. */
export function notOurs() {
  return {
    'a function': () => () => 1,
    'a symbol': () => Symbol('x'),
    'a Promise': () => ({ promise: Promise.resolve(1) }),
    'a WeakMap': () => new WeakMap(),
    'a Proxy': () => new Proxy({}, {}),
    'an element': () => document.createElement('p'),
    'a WebAssembly.Module': () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])),
    'an instance of a class': () => new (class Money { cents = 5; #hidden = 1; })(),
    'an object without a prototype': () => Object.assign(Object.create(null), { a: 1 }),
    'a getter': () => ({ get a() { return new Date(1); } }),
    'a property that is not enumerable': () => Object.defineProperty({ a: 1 }, 'hidden', { value: 2 }),
    'a property named by a symbol': () => ({ a: 1, [Symbol('x')]: 2 }),
    'a frozen object': () => Object.freeze({ a: 1 }),
    'lastIndex of a regular expression': () => Object.assign(/x/g, { lastIndex: 5 }),
    'names of a Map, a Date and a RegExp': () => [new Map(), new Date(1), /x/].map((object) => Object.assign(object, { note: 1 })),
    'names and class of an Error': () => Object.assign(new (class PaymentError extends Error { name = 'PaymentError'; })('declined'), { code: 51 }),
  };
}
