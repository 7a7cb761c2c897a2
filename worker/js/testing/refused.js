/** Values that structured clone keeps and the format has no place for: [value, path, what is found there]. */

/** @returns {Record<string, [value: unknown, path: string, found: string]>} */
export function refusedValues() {
  const buffer = new ArrayBuffer(8);
  const inOrder = (value) => ({ id: 1, lines: [{ ok: true }, { 'a/b~': value }] });
  const path = '/lines/1/a~1b~0';
  const named = Object.assign([1, 2], { total: 3 });
  const holedAndNamed = Object.assign([1, , 3], { total: 3 });
  return {
    'a Number object': [inOrder(new Number(1)), path, 'a Number object'],
    'a String object': [inOrder(new String('x')), path, 'a String object'],
    'a Boolean object': [inOrder(new Boolean(false)), path, 'a Boolean object'],
    'a BigInt object': [inOrder(Object(1n)), path, 'a BigInt object'],
    'a RegExp': [inOrder(/x/g), path, 'RegExp'],
    'an Error': [inOrder(new Error('x')), path, 'Error'],
    'a TypeError': [inOrder(new TypeError('x')), path, 'TypeError'],
    'a RegExp as the record': [/x/, '', 'RegExp'],
    'a RegExp in an array': [[1, [/x/]], '/1/0', 'RegExp'],
    'a RegExp as a key of a map': [{ m: new Map([[1, 2], [/x/, 3]]) }, '/m/1/0', 'RegExp'],
    'a RegExp as a value of a map': [new Map([[1, /x/]]), '/0/1', 'RegExp'],
    'a RegExp in a set': [new Set([1, /x/]), '/1', 'RegExp'],
    'a RegExp in own __proto__': [JSON.parse('{"__proto__":{"a":0}}', (key, value) => (key === 'a' ? /x/ : value)), '/__proto__/a', 'RegExp'],
    'a RegExp that poses as plain': [Object.assign(/x/, { constructor: Object }), '', 'RegExp'],
    'a hole': [inOrder([1, , 3]), `${path}/1`, 'a hole in an array'],
    'a hole at the end': [Object.assign([1], { length: 2 }), '/1', 'a hole in an array'],
    'an array of holes': [new Array(4_000_000_000), '/0', 'a hole in an array'],
    'an array with named properties': [inOrder(named), path, 'an array with named properties'],
    'an array with a hole and a named property': [inOrder(holedAndNamed), `${path}/1`, 'a hole in an array'],
    'an array with own __proto__': [
      Object.defineProperty([1], '__proto__', { value: 1, enumerable: true, writable: true, configurable: true }), '', 'an array with named properties',
    ],
    'a view of the first part of a buffer': [inOrder(new Uint8Array(buffer, 0, 4)), path, 'a Uint8Array over a part of its buffer'],
    'a view of the last part of a buffer': [inOrder(new DataView(buffer, 4)), path, 'a DataView over a part of its buffer'],
    'an empty view of a buffer': [new Float64Array(buffer, 8), '', 'a Float64Array over a part of its buffer'],
    'two views of a buffer': [{ a: new Uint8Array(buffer), b: new Int8Array(buffer) }, '/b', 'an ArrayBuffer that another value holds too'],
    'a view and then its buffer': [[new Uint8Array(buffer), buffer], '/1', 'an ArrayBuffer that another value holds too'],
    'a buffer and then its view': [[buffer, new Uint8Array(buffer)], '/1', 'an ArrayBuffer that another value holds too'],
  };
}
