/**
 * How deep the arrays and objects of a text of JSON nest.
 * @param {string} json
 */
export function nesting(json) {
  let levels = 0;
  let deepest = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++levels);
    else if (token === ']' || token === '}') levels--;
  }
  return deepest;
}
