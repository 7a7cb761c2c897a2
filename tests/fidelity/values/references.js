/** Objects that occur more than once. */
export function references() {
  const shared = () => ({ x: new Date(1) });
  return {
    'an object twice': () => ((object) => ({ a: object, b: object, c: [object] }))(shared()),
    'equal objects that are two': () => [shared(), shared(), [], []],
    'an array twice': () => ((list) => [list, list])([1, , 2]),
    'a Date twice': () => ((date) => ({ created: date, changed: date, dates: [date] }))(new Date(1)),
    'a Map and a Set twice': () => ((map, set) => [map, map, set, { set }])(new Map([[1, 2]]), new Set([1])),
    'a RegExp and an Error twice': () => ((regexp, error) => [regexp, error, { regexp, error }])(/x/g, new Error('x')),
    'a Blob twice': () => ((blob) => [blob, { blob }])(new Blob(['x'])),
    'a File twice, and another with the same bytes': () => ((file) => [file, file, new File(['x'], 'a')])(new File(['x'], 'a', { lastModified: 1 })),
    'an object that holds itself': () => {
      const cycle = { name: 'a' };
      return Object.assign(cycle, { self: cycle, list: [cycle, { up: cycle }] });
    },
    'an array that holds itself': () => {
      const loop = [];
      loop.push([[loop]]);
      return loop;
    },
    'an array with holes that holds itself': () => {
      const loop = [,];
      return Object.assign(loop, { self: loop });
    },
    'a Map that holds itself, as key and value': () => {
      const map = new Map();
      return map.set(map, map).set('set', new Set([map]));
    },
    'a Set that holds itself': () => {
      const set = new Set();
      return set.add(set).add([set]);
    },
    'an Error that is its own cause': () => {
      const error = new Error('round');
      error.cause = { error };
      return error;
    },
    'a key of a Map elsewhere': () => ((object, list) => [new Map([[object, list]]), object, list])(shared(), [1]),
    'references across names with / and ~': () => ((object) => ({ 'a/~': { '~1': object }, '': object, '~01': [object] }))(shared()),
    'the first and last of 300 objects twice': () => {
      const many = Array.from({ length: 300 }, (_, i) => ({ i }));
      return [...many, many[0], many[299]];
    },
  };
}
