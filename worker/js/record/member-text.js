/** The text of a part of JSON text, for what shows only there. */

/**
 * @param {string} text of a JSON object
 * @param {string} name
 * @returns {string | undefined} the text of the member of that name, of several the last one as for JSON.parse
 */
export function memberText(text, name) {
  let found;
  // Between members there is no quote, nor after the last one.
  for (let start = text.indexOf('"'); start !== -1;) {
    const nameEnd = stringEnd(text, start);
    const value = text.indexOf(':', nameEnd) + 1;
    const end = valueEnd(text, value);
    if (JSON.parse(text.slice(start, nameEnd)) === name) found = text.slice(value, end);
    start = text.indexOf('"', end);
  }
  return found;
}

/**
 * @param {string} text
 * @param {number} start of a string
 */
function stringEnd(text, start) {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/**
 * @param {string} text
 * @param {number} start of a member's value
 * @returns {number} where the comma or brace after it is
 */
function valueEnd(text, start) {
  let depth = 0;
  let at = start;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = stringEnd(text, at);
      continue;
    }
    if (depth === 0 && (character === ',' || character === '}')) return at;
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    at++;
  }
  return at;
}
