/** Errors of every kind; each has its stack. */
export function errors() {
  const kinds = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
  return {
    ...Object.fromEntries(kinds.map((Kind) => [Kind.name, () => new Kind('Käse \ud800')])),
    'AggregateError': () => new AggregateError([new TypeError('one'), 'two', { three: 3 }], 'several'),
    'an Error without a message': () => new Error(),
    'an Error with an empty message': () => new Error(''),
    'an Error with a cause': () => new Error('outer', { cause: new TypeError('inner', { cause: { at: new Date(1), list: [, 1n] } }) }),
    'an Error whose cause is undefined': () => new Error('x', { cause: undefined }),
    'an Error that was thrown': () => {
      try {
        return null.x;
      } catch (error) {
        return { error };
      }
    },
    'DOMException': () => new DOMException('not there', 'NotFoundError'),
    'DOMException of a name of its own': () => new DOMException('', 'ReceiptPrinterError'),
  };
}
