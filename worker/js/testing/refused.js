/** Values that structured clone keeps and the format has no place for: [value, path, what is found there]. */

/** @returns {Record<string, [value: unknown, path: string, found: string]>} */
export function refusedValues() {
  return {
    'a function': [{ a: [() => {}] }, '/a/0', 'a function'],
    'a symbol': [[Symbol('x')], '/0', 'a symbol'],
  };
}
