const own = (object, name, value) =>
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });

/** Plain objects, whatever the names of their properties. */
export function objects() {
  return {
    'an order': () => ({
      id: 'o-1', createdAt: new Date(1_700_000_000_000), customerId: undefined, total: 12.5, paid: true, note: null,
      lines: [{ product: 7, at: new Date(1), discount: undefined }, { product: 8, tags: ['x', new Date(3)] }],
    }),
    'an empty object': () => ({}),
    'own __proto__': () => own({ a: 1 }, '__proto__', { polluted: 1, at: new Date(1) }),
    'own __proto__ that is a Date': () => own({}, '__proto__', new Date(1)),
    'own __proto__ that is undefined': () => own({}, '__proto__', undefined),
    'own constructor': () => ({ constructor: 'x', prototype: { constructor: null } }),
    'own toJSON': () => ({ toJSON: 'text', at: new Date(1) }),
    'names of methods': () => ({ hasOwnProperty: 1, valueOf: 'v', toString: null, then: 0, length: 5, size: 1, get: undefined }),
    'the name ""': () => ({ '': new Date(1), a: { '': { '': undefined } } }),
    'names with / and ~': () => ({ 'a/b': new Date(1), 'c~d': 1n, '~1': new Date(3), '~0/': { '/': undefined, '~': NaN } }),
    'names with lone surrogates': () => ({ '\ud800': new Date(1), '\udc00': { '\ud83d': undefined } }),
    'names with quotes and controls': () => ({ '"\\\n\u0000\u2028': new Date(1) }),
    'names like those of the format': () => ({ v: new Date(1), k: undefined, t: { '/v': 'date' }, d: [{ v: 1 }], blob: 'x', buffer: 1n }),
    'names like indexes': () => ({ 10: new Date(1), 9: 'x', b: 1, a: 2, '-1': 3, '01': 4, 4294967295: 5 }),
    'the order of names': () => ({ z: 1, a: undefined, m: new Date(1), _: 4, '': 5, b: 6 }),
    '5,000 names': () => Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`id-${i}`, i % 7 === 0 ? new Date(i) : i])),
  };
}
