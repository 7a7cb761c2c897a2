/** Values that are no objects, and the objects around them. */
export function primitives() {
  return {
    'undefined': () => undefined,
    'null': () => null,
    'true and false': () => [true, false],
    'numbers': () => [0, 1, -1, 0.1, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2, 1e21, -1.5e-7],
    '−0': () => -0,
    'NaN': () => NaN,
    '±Infinity': () => [Infinity, -Infinity],
    '−0, NaN and ±Infinity in objects': () => ({ a: -0, b: [NaN, { c: Infinity }], d: -Infinity }),
    'undefined in objects and arrays': () => ({ a: undefined, b: [undefined, [undefined]] }),
    'BigInt': () => [0n, 1n, -1n, 2n ** 64n, -(7n ** 400n)],
    'BigInt of 100,000 bits': () => 1n << 100_000n,
    'strings': () => ['', 'Käse €5 😀', '"\\/\b\f\n\r\t', '\u0000\u001f\u007f\u0080\u2028\u2029\ufeff\uffff'],
    'strings with lone surrogates': () => ['\ud800', '\udc00', '\udc00\ud800', 'a\ud83d', '\ude00 \ud83d\ude00'],
    'a string of 1,000,000 characters': () => 'Käse '.repeat(200_000),
    'Boolean objects': () => [new Boolean(true), new Boolean(false)],
    'Number objects': () => [7, -0, NaN, Infinity, -Infinity].map((number) => new Number(number)),
    'String objects': () => [new String(''), new String('Käse'), new String('\ud800')],
    'BigInt objects': () => [Object(0n), Object(-(2n ** 70n))],
    'a Number object twice': () => {
      const number = new Number(1);
      return { a: number, b: number, c: new Number(1) };
    },
    'Dates': () => [0, 1_700_000_000_123, -1, 8.64e15, -8.64e15].map((time) => new Date(time)),
    'an invalid Date': () => new Date(NaN),
    'regular expressions with every flag': () => ['', 'd', 'g', 'i', 'm', 's', 'u', 'v', 'y', 'dgimsuy', 'dgimsvy'].map((flags) => new RegExp('[a-z]+/(?<name>x)', flags)),
    'regular expressions with every source': () => [new RegExp(''), /\//, new RegExp('/'), new RegExp('\n'), /\u{1f600}/u, /😀/, new RegExp('\ud800'), /"\\/],
  };
}
