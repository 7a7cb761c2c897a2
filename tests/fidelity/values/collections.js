const named = (array, properties) => Object.assign(array, properties);

/** Arrays with and without holes and names, Maps and Sets. */
export function collections() {
  return {
    'an empty array': () => [],
    'an array': () => [1, 'a', null, true, [new Date(1), [2n]]],
    'an array of 100,000': () => Array.from({ length: 100_000 }, (_, i) => i / 3),
    'an array with a hole': () => [1, , 3],
    'holes beside undefined': () => [, undefined, , null, ,],
    'an array of holes': () => new Array(5),
    'the longest array, with one element': () => named([], { 4294967294: new Date(1) }),
    'an array with names': () => named([1, new Date(2)], { total: 3, at: new Date(4), '-1': 'x', 1.5: undefined, 4294967295: 'no index' }),
    'an array with names and holes': () => named([, 1, , , [, 2]], { '': new Date(1), 'a/b~': [, ,], length_: 0 }),
    'an array with own __proto__': () =>
      Object.defineProperty([1, 2], '__proto__', { value: { x: new Date(1) }, enumerable: true, writable: true, configurable: true }),
    'Maps': () => [new Map(), new Map([['a', 1], ['b', new Map([['c', new Date(1)]])]])],
    'a Map with keys of all kinds': () => new Map([
      [undefined, 1], [null, 2], [NaN, 3], [0, 4], [true, 5], ['', 6], [1n, 7], [Infinity, 8], [{ a: 1 }, 9], [{ a: 1 }, 10],
      [new Date(1), new Date(2)], [new Set([1]), undefined], [new Uint8Array([1]), [-0]], [/x/g, new Map()], [[, 1], new Error('x')],
    ]),
    'the order of a Map': () => new Map([['z', 1], ['a', 2], [1, 3], [0, 4], ['1', 5]]),
    'Sets': () => [new Set(), new Set([1, '1', 1n, undefined, null, NaN, new Date(1), [], new Set(), /x/, {}])],
    'a Map of Maps of Sets': () => new Map([[new Map([[new Set(['x']), 1]]), new Set([new Map()])]]),
  };
}
